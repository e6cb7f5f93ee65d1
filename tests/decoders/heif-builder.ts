// HEIC files as telephones make them, which no encoder at hand does: pictures of tiles, and pictures to be turned. Made
// by putting the one coded picture of a fixture into a new file.

interface Box {
  readonly type: string
  readonly content: Buffer
}

function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at + 8 <= bytes.length; at += bytes.readUInt32BE(at)) {
    const content = bytes.subarray(at + 8, at + bytes.readUInt32BE(at))
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), content })
  }
  return boxes
}

function child(bytes: Buffer, type: string): Buffer {
  const found = boxesIn(bytes).find((one) => one.type === type)
  if (found === undefined) throw new Error(`no box ${type}`)
  return found.content
}

const u8 = (...values: number[]) => Buffer.from(values)
const u16 = (...values: number[]) => Buffer.concat(values.map((value) => u8(value >> 8, value & 255)))
const u32 = (...values: number[]) => Buffer.concat(values.map((value) => u16(value >>> 16, value & 65535)))
const text = (value: string) => Buffer.from(value, 'latin1')

function box(type: string, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([u32(content.length + 8), text(type), content])
}

const versioned = (type: string, version: number, ...parts: Buffer[]) => box(type, u8(version, 0, 0, 0), ...parts)

/** The decoder's configuration and the coded picture, the only one of the file. */
export function codedPicture(heic: Buffer): { configuration: Buffer; data: Buffer } {
  const properties = child(child(child(heic, 'meta').subarray(4), 'iprp'), 'ipco')
  return { configuration: box('hvcC', child(properties, 'hvcC')), data: child(heic, 'mdat') }
}

export interface HeifOptions {
  /** A fixture with one picture. */
  readonly heic: Buffer
  readonly tileWidth: number
  readonly tileHeight: number
  readonly columns: number
  readonly rows: number
  /** The whole picture: the tiles may stand out at the right and below. */
  readonly width: number
  readonly height: number
  /** Quarter turns anticlockwise. */
  readonly turns?: number
  /** Tiles whose data is replaced by zeros. */
  readonly destroyed?: readonly number[]
}

/** Tiles are not pictures of their own. */
const HIDDEN = 1

/** A grid of the same tile, as `heic` in the ISO base media format. */
export function buildGrid(options: HeifOptions): Buffer {
  const { heic, columns, rows, width, height, turns = 0, destroyed = [] } = options
  const { configuration, data } = codedPicture(heic)
  const tiles = Array.from({ length: columns * rows }, (_, i) => i + 2)
  const grid = Buffer.concat([u8(0, 0, rows - 1, columns - 1), u16(width, height)])
  const items = [grid, ...tiles.map((_, i) => (destroyed.includes(i) ? Buffer.alloc(data.length) : data))]
  const ispe = (w: number, h: number) => versioned('ispe', 0, u32(w, h))
  const properties = [configuration, ispe(options.tileWidth, options.tileHeight), ispe(width, height)]
  const gridProperties = turns === 0 ? [3] : [3, 4 | 128]
  if (turns > 0) properties.push(box('irot', u8(turns)))
  const associations = Buffer.concat([
    u32(items.length),
    ...[gridProperties, ...tiles.map(() => [1 | 128, 2])].map((used, i) =>
      Buffer.concat([u16(i + 1), u8(used.length, ...used)])
    )
  ])
  const infe = (id: number, type: string, flags: number) =>
    box('infe', u8(2, 0, 0, flags), u16(id, 0), text(type), u8(0))
  const ftyp = box('ftyp', text('heic'), u32(0), text('mif1heic'))
  const meta = (dataAt: number) =>
    versioned(
      'meta',
      0,
      versioned('hdlr', 0, u32(0), text('pict'), u32(0, 0, 0), u8(0)),
      versioned('pitm', 0, u16(1)),
      versioned('iinf', 0, u16(items.length), infe(1, 'grid', 0), ...tiles.map((id) => infe(id, 'hvc1', HIDDEN))),
      versioned('iref', 0, box('dimg', u16(1, tiles.length, ...tiles))),
      box('iprp', box('ipco', ...properties), versioned('ipma', 0, associations)),
      versioned('iloc', 0, u8(0x44, 0), u16(items.length), locations(items, dataAt))
    )
  const dataAt = ftyp.length + meta(0).length + 8
  return Buffer.concat([ftyp, meta(dataAt), box('mdat', ...items)])
}

function locations(items: readonly Buffer[], dataAt: number): Buffer {
  let at = dataAt
  const entries = items.map((item, i) => {
    const entry = Buffer.concat([u16(i + 1, 0, 1), u32(at, item.length)])
    at += item.length
    return entry
  })
  return Buffer.concat(entries)
}
