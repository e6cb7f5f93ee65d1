// Decoding by format: from bytes in memory to the raster that hashes are made of, beside sharp alone where it can.

import type { Raster } from '../../core/raster.js'
import { decodeImage } from '../../decode/index.js'
import type { Engine, Suite } from './measure.js'

const SHARP_FORMATS = ['jpeg', 'png', 'webp', 'tiff', 'gif'] as const

/** One suite a format that can be written here. */
export async function* decodeSuites(scene: Raster): AsyncGenerator<Suite> {
  const { default: sharp } = await import('sharp')
  const { data, width, height, channels } = scene
  const suite = (format: string, bytes: Buffer, peers: readonly Engine[]): Suite => ({
    name: `Decode ${format} to 512 × 512`,
    input: `${width} × ${height}, ${(bytes.length / 1000).toFixed(0)} kB`,
    engines: [...peers, { name: 'exhibit-hash', run: () => decodeImage(bytes) }]
  })
  for (const format of SHARP_FORMATS) {
    const bytes = await sharp(data, { raw: { width, height, channels } }).toFormat(format).toBuffer()
    const alone = (): unknown => sharp(bytes).resize(512, 512, { fit: 'fill' }).raw().toBuffer()
    yield suite(format, bytes, [{ name: 'sharp alone', run: alone }])
  }
  yield suite('bmp', bmp24(scene), [])
}

/** BMP of 24 bits, bottom row first. */
function bmp24({ data, width, height }: Raster): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4
  const file = Buffer.alloc(54 + stride * height)
  file.write('BM', 'latin1')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(54, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(width, 18)
  file.writeInt32LE(height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++) {
    for (let x = 0, from = y * width * 3, to = 54 + (height - 1 - y) * stride; x < width; x++, from += 3, to += 3) {
      file[to] = data[from + 2]
      file[to + 1] = data[from + 1]
      file[to + 2] = data[from]
    }
  }
  return file
}
