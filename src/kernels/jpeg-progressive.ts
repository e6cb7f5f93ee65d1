// Luma of a progressive JPEG from its scans of DC values: native/jpeg/progressive.cc.

import { isAtEnd, JpegCodes, JpegScanData, MOST_DC, MOST_DC_BITS } from './jpeg-bits.js'
import { jpegLayout, type JpegLayout } from './jpeg-layout.js'
import type { JpegFrame, JpegHuffman, JpegMarkers, JpegNext, JpegScan } from './jpeg-markers.js'
import { meanOf } from './jpeg-samples.js'

/** The lowest bit of a component of which nothing has been read. */
const NOTHING = 14

export class JpegDcScans {
  private readonly frame: JpegFrame
  /** Of luma, with the blocks that only fill up an MCU. */
  private readonly stride: number
  private readonly dc: Int16Array
  /** The lowest bit of each component that has been read. */
  private readonly low = [NOTHING, NOTHING, NOTHING]
  private readonly sums = [0, 0, 0]

  constructor(private readonly markers: JpegMarkers) {
    this.frame = markers.frame as JpegFrame
    const { width, height, components } = this.frame
    const { h, v } = components.length === 1 ? { h: 1, v: 1 } : components[0]
    this.stride = Math.ceil(width / (8 * h)) * h
    this.dc = new Int16Array(this.stride * Math.ceil(height / (8 * v)) * v)
  }

  /** From the data of the first scan to the end of the picture. */
  read(out: Uint8Array): boolean {
    const { markers } = this
    let next: JpegNext = 'scan'
    while (next === 'scan') {
      if (!this.readScan(markers.scan as JpegScan)) return false
      next = markers.next()
    }
    if (next !== 'end' || this.low[0] !== 0) return false
    this.write(out)
    return true
  }

  private readScan(scan: JpegScan): boolean {
    if (scan.first === 0) return scan.last === 0 && this.isNext(scan) && this.readDc(scan)
    const end = this.markers.endOfScan()
    this.markers.at = end
    return end >= 0
  }

  /** Each component has one first scan, and then a bit at a time. */
  private isNext({ components, high, low }: JpegScan): boolean {
    const isNext = (before: number): boolean => (high === 0 ? before === NOTHING : before === high && low === high - 1)
    return low < NOTHING && components.every(({ place }) => isNext(this.low[place]))
  }

  private readDc(scan: JpegScan): boolean {
    const { markers } = this
    const tables = scan.components.map(({ dcTable }) => markers.dc[dcTable])
    if (scan.high === 0 && tables.includes(undefined)) return false
    const codes = scan.high === 0 ? tables.map((table) => new JpegCodes(table as JpegHuffman)) : []
    for (const { place } of scan.components) this.low[place] = scan.low
    const layout = jpegLayout(this.frame, scan)
    const data = JpegScanData.read(markers)
    if (data === null || data.intervals.length !== layout.intervals(markers.restartInterval)) return false
    const mcus = layout.mcuColumns * layout.mcuRows
    let mcu = 0
    for (const interval of data.intervals) {
      this.sums.fill(0)
      const end = markers.restartInterval === 0 ? mcus : Math.min(mcus, mcu + markers.restartInterval)
      let at = interval.start
      for (; mcu < end; mcu++) {
        at = this.readMcu(data, scan, layout, codes, mcu, at)
        if (at < 0 || at > interval.end) return false
      }
      if (!isAtEnd(interval, at)) return false
    }
    return true
  }

  /** Where the next MCU begins; -1 where a block is none. */
  private readMcu(
    data: JpegScanData,
    scan: JpegScan,
    { mcuColumns, lumaH, lumaV, blocks }: JpegLayout,
    codes: readonly JpegCodes[],
    mcu: number,
    start: number
  ): number {
    const column = mcu % mcuColumns
    const row = (mcu - column) / mcuColumns
    let at = start
    for (let i = 0; i < blocks.length; i++) {
      const isLuma = i < lumaH * lumaV
      const x = isLuma ? i % lumaH : 0
      const place = isLuma ? (row * lumaV + (i - x) / lumaH) * this.stride + column * lumaH + x : -1
      if (scan.high !== 0) {
        if (isLuma) this.dc[place] |= (data.bitsAt(at) >> 15) << scan.low
        at++
        continue
      }
      const { component } = blocks[i]
      const code = codes[component].find(data.bitsAt(at))
      const bits = code & 255
      if (code === 0 || bits > MOST_DC_BITS) return -1
      at += code >> 8
      const value = (this.sums[component] += data.valueAt(at, bits))
      if (Math.abs(value * 2 ** scan.low) > MOST_DC) return -1
      if (isLuma) this.dc[place] = value * 2 ** scan.low
      at += bits
    }
    return at
  }

  private write(out: Uint8Array): void {
    const { width, height, components } = this.frame
    const steps = this.markers.quantisation[components[0].quantisation] as Uint8Array
    const columns = Math.ceil(width / 8)
    for (let y = 0, at = 0; y < Math.ceil(height / 8); y++) {
      for (let x = 0; x < columns; x++) out[at++] = meanOf(this.dc[y * this.stride + x], steps)
    }
  }
}
