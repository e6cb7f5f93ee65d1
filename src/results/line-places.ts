// Where the lines of a journal lie, by unit and part: some twenty bytes a line, since exhibits have millions of files and
// archives as many members.

/** Where a line lies. */
export interface Place {
  readonly offset: number
  readonly bytes: number
}

/** Places by number, in two columns. A line of no bytes is none. */
class PlaceColumn {
  #offsets = new Float64Array(16)
  #lengths = new Uint32Array(16)

  set(number: number, { offset, bytes }: Place): void {
    if (number >= this.#lengths.length) this.#grow(number + 1)
    this.#offsets[number] = offset
    this.#lengths[number] = bytes
  }

  clear(number: number): void {
    if (number < this.#lengths.length) this.#lengths[number] = 0
  }

  has(number: number): boolean {
    return (this.#lengths[number] ?? 0) > 0
  }

  get(number: number): Place {
    return { offset: this.#offsets[number], bytes: this.#lengths[number] }
  }

  #grow(wanted: number): void {
    const size = Math.max(wanted, this.#lengths.length * 2)
    this.#offsets = grown(this.#offsets, new Float64Array(size))
    this.#lengths = grown(this.#lengths, new Uint32Array(size))
  }
}

function grown<A extends Float64Array | Uint32Array>(from: A, to: A): A {
  to.set(from)
  return to
}

/** The parts of a unit, in their order: made one by one, since there may be very many. */
export interface UnitPlaces extends Iterable<Place> {
  readonly length: number
  readonly first: Place
}

/**
 * A unit is a file that was found; its parts are the file itself and, of an archive, its members. What one run wrote of a
 * unit is never put together with what another wrote: the file may have been another one by then.
 */
export class LinePlaces {
  readonly #first = new PlaceColumn()
  readonly #members = new Map<number, PlaceColumn>()
  /** How many parts a unit has; 0 where that is not known, and so not all may be there. */
  #parts = new Uint32Array(1024)
  /** Which run wrote of it last. */
  #runs = new Uint32Array(1024)

  set(unit: number, part: number, place: Place, run: number): void {
    this.#begin(unit, run)
    if (part === 0) return this.#first.set(unit, place)
    const members = this.#members.get(unit) ?? new PlaceColumn()
    members.set(part - 1, place)
    this.#members.set(unit, members)
  }

  end(unit: number, parts: number, run: number): void {
    this.#begin(unit, run)
    this.#parts[unit] = parts
  }

  /** All parts of a unit, or `null` where one is missing. */
  of(unit: number): UnitPlaces | null {
    if (!this.#isWhole(unit)) return null
    const [first, members, length] = [this.#first.get(unit), this.#members.get(unit), this.#parts[unit]]
    return {
      length,
      first,
      *[Symbol.iterator]() {
        yield first
        for (let member = 0; member < length - 1; member++) yield members!.get(member)
      }
    }
  }

  /** Units of which all parts are there. */
  get count(): number {
    let count = 0
    for (let unit = 0; unit < this.#parts.length; unit++) if (this.#isWhole(unit)) count++
    return count
  }

  #isWhole(unit: number): boolean {
    const parts = this.#parts[unit] ?? 0
    if (parts === 0 || !this.#first.has(unit)) return false
    const members = this.#members.get(unit)
    for (let member = 0; member < parts - 1; member++) if (members?.has(member) !== true) return false
    return true
  }

  #begin(unit: number, run: number): void {
    if (unit >= this.#parts.length) {
      const size = Math.max(unit + 1, this.#parts.length * 2)
      this.#parts = grown(this.#parts, new Uint32Array(size))
      this.#runs = grown(this.#runs, new Uint32Array(size))
    }
    if (this.#runs[unit] === run) return
    this.#runs[unit] = run
    this.#parts[unit] = 0
    this.#first.clear(unit)
    this.#members.delete(unit)
  }
}
