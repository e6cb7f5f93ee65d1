// Luma of a JPEG in portable code, code by code: takes the files that native/jpeg takes, and gives the same samples.

import { afterAc, isAtEnd, JpegCodes, JpegScanData, MOST_DC, MOST_DC_BITS, type JpegInterval } from './jpeg-bits.js'
import { JpegDcScans } from './jpeg-progressive.js'
import { jpegLayout, type JpegLayout } from './jpeg-layout.js'
import { JPEG_BLOCK_SIZE, JpegMarkers, type JpegFrame } from './jpeg-markers.js'
import { meanOf, writeQuarters, writeSamples } from './jpeg-samples.js'
import type { JpegReduction } from './types.js'

/** As `Kernels.jpegLuma`. */
export function jpegLumaPortable(file: Uint8Array, reduction: JpegReduction, out: Uint8Array): boolean {
  const markers = JpegMarkers.start(file)
  if (markers?.next() !== 'scan') return false
  const { width, height, isProgressive } = markers.frame as JpegFrame
  if (out.length !== Math.ceil(width / reduction) * Math.ceil(height / reduction)) return false
  if (isProgressive) return reduction === 8 && new JpegDcScans(markers).read(out)
  return readBaseline(markers, reduction, out)
}

function readBaseline(markers: JpegMarkers, reduction: JpegReduction, out: Uint8Array): boolean {
  const { scan, frame } = markers
  if (scan === null || frame === null || scan.components.length !== frame.components.length) return false
  if (scan.first !== 0 || scan.last !== JPEG_BLOCK_SIZE - 1 || scan.high !== 0 || scan.low !== 0) return false
  const layout = jpegLayout(frame, scan)
  const codes = layout.blocks.map(({ dcTable, acTable }) => ({ dc: markers.dc[dcTable], ac: markers.ac[acTable] }))
  if (codes.some(({ dc, ac }) => dc === undefined || ac === undefined)) return false
  const { restartInterval } = markers
  const data = JpegScanData.read(markers)
  if (data === null || data.intervals.length !== layout.intervals(restartInterval)) return false
  const baseline = new BaselineScan(markers, layout, data, reduction, out)
  // What is said behind the scan is no longer for it.
  return markers.next() === 'end' && baseline.read(restartInterval)
}

interface Codes {
  readonly dc: JpegCodes
  readonly ac: JpegCodes
}

class BaselineScan {
  private readonly codes: readonly Codes[]
  private readonly steps: Uint8Array
  /** Samples of luma a block has each way. */
  private readonly side: number
  private readonly stride: number
  private readonly width: number
  private readonly height: number
  /** Samples of one row of MCUs. */
  private readonly band: Uint8Array
  private readonly coefficients = new Int16Array(JPEG_BLOCK_SIZE)
  /** The last coefficient that is needed. */
  private readonly last: number
  private at = 0
  private sum = 0

  constructor(
    markers: JpegMarkers,
    private readonly layout: JpegLayout,
    private readonly data: JpegScanData,
    private readonly reduction: JpegReduction,
    private readonly out: Uint8Array
  ) {
    const { width, height, components } = markers.frame as JpegFrame
    const built = new Map<unknown, JpegCodes>()
    const build = (table: JpegMarkers['dc'][number]): JpegCodes => {
      const codes = built.get(table) ?? new JpegCodes(table as NonNullable<typeof table>)
      built.set(table, codes)
      return codes
    }
    this.codes = layout.blocks.map(({ dcTable, acTable }) => ({
      dc: build(markers.dc[dcTable]),
      ac: build(markers.ac[acTable])
    }))
    this.steps = markers.quantisation[components[0].quantisation] as Uint8Array
    this.side = 8 / reduction
    this.last = reduction === 8 ? 0 : reduction === 4 ? 4 : JPEG_BLOCK_SIZE - 1
    this.width = Math.ceil(width / reduction)
    this.height = Math.ceil(height / reduction)
    this.stride = layout.mcuColumns * layout.lumaH * this.side
    this.band = new Uint8Array(this.stride * layout.lumaV * this.side)
  }

  read(restartInterval: number): boolean {
    const { layout, data } = this
    const mcus = layout.mcuColumns * layout.mcuRows
    let mcu = 0
    for (const interval of data.intervals) {
      const end = restartInterval === 0 ? mcus : Math.min(mcus, mcu + restartInterval)
      this.at = interval.start
      this.sum = 0
      for (; mcu < end; mcu++) {
        const column = mcu % layout.mcuColumns
        if (!this.readMcu(column, interval)) return false
        if (column === layout.mcuColumns - 1) this.writeBand((mcu - column) / layout.mcuColumns)
      }
      if (!isAtEnd(interval, this.at)) return false
    }
    return true
  }

  private readMcu(column: number, interval: JpegInterval): boolean {
    const { layout, side, stride } = this
    let i = 0
    for (let y = 0; y < layout.lumaV; y++) {
      for (let x = 0; x < layout.lumaH; x++) {
        if (!this.readBlock(this.codes[i++], true) || this.at > interval.end) return false
        this.writeBlock(y * side * stride + (column * layout.lumaH + x) * side)
      }
    }
    for (; i < layout.blocks.length; i++) {
      if (!this.readBlock(this.codes[i], false) || this.at > interval.end) return false
    }
    return true
  }

  private readBlock({ dc, ac }: Codes, isLuma: boolean): boolean {
    const { data, coefficients, last } = this
    const code = dc.find(data.bitsAt(this.at))
    const bits = code & 255
    if (code === 0 || bits > MOST_DC_BITS) return false
    this.at += code >> 8
    if (isLuma) {
      coefficients.fill(0)
      this.sum += data.valueAt(this.at, bits)
      if (Math.abs(this.sum) > MOST_DC) return false
      coefficients[0] = this.sum
    }
    this.at += bits
    for (let next = 1; next < JPEG_BLOCK_SIZE;) {
      const found = ac.find(data.bitsAt(this.at))
      next = afterAc(next, found & 255)
      if (found === 0 || next > JPEG_BLOCK_SIZE) return false
      this.at += found >> 8
      const size = found & 15
      if (isLuma && size !== 0 && next - 1 <= last) coefficients[next - 1] = data.valueAt(this.at, size)
      this.at += size
    }
    return true
  }

  private writeBlock(place: number): void {
    const { coefficients, steps, band, stride } = this
    if (this.reduction === 8) band[place] = meanOf(coefficients[0], steps)
    else if (this.reduction === 4) writeQuarters(coefficients, steps, band, place, stride)
    else writeSamples(coefficients, steps, band, place, stride)
  }

  private writeBand(mcuRow: number): void {
    const rows = this.layout.lumaV * this.side
    for (let y = 0; y < rows && mcuRow * rows + y < this.height; y++) {
      this.out.set(this.band.subarray(y * this.stride, y * this.stride + this.width), (mcuRow * rows + y) * this.width)
    }
  }
}
