// A raster of a few pixels, turned as a person would see it: what a preview is made of.

import type { Raster } from '../core/raster.js'

/** Longest side of a preview's raster, in pixels. */
const SIDE = 16

/** How a picture is stored: its true proportions and its EXIF orientation 1–8. */
export interface StoredAs {
  readonly width: number
  readonly height: number
  readonly orientation: number
}

/** At most 16 × 16 RGB pixels in the picture's own proportions, EXIF orientation applied. */
export function thumbnail(raster: Raster, stored: StoredAs): Raster {
  const scale = SIDE / Math.max(stored.width, stored.height)
  const width = Math.max(1, Math.round(stored.width * scale))
  const height = Math.max(1, Math.round(stored.height * scale))
  return orient(average(raster, width, height), stored.orientation)
}

/** Each pixel the mean of the pixels it covers, at least one. */
function average({ data, width, height, channels }: Raster, toWidth: number, toHeight: number): Raster {
  const rgb = new Uint8Array(toWidth * toHeight * 3)
  const span = (i: number, to: number, from: number): [number, number] => {
    const start = Math.min(from - 1, Math.floor((i * from) / to))
    return [start, Math.max(start + 1, Math.floor(((i + 1) * from) / to))]
  }
  for (let y = 0; y < toHeight; y++) {
    const [top, bottom] = span(y, toHeight, height)
    for (let x = 0; x < toWidth; x++) {
      const [left, right] = span(x, toWidth, width)
      for (let c = 0; c < 3; c++) {
        let sum = 0
        for (let row = top; row < bottom; row++) {
          for (let column = left; column < right; column++) {
            sum += data[(row * width + column) * channels + (channels === 3 ? c : 0)]
          }
        }
        rgb[(y * toWidth + x) * 3 + c] = Math.round(sum / ((bottom - top) * (right - left)))
      }
    }
  }
  return { data: rgb, width: toWidth, height: toHeight, channels: 3 }
}

/** Undoes an EXIF orientation (TIFF tag 0x0112): values from 5 on swap the sides. */
function orient(raster: Raster, orientation: number): Raster {
  if (orientation < 2 || orientation > 8) return raster
  const { data, width, height } = raster
  const swapped = orientation >= 5
  const [toWidth, toHeight] = swapped ? [height, width] : [width, height]
  const mirrorX = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8
  const mirrorY = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7
  const rgb = new Uint8Array(data.length)
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      const [storedX, storedY] = swapped ? [y, x] : [x, y]
      const fromX = mirrorX ? width - 1 - storedX : storedX
      const fromY = mirrorY ? height - 1 - storedY : storedY
      rgb.set(data.subarray((fromY * width + fromX) * 3, (fromY * width + fromX) * 3 + 3), (y * toWidth + x) * 3)
    }
  }
  return { data: rgb, width: toWidth, height: toHeight, channels: 3 }
}
