// HEIC by FFmpeg: the tiles go through it in one stream, it puts them together and turns them, and what libheif does
// with luma and chroma is done here, to the bit.

import type { HeicTool } from './decoder.js'
import type { HeicColour, HeicTiles } from './heic-boxes.js'
import { runHeicTool, type ToolOutput } from './heic-tool.js'
import type { Pixels } from './pixels.js'

/** In smaller pictures, starting a process costs what it saves. */
const MIN_PIXELS = 2 ** 22

/** Quarter turns anticlockwise. */
const TURNS = ['', ',transpose=cclock', ',hflip,vflip', ',transpose=clock'] as const

/** Of a line about a tile, and of what stands above the lines. */
const REPORT_LINE_BYTES = 120
const REPORT_HEAD_BYTES = 1000

/**
 * One large picture without tiles FFmpeg would decode twice, to see what it is. Turned to another parity, chroma would
 * belong to other pixels.
 */
export function isWorthTool(tiles: HeicTiles, maxPixels: number): boolean {
  const { width, height, count, tileWidth, tileHeight, turns } = tiles
  const even = (width | height) % 2 === 0
  return (
    count > 1 && width * height >= MIN_PIXELS && count * tileWidth * tileHeight <= maxPixels && (even || turns === 0)
  )
}

/** The size of the picture when it has been turned. */
export function turnedSize({ width, height, turns }: HeicTiles): { width: number; height: number } {
  return turns % 2 === 0 ? { width, height } : { width: height, height: width }
}

/**
 * The pixels that libheif in WebAssembly gives.
 * @throws Error for whatever the tool did not decode without a complaint
 */
export async function decodeTiles(
  tool: HeicTool,
  tiles: HeicTiles,
  limits: { readonly maxPixels: number; readonly timeoutMs: number }
): Promise<Pixels> {
  const { width, height } = turnedSize(tiles)
  const chromaPixels = Math.ceil(width / 2) * Math.ceil(height / 2)
  const outputs: ToolOutput[] = [
    { name: 'report', format: 'framecrc', maxBytes: REPORT_HEAD_BYTES + tiles.count * REPORT_LINE_BYTES },
    { name: 'picture', format: 'rawvideo', maxBytes: width * height + 2 * chromaPixels }
  ]
  const run = { ...limits, stream: tiles.stream, filters: filtersFor(tiles), outputs }
  const { results, log } = await runHeicTool(tool, run)
  const [report, planes] = results as [Buffer, Buffer]
  checkReport(report.toString('latin1'), tiles)
  return { data: toRgb(planes, width, height, tiles.colour ?? colourIn(log)), width, height, channels: 3 }
}

/** The report lists the tiles, since one that is missing would only move the others. */
function filtersFor({ columns, count, width, height, turns }: HeicTiles): string {
  const whole = `tile=${columns}x${count / columns},crop=${width}:${height}:0:0:exact=1${TURNS[turns]}`
  return `[0:v]split[report][tiles];[tiles]${whole}[picture]`
}

/** @throws Error unless there were as many tiles as the file has, of the size that it says */
function checkReport(report: string, { tileWidth, tileHeight, count }: HeicTiles): void {
  const [, size] = /^#dimensions 0: (\d+x\d+)$/m.exec(report) ?? []
  const frames = report.match(/^0,/gm)?.length ?? 0
  if (size === `${tileWidth}x${tileHeight}` && frames === count) return
  throw new Error(`${frames} tiles of ${size}, not ${count} of ${tileWidth}x${tileHeight}`)
}

/** What the coded picture says, where no box does: "yuvj420p(pc, bt470bg/unknown/unknown)", "yuvj420p(pc)". */
function colourIn(log: string): HeicColour {
  const [, range, space = ''] = /: Video: hevc.*?, yuvj?420p\((\w+)(?:, (\w+))?[/,)]/.exec(log) ?? []
  // Said nowhere: libheif takes BT.601, too.
  const matrix = ['', 'smpte170m', 'bt470bg'].includes(space) ? 'bt601' : space
  if (matrix !== 'bt601' && matrix !== 'bt709') throw new Error(`colours of ${range} ${space}`)
  return { matrix, fullRange: range === 'pc' }
}

/** In 256ths: red of Cr, green of Cb and of Cr, blue of Cb. */
const COEFFICIENTS: Readonly<Record<HeicColour['matrix'], readonly [number, number, number, number]>> = {
  bt601: [359, -88, -183, 454],
  bt709: [403, -48, -120, 475]
}

/** libheif's conversion for the full range; for the other one it has another, which smooths chroma. */
function toRgb(planes: Buffer, width: number, height: number, { matrix, fullRange }: HeicColour): Uint8Array {
  if (!fullRange) throw new Error('colours of limited range')
  const [redOfCr, greenOfCb, greenOfCr, blueOfCb] = COEFFICIENTS[matrix]
  const chromaWidth = Math.ceil(width / 2)
  const cbAt = width * height
  const crAt = cbAt + chromaWidth * Math.ceil(height / 2)
  const rgb = Buffer.allocUnsafeSlow(width * height * 3)
  const clamped = new Uint8ClampedArray(rgb.buffer, rgb.byteOffset, rgb.length)
  for (let y = 0; y < height; y++) {
    let from = y * width
    let to = from * 3
    let chroma = (y >> 1) * chromaWidth
    // Two pixels a step: an odd row's last one is written again by the next row.
    for (let x = 0; x < width; x += 2, chroma++, from += 2, to += 6) {
      const cb = planes[cbAt + chroma] - 128
      const cr = planes[crAt + chroma] - 128
      const red = (redOfCr * cr + 128) >> 8
      const green = (greenOfCb * cb + greenOfCr * cr + 128) >> 8
      const blue = (blueOfCb * cb + 128) >> 8
      const left = planes[from]
      const right = planes[from + 1]
      clamped[to] = left + red
      clamped[to + 1] = left + green
      clamped[to + 2] = left + blue
      clamped[to + 3] = right + red
      clamped[to + 4] = right + green
      clamped[to + 5] = right + blue
    }
  }
  return rgb
}
