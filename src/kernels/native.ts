// The kernels of the native addon on one instruction set.

import { toExhibitHashError } from '../core/errors.js'
import { checkRaster } from '../core/raster.js'
import type { NativeAddon } from './addon.js'
import { PDQ_HASH_BYTES, PDQ_VARIANTS, type Kernels, type NativeIsa } from './types.js'

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
    throw toExhibitHashError(thrown, 'RASTER_INVALID')
  }
}

export function nativeKernelsOn(addon: NativeAddon, isa: NativeIsa): Kernels {
  return {
    path: 'native',
    isa,
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
    resizeRows(luma, width, height, axis) {
      const out = new Uint8Array((axis.bounds.length / 2) * height)
      typed(() => addon.resizeRows(isa, luma, width, height, axis, out))
      return out
    },
    resizeColumns(luma, width, height, axis) {
      const out = new Uint8Array((axis.bounds.length / 2) * width)
      typed(() => addon.resizeColumns(isa, luma, width, height, axis, out))
      return out
    }
  }
}
