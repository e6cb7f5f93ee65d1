// PDQ in WebAssembly SIMD: the pixels go in by bands of rows, so memory holds no raster. The same bits as the addon.

import { checkRaster } from '../core/raster.js'
import { isTooSmall, pdqDihedralPortable, pdqPortable } from './pdq-portable.js'
import { PDQ_HASH_BYTES, PDQ_VARIANTS, type PdqDihedralResult, type PdqResult } from './types.js'
import { wasmWith } from './wasm-module.js'

const SIDE = 64
const BAND_ROWS = 8
/** Larger sides overflow the sums of assembly/layout.ts. */
const MAX_SIDE = 1 << 24

/** Bytes of the hash or hashes, and the quality; `null` where memory does not suffice. */
function run(
  [data, width, height, channels]: Parameters<typeof pdqPortable>,
  isDihedral: boolean
): { bytes: Uint8Array; quality: number } | null {
  if (Math.max(width, height) > MAX_SIDE) return null
  const exports = wasmWith((instance) => instance.layout(width, height, channels))
  if (exports === null) return null
  // A view made now: growing detaches those made before. A plain one: a Buffer's parts are dear.
  const memory = new Uint8Array(exports.memory.buffer)
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const bandBytes = BAND_ROWS * width * channels
  const input = exports.inputPlace()
  const isUnfiltered = !isDihedral && width === SIDE && height === SIDE
  exports.begin()
  for (let from = 0; from < data.length; from += bandBytes) {
    memory.set(pixels.subarray(from, from + bandBytes), input)
    if (isUnfiltered) exports.addLuma()
    else exports.addBand()
  }
  if (!isUnfiltered) exports.endFilter()
  const quality = exports.finish(isDihedral)
  const place = exports.hashesPlace()
  return { bytes: memory.slice(place, place + PDQ_HASH_BYTES * (isDihedral ? PDQ_VARIANTS : 1)), quality }
}

export function pdqWasm(...raster: Parameters<typeof pdqPortable>): PdqResult {
  const [data, width, height, channels] = raster
  checkRaster({ data, width, height, channels })
  const result = isTooSmall(width, height) ? null : run(raster, false)
  return result === null ? pdqPortable(...raster) : { hash: result.bytes, quality: result.quality }
}

export function pdqDihedralWasm(...raster: Parameters<typeof pdqDihedralPortable>): PdqDihedralResult {
  const [data, width, height, channels] = raster
  checkRaster({ data, width, height, channels })
  const result = isTooSmall(width, height) ? null : run(raster, true)
  return result === null ? pdqDihedralPortable(...raster) : { hashes: result.bytes, quality: result.quality }
}
