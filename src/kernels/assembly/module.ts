// The module's border: pdq-wasm.ts and resize-wasm.ts call these and check what comes from outside.

import { addBand, addLuma, begin, endFilter } from './filter'
import { DCT, HASHES, quality, transform, writeSingle, writeVariants } from './hash'
import { input, layout } from './layout'
import { luma, resizeColumns, resizeRows } from './resize'

export { addBand, addLuma, begin, endFilter, layout, luma, resizeColumns, resizeRows }

export function inputPlace(): usize {
  return input
}

export function dctPlace(): usize {
  return DCT
}

export function hashesPlace(): usize {
  return HASHES
}

/** Memory from here on is free between two calls. */
export function freePlace(): usize {
  return (__heap_base + 15) & ~15
}

/** Writes the hash, or all eight variants, and returns the quality. */
export function finish(isDihedral: bool): i32 {
  transform()
  if (isDihedral) writeVariants()
  else writeSingle()
  return quality()
}
