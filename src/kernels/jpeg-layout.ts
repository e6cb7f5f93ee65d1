// How the blocks of a JPEG's scan follow one another: native/jpeg/layout.h.

import type { JpegFrame, JpegScan } from './jpeg-markers.js'

export interface JpegLayout {
  readonly mcuColumns: number
  readonly mcuRows: number
  /** Blocks of luma in an MCU, which come first; none in a scan without luma. */
  readonly lumaH: number
  readonly lumaV: number
  /** Of an MCU, with their tables and the place of their component in the scan. */
  readonly blocks: readonly { readonly dcTable: number; readonly acTable: number; readonly component: number }[]
  /** Of the data, between restart markers. */
  intervals(restartInterval: number): number
}

export function jpegLayout({ width, height, components }: JpegFrame, scan: JpegScan): JpegLayout {
  const isInterleaved = scan.components.length > 1
  const [most] = components.length === 1 ? [{ h: 1, v: 1 }] : components
  const blocks = scan.components.flatMap(({ place, dcTable, acTable }, component) => {
    const { h, v } = components[place]
    return Array.from({ length: isInterleaved ? h * v : 1 }, () => ({ dcTable, acTable, component }))
  })
  const [first] = scan.components
  // Alone, a component has only the blocks that hold a sample of the picture.
  const alone = isInterleaved || components.length === 1 ? { h: 1, v: 1 } : components[first.place]
  const mcuColumns = Math.ceil(width / (8 * (most.h / alone.h)))
  const mcuRows = Math.ceil(height / (8 * (most.v / alone.v)))
  const luma = first.place !== 0 ? { h: 0, v: 0 } : isInterleaved ? components[0] : { h: 1, v: 1 }
  return {
    mcuColumns,
    mcuRows,
    lumaH: luma.h,
    lumaV: luma.v,
    blocks,
    intervals: (restartInterval) => (restartInterval === 0 ? 1 : Math.ceil((mcuColumns * mcuRows) / restartInterval))
  }
}
