// Every way to the three digests on this machine: node:crypto, and each arm with and without the SHA extensions.

import { createHash } from 'node:crypto'
import { test } from 'vitest'
import { bytesToHex } from '../../src/core/hex.js'
import { nativeAddon } from '../../src/kernels/addon.js'
import { DIGEST_BYTES, portableKernels, type PackedDigestStream } from '../../src/kernels/index.js'
import { BUILT_ISAS, skipLoudly } from '../kernels/paths.js'

export interface DigestPath {
  digestBatch(files: readonly Uint8Array[]): Uint8Array
  digestStream(): PackedDigestStream
}

interface NamedPath {
  readonly name: string
  /** `null` where this machine or this run lacks it. */
  readonly path: DigestPath | null
  readonly why: string
}

const { addon, reason } = nativeAddon()
const LACKING = 'this processor lacks the instructions'

/** The addon itself, so that no choice of the kernels stands between. */
function nativePath(isa: string, withShaNi: boolean): NamedPath {
  const name = `native ${isa}${withShaNi ? ' + SHA' : ''}`
  if (addon === null) return { name, path: null, why: reason }
  const isThere = addon.isas.includes(isa) && (!withShaNi || addon.digestArm(isa).shaNi)
  if (!isThere) return { name, path: null, why: LACKING }
  const path = {
    digestBatch: (files: readonly Uint8Array[]) => addon.digestBatch(isa, files, withShaNi),
    digestStream: () => new addon.DigestStream(isa, withShaNi)
  }
  return { name, path, why: '' }
}

const nativePaths = BUILT_ISAS.flatMap((isa) => {
  const canHaveShaNi = isa === 'avx2' || isa === 'avx512'
  return canHaveShaNi ? [nativePath(isa, false), nativePath(isa, true)] : [nativePath(isa, false)]
})

export const DIGEST_PATHS: readonly NamedPath[] = [
  { name: 'portable', path: portableKernels(), why: '' },
  ...(addon === null ? [{ name: 'native', path: null, why: reason }] : nativePaths)
]

/** One test a path. */
export function testEachPath(name: string, run: (path: DigestPath) => void): void {
  for (const { name: pathName, path, why } of DIGEST_PATHS) {
    test(`${pathName}: ${name}`, (context) => {
      run(path ?? skipLoudly(context, pathName, why))
    })
  }
}

/** What every path answers to: the three digests by OpenSSL, in hex, one after the other. */
export function expected(bytes: Uint8Array): string {
  return ['md5', 'sha1', 'sha256'].map((kind) => createHash(kind).update(bytes).digest('hex')).join('')
}

/** The answer of a batch, file by file, in hex. */
export function batchHex(path: DigestPath, files: readonly Uint8Array[]): string[] {
  const packed = path.digestBatch(files)
  return files.map((_, i) => bytesToHex(packed.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES)))
}

/** Repeatable bytes with no pattern to speak of. */
export function noise(length: number, seed: number): Uint8Array {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return new Uint8Array(length).map(() => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24)
}
