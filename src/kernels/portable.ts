// The kernels in portable code, complete: every function works without the addon.

import { createHash } from 'node:crypto'
import { ExhibitHashError } from '../core/errors.js'
import { jpegLumaPortable } from './jpeg-portable.js'
import { PortableNearTable } from './near-portable.js'
import { markNearPortable } from './near-join-portable.js'
import { sketchGroupPortable } from './photo-dna-portable.js'
import { sortItemsPortable } from './sort-portable.js'
import { pdqDihedralPortable, pdqPortable } from './pdq-portable.js'
import { pdqDihedralWasm, pdqWasm } from './pdq-wasm.js'
import { lumaPortable, resizeColumnsPortable, resizeRowsPortable } from './resize-portable.js'
import { lumaWasm, resizeColumnsWasm, resizeRowsWasm } from './resize-wasm.js'
import { DIGEST_BYTES, type Kernels, type PackedDigestStream } from './types.js'

function digestStream(): PackedDigestStream {
  const hashes = [createHash('md5'), createHash('sha1'), createHash('sha256')]
  let isFinished = false
  const checkOpen = () => {
    if (isFinished) throw new ExhibitHashError('USAGE', 'the stream has ended')
  }
  return {
    update(part) {
      checkOpen()
      // node:crypto takes other things too, and reads wider samples as bytes.
      if (!(part instanceof Uint8Array)) throw new ExhibitHashError('USAGE', 'part must be a Uint8Array')
      for (const hash of hashes) hash.update(part)
    },
    finish() {
      checkOpen()
      isFinished = true
      return Buffer.concat(hashes.map((hash) => hash.digest()))
    }
  }
}

function digestBatch(files: readonly Uint8Array[]): Uint8Array {
  const given: unknown = files
  if (!Array.isArray(given)) throw new ExhibitHashError('USAGE', 'files must be an array')
  const digests = new Uint8Array(files.length * DIGEST_BYTES)
  for (let i = 0; i < files.length; i++) {
    const stream = digestStream()
    stream.update(files[i])
    digests.set(stream.finish(), i * DIGEST_BYTES)
  }
  return digests
}

export const PORTABLE_KERNELS: Kernels = {
  path: 'portable',
  isa: 'portable',
  pdq: pdqPortable,
  pdqDihedral: pdqDihedralPortable,
  luma: lumaPortable,
  resizeRows: resizeRowsPortable,
  resizeColumns: (luma, width, _height, axis, out) => resizeColumnsPortable(luma, width, axis, out),
  jpegLuma: jpegLumaPortable,
  digestBatch,
  digestStream,
  markNear: markNearPortable,
  nearTable: (shape, table) => new PortableNearTable(shape, table),
  sortItems(items, itemBytes) {
    sortItemsPortable(items, itemBytes)
    return Promise.resolve()
  },
  sketchGroup: sketchGroupPortable,
  recordScanner: null
}

/** The same with what is computed from pixels in WebAssembly, for where there is that. */
export const WASM_KERNELS: Kernels = {
  ...PORTABLE_KERNELS,
  isa: 'wasm',
  pdq: pdqWasm,
  pdqDihedral: pdqDihedralWasm,
  luma: lumaWasm,
  resizeRows: resizeRowsWasm,
  resizeColumns: (luma, width, _height, axis, out) => resizeColumnsWasm(luma, width, axis, out)
}
