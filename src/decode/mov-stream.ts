// MP4 and QuickTime for a reader that cannot go back: where the table of samples stands behind the samples, as cameras
// write it, it is put before them, and the places that it names are moved as far as the samples are.

/** A stretch of the file, or bytes in its place. */
export type Piece = { readonly from: number; readonly to: number } | { readonly bytes: Uint8Array }

/** Bytes of a file from a position on; fewer at its end. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>

interface Box {
  readonly name: string
  readonly start: number
  /** Where its content begins. */
  readonly content: number
  readonly end: number
}

const HEADER_BYTES = 16
const MAX_BOXES = 10_000
/** An hour of 60 frames a second needs 3 MB. */
const MAX_TABLE_BYTES = 64 * 2 ** 20
/** On the way from the table of the file to the places of samples. */
const CONTAINERS = ['trak', 'mdia', 'minf', 'stbl']
/** FFmpeg looks no deeper either. */
const MAX_DEPTH = 10
const MAX_OFFSET = 2 ** 32 - 1

/** The file in an order in which it can be read from beginning to end; `null` where none is found. */
export async function inReadingOrder(read: ReadAt, sizeBytes: number): Promise<readonly Piece[] | null> {
  const whole = [{ from: 0, to: sizeBytes }]
  let samples: Box | null = null
  for await (const box of topLevel(read, sizeBytes)) {
    if (box.name === 'mdat') samples ??= box
    if (box.name !== 'moov') continue
    if (samples === null) return whole
    if (box.end - box.start > MAX_TABLE_BYTES) return null
    const table = await read(box.start, box.end - box.start)
    const move = { from: samples.start, to: box.start, by: box.end - box.start }
    if (table.length < move.by || !moveOffsets(table, box.content - box.start, table.length, move)) return null
    return [
      { from: 0, to: samples.start },
      { bytes: table },
      { from: samples.start, to: box.start },
      { from: box.end, to: sizeBytes }
    ]
  }
  // No table: nothing will be found in whatever order.
  return whole
}

async function* topLevel(read: ReadAt, sizeBytes: number): AsyncGenerator<Box> {
  let at = 0
  for (let count = 0; at + 8 <= sizeBytes && count < MAX_BOXES; count++) {
    const box = boxIn(await read(at, HEADER_BYTES), 0, sizeBytes - at)
    if (box === null) return
    yield { name: box.name, start: at, content: at + box.content, end: at + box.end }
    at += box.end
  }
}

/** The box that begins at `start`, `null` where there is none that ends by `limit`. A size of 0 goes to the limit. */
function boxIn(bytes: Buffer, start: number, limit: number): Box | null {
  if (start + 8 > bytes.length) return null
  const name = bytes.toString('latin1', start + 4, start + 8)
  const short = bytes.readUInt32BE(start)
  if (short === 1 && start + HEADER_BYTES > bytes.length) return null
  const content = start + (short === 1 ? HEADER_BYTES : 8)
  const end = short === 0 ? limit : start + (short === 1 ? Number(bytes.readBigUInt64BE(start + 8)) : short)
  return end < content || end > limit ? null : { name, start, content, end }
}

interface Move {
  /** Samples from here to there are moved, others not. */
  readonly from: number
  readonly to: number
  readonly by: number
}

/** Changes all places of samples in a table; false where it cannot. */
function moveOffsets(table: Buffer, start: number, end: number, move: Move, depth = 1): boolean {
  if (depth > MAX_DEPTH) return false
  for (let at = start; at < end;) {
    const box = boxIn(table, at, end)
    if (box === null) return true // what FFmpeg does not read either
    const isWide = box.name === 'co64'
    if (box.name === 'cmov') return false
    if (CONTAINERS.includes(box.name) && !moveOffsets(table, box.content, box.end, move, depth + 1)) return false
    if ((isWide || box.name === 'stco') && !moveList(table, box, isWide, move)) return false
    at = box.end
  }
  return true
}

function moveList(table: Buffer, { content, end }: Box, isWide: boolean, { from, to, by }: Move): boolean {
  const first = content + 8
  if (first > end) return true
  const width = isWide ? 8 : 4
  const count = Math.min(table.readUInt32BE(content + 4), Math.floor((end - first) / width))
  for (let at = first; at < first + count * width; at += width) {
    const place = isWide ? Number(table.readBigUInt64BE(at)) : table.readUInt32BE(at)
    if (place < from || place >= to) continue
    if (isWide) table.writeBigUInt64BE(BigInt(place + by), at)
    else if (place + by > MAX_OFFSET) return false
    else table.writeUInt32BE(place + by, at)
  }
  return true
}
