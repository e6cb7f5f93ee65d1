// Luma as the imagehash family has it.

import type { Raster } from '../core/raster.js'
import { kernels } from '../kernels/index.js'

/** One byte a pixel. A one-channel raster is luma already and comes back as it is, not copied. */
export function lumaOf({ data, channels }: Raster): Uint8Array {
  return channels === 1 ? data : kernels().luma(data)
}
