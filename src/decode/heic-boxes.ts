// The boxes of a HEIC, as far as an outside decoder needs them told: which coded tiles the primary picture is made of.

import { HeicStructure, type Item } from './heic-structure.js'

/** How luma and chroma become red, green and blue, where a box says it and not the coded picture. */
export interface HeicColour {
  readonly matrix: 'bt601' | 'bt709'
  readonly fullRange: boolean
}

export interface HeicTiles {
  /** Of the picture before it is turned. */
  readonly width: number
  readonly height: number
  readonly columns: number
  readonly tileWidth: number
  readonly tileHeight: number
  readonly count: number
  /** Quarter turns anticlockwise. */
  readonly turns: number
  readonly colour: HeicColour | null
  /** The tiles one after the other, as a stream of HEVC with start codes. */
  readonly stream: Uint8Array
}

const CHROMA_420 = 1
/** Numbers of ITU-T H.273. */
const MATRICES: Readonly<Record<number, HeicColour['matrix']>> = {
  1: 'bt709',
  5: 'bt601',
  6: 'bt601'
}
/** What may stand beside a coded picture without changing its pixels. */
const HARMLESS = ['hvcC', 'ispe', 'colr', 'pixi', 'pasp']
const START_CODE = Buffer.from([0, 0, 0, 1])
const MAX_SIDE_TILES = 256
/** Slices and what else a coded picture consists of; a camera's has one. */
const MAX_UNITS_PER_TILE = 100

/**
 * `null` for everything but the pictures of telephones: one or more equal tiles of HEVC with 8 bits and 4:2:0, turned or
 * not. Whatever is damaged or unusual is for the decoder that knows the whole format.
 */
export function readHeicTiles(bytes: Uint8Array): HeicTiles | null {
  try {
    return readTiles(new HeicStructure(bytes))
  } catch (error) {
    // A read beyond the end.
    if (error instanceof RangeError) return null
    throw error
  }
}

function readTiles(structure: HeicStructure): HeicTiles | null {
  const primary = structure.item(structure.primary)
  if (primary === null) return null
  const grid = primary.type === 'grid' ? readGrid(primary) : null
  const tiles = grid === null ? [primary] : structure.tilesOf(primary.id).map((id) => structure.item(id))
  const [first] = tiles
  if (first?.type !== 'hvc1' || (grid !== null && tiles.length !== grid.columns * grid.rows)) return null
  const size = sizeOf(first)
  const whole = grid ?? size
  const turns = turnsOf(primary)
  const colour = colourOf(grid === null ? [first] : [first, primary])
  const sets = parameterSets(first)
  if (size === null || whole === null || turns === null || colour === undefined || sets === null) return null
  const { columns, rows } = grid ?? { columns: 1, rows: 1 }
  if (columns * size.width < whole.width || rows * size.height < whole.height) return null
  const stream = [sets.bytes]
  let left = structure.sizeBytes
  for (const tile of tiles) {
    if (tile === null || !likeFirst(tile, first, grid !== null)) return null
    // Tiles over each other would make much of little.
    left -= tile.data.byteLength
    if (left < 0) return null
    stream.push(...unitsOf(tile.data, sets.lengthBytes))
  }
  return {
    ...{ width: whole.width, height: whole.height, columns, turns, colour },
    ...{ tileWidth: size.width, tileHeight: size.height, count: tiles.length, stream: Buffer.concat(stream) }
  }
}

interface Grid {
  readonly columns: number
  readonly rows: number
  readonly width: number
  readonly height: number
}

function readGrid({ data }: Item): Grid | null {
  const rows = data.getUint8(2) + 1
  const columns = data.getUint8(3) + 1
  if (data.getUint8(0) !== 0 || rows > MAX_SIDE_TILES || columns > MAX_SIDE_TILES) return null
  const wide = (data.getUint8(1) & 1) === 1
  const side = (i: number) => (wide ? data.getUint32(4 + 4 * i) : data.getUint16(4 + 2 * i))
  return { rows, columns, width: side(0), height: side(1) }
}

/** Tiles share one configuration, size and colour, and nothing is done to them before they are put together. */
function likeFirst(tile: Item, first: Item, inGrid: boolean): boolean {
  const same = (type: string) => propertyOf(tile, type)?.index === propertyOf(first, type)?.index
  const plain = tile.properties.every(({ type }) => HARMLESS.includes(type) || (!inGrid && type === 'irot'))
  return tile.type === 'hvc1' && plain && ['hvcC', 'ispe', 'colr'].every(same)
}

function propertyOf(item: Item, type: string) {
  return item.properties.find((one) => one.type === type)
}

function sizeOf(item: Item): { width: number; height: number } | null {
  const content = propertyOf(item, 'ispe')?.content
  return content === undefined ? null : { width: content.getUint32(4), height: content.getUint32(8) }
}

/** `null` where more than turning is asked for. */
function turnsOf(primary: Item): number | null {
  const others = primary.properties.filter(({ type }) => !HARMLESS.includes(type))
  if (others.some(({ type, essential }) => type !== 'irot' && (essential || ['clap', 'imir'].includes(type))))
    return null
  const turns = others.filter(({ type }) => type === 'irot').map(({ content }) => content.getUint8(0) & 3)
  return turns.length > 1 ? null : (turns[0] ?? 0)
}

/** `undefined` where it is said in more than one way, or in one not known here. */
function colourOf(items: readonly Item[]): HeicColour | null | undefined {
  const said = items.map((item) =>
    item.properties.filter(({ type, content }) => type === 'colr' && textAt(content, 0) === 'nclx')
  )
  if (said.some((boxes) => boxes.length > 1 || boxes[0]?.index !== said[0][0]?.index)) return undefined
  const [[box]] = said
  if ((box as typeof box | undefined) === undefined) return null
  const matrix = MATRICES[box.content.getUint16(8)] as HeicColour['matrix'] | undefined
  return matrix === undefined ? undefined : { matrix, fullRange: box.content.getUint8(10) >> 7 === 1 }
}

function textAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)))
}

interface ParameterSets {
  readonly bytes: Uint8Array
  /** Of the length before each unit of a tile. */
  readonly lengthBytes: number
}

/** From the decoder configuration record (ISO/IEC 14496-15). */
function parameterSets(tile: Item): ParameterSets | null {
  const record = propertyOf(tile, 'hvcC')?.content
  if (record === undefined) return null
  const depths = [record.getUint8(17) & 7, record.getUint8(18) & 7]
  if ((record.getUint8(16) & 3) !== CHROMA_420 || depths.some((depth) => depth > 0)) return null
  const parts: Uint8Array[] = []
  let at = 23
  for (let array = record.getUint8(22); array > 0; array--) {
    const units = record.getUint16(at + 1)
    at += 3
    for (let i = 0; i < units; i++) {
      const length = record.getUint16(at)
      parts.push(START_CODE, part(record, at + 2, length))
      at += 2 + length
    }
  }
  return { bytes: Buffer.concat(parts), lengthBytes: (record.getUint8(21) & 3) + 1 }
}

function unitsOf(data: DataView, lengthBytes: number): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at < data.byteLength;) {
    let length = 0
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + data.getUint8(at + i)
    parts.push(START_CODE, part(data, at + lengthBytes, length))
    at += lengthBytes + length
    if (parts.length > 2 * MAX_UNITS_PER_TILE) throw new RangeError('too many units')
  }
  return parts
}

/** @throws RangeError where the view ends before */
function part(view: DataView, at: number, length: number): Uint8Array {
  if (at + length > view.byteLength) throw new RangeError('beyond the end')
  return new Uint8Array(view.buffer, view.byteOffset + at, length)
}
