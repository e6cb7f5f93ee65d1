// The kernels of the native addon on one instruction set.

import { ERROR_CODES, toExhibitHashError, type ErrorCode } from '../core/errors.js'
import { checkRaster } from '../core/raster.js'
import type { PackedMemory } from '../core/packed-memory.js'
import type { NativeAddon } from './addon.js'
import { PORTABLE_KERNELS } from './portable.js'
import { SKETCH_GROUP, SKETCH_ROWS } from './index-store-types.js'
import { ENTRY_FIELDS, type RecordScanner, SCANNED_FIELDS, SPELLINGS } from './record-scanner.js'
import {
  PDQ_HASH_BYTES,
  PDQ_VARIANTS,
  type Kernels,
  type NativeIsa,
  type NearShape,
  type NearTableBuilder
} from './types.js'

/** Checks here for the message, and again in C++ for safety: nothing in JavaScript is past a caller's influence. */
function callPdq(
  addon: NativeAddon,
  name: 'pdq' | 'pdqDihedral',
  isa: NativeIsa,
  [data, width, height, channels]: Parameters<Kernels['pdq']>,
  out: Uint8Array
): number {
  checkRaster({ data, width, height, channels })
  return typed(() => addon[name](isa, data, width, height, channels, out))
}

/** What C++ throws carries a code; here it becomes the one error class of the package. */
function typed<T>(call: () => T): T {
  try {
    return call()
  } catch (thrown) {
    const { code } = thrown as { code?: string }
    const isKnown = code !== undefined && Object.hasOwn(ERROR_CODES, code)
    throw toExhibitHashError(thrown, isKnown ? (code as ErrorCode) : 'INTERNAL')
  }
}

/** Files from which eight lanes without the SHA extensions are faster than OpenSSL on one file after the other. */
const FEWEST_FOR_LANES = 4

/** The digests on this arm; where nobody asked for it by name, on node:crypto if that is faster. */
function digestsOn(
  addon: NativeAddon,
  isa: NativeIsa,
  isForced: boolean
): Pick<Kernels, 'digestBatch' | 'digestStream'> {
  const { lanes, shaNi } = addon.digestArm(isa)
  const fewest = isForced || shaNi ? 0 : lanes > 1 ? FEWEST_FOR_LANES : Infinity
  return {
    digestBatch(files) {
      const isFew = Array.isArray(files) && files.length < fewest
      if (isFew) return PORTABLE_KERNELS.digestBatch(files)
      return typed(() => addon.digestBatch(isa, files))
    },
    digestStream() {
      if (!isForced && !shaNi) return PORTABLE_KERNELS.digestStream()
      const stream = new addon.DigestStream(isa)
      return {
        update: (part) => typed(() => stream.update(part)),
        finish: () => typed(() => stream.finish())
      }
    }
  }
}

function nearTableOn(
  addon: NativeAddon,
  { hashBytes, tables, keyBits, slots }: NearShape,
  table: number
): NearTableBuilder {
  const native = typed(() => new addon.NearTable(hashBytes, tables, keyBits, slots, table))
  return {
    add: (packedHashes, firstPosition) => typed(() => native.add(packedHashes, firstPosition)),
    finish(overflowStart) {
      const [groups, overflow] = typed(() => native.finish(overflowStart))
      return { groups, overflow }
    }
  }
}

function recordScannerOn(addon: NativeAddon, { bytes, layout, state }: PackedMemory): RecordScanner {
  const native = typed(() => new addon.RecordScanner(layout))
  const learn = (table: number, spelling: string, code: number): void =>
    typed(() => native.learn(table, Buffer.from(spelling), code))
  return {
    learnKey: (key, field) => learn(SPELLINGS.keys, key, SCANNED_FIELDS.indexOf(field)),
    learnEntryKey: (key, field) => learn(SPELLINGS.entryKeys, key, ENTRY_FIELDS.indexOf(field)),
    learnHashName: (name, field) => learn(SPELLINGS.hashNames, name, SCANNED_FIELDS.indexOf(field)),
    scanJson(source, from, to) {
      const end = typed(() => native.scanJson(source, from, to, bytes, state))
      return { end: end < 0 ? -end - 1 : end, isOdd: end < 0 }
    },
    scanLines: (source, from, to, column) => typed(() => native.scanLines(source, from, to, bytes, state, column))
  }
}

/** @param isForced whether this instruction set was asked for by name */
export function nativeKernelsOn(addon: NativeAddon, isa: NativeIsa, isForced: boolean): Kernels {
  return {
    path: 'native',
    isa,
    ...digestsOn(addon, isa, isForced),
    nearTable: (shape, table) => nearTableOn(addon, shape, table),
    markNear(queries, items, hashBytes, { firstBit, keyBits, radius }, maxDistanceBits, marks) {
      typed(() => addon.markNear(isa, queries, items, hashBytes, firstBit, keyBits, radius, maxDistanceBits, marks))
    },
    sortItems: (items, itemBytes) => typed(() => addon.sortItems(items, itemBytes)),
    sketchGroup(packedValues, { order, boundaries }) {
      const rows = new Uint8Array(SKETCH_ROWS * SKETCH_GROUP)
      typed(() => addon.sketchGroup(packedValues, order, boundaries, rows))
      return rows
    },
    recordScanner: (memory) => recordScannerOn(addon, memory),
    pdq(...raster) {
      const hash = new Uint8Array(PDQ_HASH_BYTES)
      return { quality: callPdq(addon, 'pdq', isa, raster, hash), hash }
    },
    pdqDihedral(...raster) {
      const hashes = new Uint8Array(PDQ_VARIANTS * PDQ_HASH_BYTES)
      return { quality: callPdq(addon, 'pdqDihedral', isa, raster, hashes), hashes }
    },
    luma(rgb) {
      const out = new Uint8Array(rgb.length / 3)
      typed(() => addon.luma(isa, rgb, out))
      return out
    },
    resizeRows(luma, width, height, axis, out) {
      typed(() => addon.resizeRows(isa, luma, width, height, axis, out))
    },
    jpegLuma: (file, reduction, out) => typed(() => addon.jpegLuma(isa, file, reduction, out)),
    resizeColumns(luma, width, height, axis, out) {
      typed(() => addon.resizeColumns(isa, luma, width, height, axis, out))
    }
  }
}
