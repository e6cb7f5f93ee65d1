// The items of a HEIC and what its tables say of them (ISO/IEC 14496-12 and 23008-12). Reads beyond the end throw.

export interface Property {
  /** Its place in the file's list: equal places, equal properties. */
  readonly index: number
  readonly type: string
  readonly essential: boolean
  readonly content: DataView
}

export interface Item {
  readonly id: number
  readonly type: string
  readonly properties: readonly Property[]
  readonly data: DataView
}

interface Box {
  readonly type: string
  readonly content: DataView
}

/** The tables of a picture of 10,000 tiles are smaller. */
const MAX_META_BYTES = 1024 * 1024

/** Where an item's bytes are: in the file, or in a box of small items. */
interface Location {
  readonly inFile: boolean
  readonly at: number
  readonly length: number
}

export class HeicStructure {
  readonly primary: number
  private readonly file: DataView
  private readonly small: DataView
  private readonly types: ReadonlyMap<number, string>
  private readonly locations: ReadonlyMap<number, Location>
  private readonly properties: ReadonlyMap<number, readonly Property[]>
  private readonly references: ReadonlyMap<number, readonly number[]>

  constructor(bytes: Uint8Array) {
    this.file = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const meta = boxNamed(boxesIn(this.file, 0), 'meta')
    if (meta.byteLength > MAX_META_BYTES) throw new RangeError('tables too large')
    const tables = [...boxesIn(meta, 4)]
    const [pitm, iinf, iloc, iprp] = ['pitm', 'iinf', 'iloc', 'iprp'].map((type) => boxNamed(tables, type))
    this.primary = new Reader(pitm, 4).id(pitm.getUint8(0) > 0)
    this.small = tables.find(({ type }) => type === 'idat')?.content ?? new DataView(new ArrayBuffer(0))
    this.types = readTypes(iinf)
    this.locations = readLocations(iloc)
    this.properties = readProperties(iprp)
    const iref = tables.find(({ type }) => type === 'iref')?.content
    this.references = iref === undefined ? new Map() : readTileReferences(iref)
  }

  get sizeBytes(): number {
    return this.file.byteLength
  }

  tilesOf(id: number): readonly number[] {
    return this.references.get(id) ?? []
  }

  /** `null` for an item that is protected, in pieces, or outside the file. */
  item(id: number): Item | null {
    const type = this.types.get(id)
    const location = this.locations.get(id)
    if (type === undefined || location === undefined) return null
    const data = slice(location.inFile ? this.file : this.small, location.at, location.length)
    return { id, type, properties: this.properties.get(id) ?? [], data }
  }
}

/** Reads numbers one after the other. */
class Reader {
  constructor(
    private readonly view: DataView,
    private at: number
  ) {}

  /** Of 0, 1, 2, 4 or 8 bytes. */
  number(size: number): number {
    let value = 0
    for (let i = 0; i < size; i++) value = value * 256 + this.view.getUint8(this.at++)
    return value
  }

  skip(size: number): void {
    this.at += size
  }

  id(large: boolean): number {
    return this.number(large ? 4 : 2)
  }
}

function slice(view: DataView, at: number, length: number): DataView {
  if (at + length > view.byteLength) throw new RangeError('beyond the end')
  return new DataView(view.buffer, view.byteOffset + at, length)
}

function* boxesIn(view: DataView, from: number): Generator<Box> {
  for (let at = from; at + 8 <= view.byteLength;) {
    const size = view.getUint32(at)
    const headerBytes = size === 1 ? 16 : 8
    const claimed = size === 1 ? Number(view.getBigUint64(at + 8)) : size
    // 0: to the end.
    const boxBytes = claimed === 0 ? view.byteLength - at : claimed
    if (boxBytes < headerBytes) throw new RangeError('a box shorter than its header')
    const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)))
    yield { type, content: slice(view, at + headerBytes, boxBytes - headerBytes) }
    at += boxBytes
  }
}

function boxNamed(boxes: Iterable<Box>, wanted: string): DataView {
  for (const { type, content } of boxes) if (type === wanted) return content
  throw new RangeError(`no box ${wanted}`)
}

function readTypes(iinf: DataView): Map<number, string> {
  const types = new Map<number, string>()
  for (const { content } of boxesIn(iinf, iinf.getUint8(0) === 0 ? 6 : 8)) {
    const version = content.getUint8(0)
    if (version !== 2 && version !== 3) continue
    const reader = new Reader(content, 4)
    const id = reader.id(version === 3)
    const isProtected = reader.number(2) !== 0
    const type = String.fromCharCode(...[0, 1, 2, 3].map(() => reader.number(1)))
    if (!isProtected) types.set(id, type)
  }
  return types
}

function readLocations(iloc: DataView): Map<number, Location> {
  const locations = new Map<number, Location>()
  const version = iloc.getUint8(0)
  const [sizes, more] = [iloc.getUint8(4), iloc.getUint8(5)]
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 4, sizes & 15, more >> 4]
  const indexBytes = version === 0 ? 0 : more & 15
  const reader = new Reader(iloc, 6)
  for (let items = reader.id(version === 2); items > 0; items--) {
    const id = reader.id(version === 2)
    const method = version === 0 ? 0 : reader.number(2) & 15
    const outside = reader.number(2) !== 0
    const base = reader.number(baseBytes)
    const extents = reader.number(2)
    if (extents !== 1 || outside || method > 1) {
      reader.skip(extents * (indexBytes + offsetBytes + lengthBytes))
      continue
    }
    reader.skip(indexBytes)
    const at = base + reader.number(offsetBytes)
    locations.set(id, { inFile: method === 0, at, length: reader.number(lengthBytes) })
  }
  return locations
}

function readProperties(iprp: DataView): Map<number, Property[]> {
  const list = [...boxesIn(boxNamed(boxesIn(iprp, 0), 'ipco'), 0)]
  const properties = new Map<number, Property[]>()
  for (const { type, content } of boxesIn(iprp, 0)) {
    if (type !== 'ipma') continue
    const large = content.getUint8(0) > 0
    const twoBytes = (content.getUint8(3) & 1) === 1
    const reader = new Reader(content, 4)
    for (let items = reader.number(4); items > 0; items--) {
      const id = reader.id(large)
      const used = properties.get(id) ?? []
      for (let count = reader.number(1); count > 0; count--) {
        const value = reader.number(twoBytes ? 2 : 1)
        const top = twoBytes ? 0x8000 : 0x80
        const index = value & (top - 1)
        // 0: none.
        if (index > list.length) throw new RangeError('no such property')
        if (index > 0) used.push({ index, essential: value >= top, ...list[index - 1] })
      }
      properties.set(id, used)
    }
  }
  return properties
}

function readTileReferences(iref: DataView): Map<number, number[]> {
  const references = new Map<number, number[]>()
  const large = iref.getUint8(0) > 0
  for (const { type, content } of boxesIn(iref, 4)) {
    if (type !== 'dimg') continue
    const reader = new Reader(content, 0)
    const from = reader.id(large)
    references.set(
      from,
      Array.from({ length: reader.number(2) }, () => reader.id(large))
    )
  }
  return references
}
