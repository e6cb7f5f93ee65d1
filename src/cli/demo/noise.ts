// Chance and texture for the demo's pictures: the same seed gives the same numbers on every machine.

/** Numbers from 0 to below 1, in an order fixed by the seed. */
export type Random = () => number

/** Mulberry32: small, quick and good enough for pictures. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x85ebca6b
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random()
}

export function pick<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0]
}

const SIDE = 256

/** Value noise on a lattice that repeats every 256 cells: smooth, from about -1 to 1. */
export class Noise {
  readonly #lattice = new Float32Array(SIDE * SIDE)

  constructor(random: Random) {
    for (let i = 0; i < this.#lattice.length; i++) this.#lattice[i] = random() * 2 - 1
  }

  at(x: number, y: number): number {
    const left = Math.floor(x)
    const top = Math.floor(y)
    const fx = x - left
    const fy = y - top
    const sx = fx * fx * (3 - 2 * fx)
    const sy = fy * fy * (3 - 2 * fy)
    const column0 = left & 255
    const column1 = (left + 1) & 255
    const row0 = (top & 255) * SIDE
    const row1 = ((top + 1) & 255) * SIDE
    const lattice = this.#lattice
    const upper0 = lattice[row0 + column0]
    const lower0 = lattice[row1 + column0]
    const upper = upper0 + (lattice[row0 + column1] - upper0) * sx
    const lower = lower0 + (lattice[row1 + column1] - lower0) * sx
    return upper + (lower - upper) * sy
  }

  /** A number of its own for every pixel, from -1 to 1: white noise. */
  speck(column: number, row: number): number {
    return this.#lattice[(Math.imul(row, 40503) + Math.imul(row >> 3, 9973) + column) & 0xffff]
  }

  /** Octaves of noise, each half as strong and about twice as fine as the one before. */
  fractal(x: number, y: number, octaves: number): number {
    let sum = 0
    let strength = 0.55
    for (let octave = 0; octave < octaves; octave++) {
      sum += strength * this.at(x, y)
      strength *= 0.5
      // Turned a little each time, so that the lattice does not show.
      const turned = x * 1.7 - y * 1.1 + 19.7
      y = x * 1.1 + y * 1.7 + 7.3
      x = turned
    }
    return sum
  }

  /** Like {@link fractal}, with creases at the top: mountains rather than clouds. From 0 to about 1. */
  ridged(x: number, y: number, octaves: number): number {
    let sum = 0
    let strength = 0.6
    for (let octave = 0; octave < octaves; octave++) {
      sum += strength * (1 - Math.abs(this.at(x, y)) * 1.6)
      strength *= 0.42
      x = x * 2.1 + 11.3
      y = y * 2.1 + 5.9
    }
    return sum
  }
}
