// JPEGs written from coefficients, of every sampling, table and restart interval: what sharp's encoder does not offer.

import { randomNumbers } from './bad-files.js'

export interface BuiltComponent {
  readonly h: number
  readonly v: number
  /** Of its Huffman tables, 0 to 3. */
  readonly table: number
}

export interface JpegPlan {
  readonly width: number
  readonly height: number
  readonly components: readonly BuiltComponent[]
  readonly restartInterval?: number
  /** DC scans of a progressive picture: its first one without this many bits, and one for each of them. */
  readonly progressive?: { readonly low: number; readonly interleaved: boolean }
  /** Share of AC coefficients that are not zero. */
  readonly density?: number
  readonly seed: number
}

export interface BuiltJpeg {
  readonly bytes: Buffer
  readonly steps: Uint8Array
  /** Coefficients of luma, block after block in rows of `blockColumns`, in zigzag order. */
  readonly luma: readonly Int16Array[]
  readonly blockColumns: number
}

/** Numbers of codes of each length: those of T.81, Annex K. Which symbol has which code is shuffled. */
const DC_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
const AC_COUNTS = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125]

const DC_SYMBOLS = Array.from({ length: 12 }, (_, i) => i)
const AC_SYMBOLS = [0x00, 0xf0, ...Array.from({ length: 160 }, (_, i) => (Math.floor(i / 10) << 4) | ((i % 10) + 1))]

interface Table {
  readonly counts: readonly number[]
  readonly symbols: readonly number[]
  readonly codes: ReadonlyMap<number, readonly [code: number, bits: number]>
}

function tableOf(counts: readonly number[], symbols: readonly number[]): Table {
  const codes = new Map<number, readonly [number, number]>()
  let code = 0
  let place = 0
  counts.forEach((count, i) => {
    for (let j = 0; j < count; j++) codes.set(symbols[place++], [code++, i + 1])
    code *= 2
  })
  return { counts, symbols, codes }
}

class BitWriter {
  private readonly bytes: number[] = []
  private bits = ''

  write(value: number, bits: number): void {
    if (bits > 0) this.bits += value.toString(2).padStart(bits, '0')
    while (this.bits.length >= 8) this.byte()
  }

  /** Fills the last byte with ones. */
  flush(): void {
    if (this.bits.length > 0) this.write(2 ** (8 - this.bits.length) - 1, 8 - this.bits.length)
  }

  marker(code: number): void {
    this.flush()
    this.bytes.push(0xff, code)
  }

  get buffer(): Buffer {
    return Buffer.from(this.bytes)
  }

  private byte(): void {
    const byte = parseInt(this.bits.slice(0, 8), 2)
    this.bits = this.bits.slice(8)
    this.bytes.push(byte)
    if (byte === 0xff) this.bytes.push(0)
  }
}

const sizeOf = (value: number): number => (value === 0 ? 0 : 32 - Math.clz32(Math.abs(value)))

function writeValue(out: BitWriter, value: number, size: number): void {
  out.write(value < 0 ? value + 2 ** size - 1 : value, size)
}

function writeCode(out: BitWriter, table: Table, symbol: number): void {
  const [code, bits] = table.codes.get(symbol) as readonly [number, number]
  out.write(code, bits)
}

function writeDc(out: BitWriter, table: Table, difference: number): void {
  writeCode(out, table, sizeOf(difference))
  writeValue(out, difference, sizeOf(difference))
}

function writeAc(out: BitWriter, table: Table, block: Int16Array): void {
  let run = 0
  for (let i = 1; i < 64; i++) {
    if (block[i] === 0) {
      run++
      continue
    }
    for (; run > 15; run -= 16) writeCode(out, table, 0xf0)
    writeCode(out, table, (run << 4) | sizeOf(block[i]))
    writeValue(out, block[i], sizeOf(block[i]))
    run = 0
  }
  if (run > 0) writeCode(out, table, 0)
}

export function segment(marker: number, ...content: readonly number[]): Buffer {
  const length = content.length + 2
  return Buffer.from([0xff, marker, length >> 8, length & 255, ...content])
}

interface Plane {
  readonly blocks: readonly Int16Array[]
  readonly columns: number
  readonly rows: number
  /** Without those that only fill up an MCU. */
  readonly ownColumns: number
  readonly ownRows: number
}

class Builder {
  private readonly random: () => number
  private readonly planes: readonly Plane[]
  private readonly steps: Uint8Array
  private readonly dc: readonly Table[]
  private readonly ac: readonly Table[]
  private readonly most: BuiltComponent
  private readonly mcuColumns: number
  private readonly mcuRows: number

  constructor(private readonly plan: JpegPlan) {
    const numbers = randomNumbers(plan.seed)
    this.random = () => numbers(2 ** 24) / 2 ** 24
    this.most = plan.components.length === 1 ? { h: 1, v: 1, table: 0 } : plan.components[0]
    this.mcuColumns = Math.ceil(plan.width / (8 * this.most.h))
    this.mcuRows = Math.ceil(plan.height / (8 * this.most.v))
    this.steps = Uint8Array.from({ length: 64 }, () => 1 + Math.floor(this.random() * 4))
    this.dc = plan.components.map(() => tableOf(DC_COUNTS, this.shuffled(DC_SYMBOLS)))
    this.ac = plan.components.map(() => tableOf(AC_COUNTS, this.shuffled(AC_SYMBOLS)))
    this.planes = plan.components.map((component) => this.plane(component))
  }

  build(): BuiltJpeg {
    const { plan, steps, planes } = this
    const sampling = plan.components.flatMap(({ h, v }, i) => [i + 1, (h << 4) | v, 0])
    const sides = [plan.height >> 8, plan.height & 255, plan.width >> 8, plan.width & 255]
    const bytes = Buffer.concat([
      Buffer.from([0xff, 0xd8]),
      segment(0xdb, 0, ...steps),
      segment(plan.progressive === undefined ? 0xc0 : 0xc2, 8, ...sides, plan.components.length, ...sampling),
      ...this.tables(),
      ...(plan.restartInterval === undefined
        ? []
        : [segment(0xdd, plan.restartInterval >> 8, plan.restartInterval & 255)]),
      ...(plan.progressive === undefined ? [this.scan(this.all, 63, 0, 0)] : this.progressiveScans(plan.progressive)),
      Buffer.from([0xff, 0xd9])
    ])
    return { bytes, steps, luma: planes[0].blocks, blockColumns: planes[0].columns }
  }

  private get all(): readonly number[] {
    return this.plan.components.map((_, i) => i)
  }

  private shuffled(symbols: readonly number[]): number[] {
    return symbols
      .map((symbol) => [this.random(), symbol] as const)
      .sort(([a], [b]) => a - b)
      .map(([, symbol]) => symbol)
  }

  private plane({ h, v }: BuiltComponent): Plane {
    const { plan, most } = this
    const isAlone = plan.components.length === 1
    const columns = this.mcuColumns * (isAlone ? 1 : h)
    const rows = this.mcuRows * (isAlone ? 1 : v)
    const density = plan.density ?? 0.1
    const blocks = Array.from({ length: columns * rows }, () => {
      const block = new Int16Array(64)
      block[0] = Math.floor((this.random() - 0.5) * 600)
      for (let i = 1; i < 64; i++) if (this.random() < density) block[i] = Math.floor((this.random() ** 3 - 0.2) * 300)
      return block
    })
    const ownColumns = isAlone ? columns : Math.ceil((plan.width * h) / most.h / 8)
    const ownRows = isAlone ? rows : Math.ceil((plan.height * v) / most.v / 8)
    return { blocks, columns, rows, ownColumns, ownRows }
  }

  private tables(): Buffer[] {
    return this.plan.components.flatMap(({ table }) => [
      segment(0xc4, table, ...this.dc[table].counts, ...this.dc[table].symbols),
      segment(0xc4, 0x10 | table, ...this.ac[table].counts, ...this.ac[table].symbols)
    ])
  }

  private progressiveScans({ low, interleaved }: NonNullable<JpegPlan['progressive']>): Buffer[] {
    const groups = interleaved ? [this.all] : this.all.map((i) => [i])
    const scans = groups.map((group) => this.scan(group, 0, 0, low))
    for (let bit = low - 1; bit >= 0; bit--) scans.push(...groups.map((group) => this.scan(group, 0, bit + 1, bit)))
    return scans
  }

  /** All blocks of some components, in the order of the file. */
  private *blocks(group: readonly number[]): Generator<readonly [component: number, block: Int16Array, mcu: number]> {
    const [only] = group
    if (group.length === 1) {
      const { blocks, columns, ownColumns, ownRows } = this.planes[only]
      for (let i = 0; i < ownColumns * ownRows; i++) {
        yield [only, blocks[Math.floor(i / ownColumns) * columns + (i % ownColumns)], i]
      }
      return
    }
    for (let mcu = 0; mcu < this.mcuColumns * this.mcuRows; mcu++) {
      const column = mcu % this.mcuColumns
      const row = Math.floor(mcu / this.mcuColumns)
      for (const i of group) {
        const { h, v } = this.plan.components[i]
        const { blocks, columns } = this.planes[i]
        for (let y = 0; y < v; y++) {
          for (let x = 0; x < h; x++) yield [i, blocks[(row * v + y) * columns + column * h + x], mcu]
        }
      }
    }
  }

  private scan(group: readonly number[], last: number, high: number, low: number): Buffer {
    const { plan } = this
    const out = new BitWriter()
    const interval = plan.restartInterval ?? 0
    let before = plan.components.map(() => 0)
    let reached = 0
    for (const [i, block, mcu] of this.blocks(group)) {
      if (interval > 0 && mcu !== reached && mcu % interval === 0) {
        out.marker(0xd0 + ((mcu / interval - 1) % 8))
        before = before.map(() => 0)
      }
      reached = mcu
      const { table } = plan.components[i]
      if (high > 0) {
        out.write((block[0] >> low) & 1, 1)
        continue
      }
      writeDc(out, this.dc[table], (block[0] >> low) - before[i])
      before[i] = block[0] >> low
      if (last > 0) writeAc(out, this.ac[table], block)
    }
    out.flush()
    const selectors = group.flatMap((i) => [i + 1, plan.components[i].table * 0x11])
    return Buffer.concat([segment(0xda, group.length, ...selectors, 0, last, (high << 4) | low), out.buffer])
  }
}

/** A picture of random coefficients, the same for the same plan. */
export function buildJpeg(plan: JpegPlan): BuiltJpeg {
  return new Builder(plan).build()
}
