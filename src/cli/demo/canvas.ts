// A drawing surface: floating-point pixels, shapes with soft edges, lengths in picture heights.

import type { Raster } from '../../core/raster.js'
import type { Noise } from './noise.js'

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number]

/** One colour, or the colour at each place. */
export type Paint = Colour | ((x: number, y: number) => Colour)

/** In picture heights from the upper left corner, so that a scene is the same at every size. */
export type Point = readonly [x: number, y: number]

export function mix(from: Colour, to: Colour, share: number): Colour {
  const t = Math.min(1, Math.max(0, share))
  return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, from[2] + (to[2] - from[2]) * t]
}

/** Lighter (above 1) or darker (below 1). */
export function shade(colour: Colour, factor: number): Colour {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor]
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}

/**
 * Fills `target` with a function of the pixel column that is smooth over a few pixels: worked out at every `step`th
 * column, straight lines between.
 */
export function fillSmoothly(target: Float32Array, step: number, value: (column: number) => number): void {
  let left = value(0)
  for (let from = 0; from < target.length; from += step) {
    const right = value(from + step)
    const slope = (right - left) / step
    const to = Math.min(from + step, target.length)
    for (let column = from; column < to; column++) target[column] = left + slope * (column - from)
    left = right
  }
}

const SUB_ROWS = 4

export class Canvas {
  readonly pixels: Float32Array
  /** Width in picture heights. */
  readonly aspect: number
  /** How many pixels apart textures are worked out: finer would not be seen. */
  readonly step: number
  readonly #coverage: Float32Array

  constructor(
    readonly width: number,
    readonly height: number
  ) {
    this.pixels = new Float32Array(width * height * 3)
    this.aspect = width / height
    this.step = Math.max(1, Math.round(height / 300))
    this.#coverage = new Float32Array(width)
  }

  /** Lays a colour over the pixel whose red is `pixels[at]`. Numbers, not a Colour: a million of them would be garbage. */
  blend(at: number, red: number, green: number, blue: number, alpha: number): void {
    const { pixels } = this
    pixels[at] = pixels[at] + (red - pixels[at]) * alpha
    pixels[at + 1] = pixels[at + 1] + (green - pixels[at + 1]) * alpha
    pixels[at + 2] = pixels[at + 2] + (blue - pixels[at + 2]) * alpha
  }

  polygon(points: readonly Point[], paint: Paint, alpha = 1): void {
    const scale = this.height
    const top = Math.max(0, Math.floor(Math.min(...points.map((point) => point[1])) * scale))
    const bottom = Math.min(this.height - 1, Math.ceil(Math.max(...points.map((point) => point[1])) * scale))
    for (let row = top; row <= bottom; row++) {
      let first = this.width
      let last = -1
      for (let sub = 0; sub < SUB_ROWS; sub++) {
        const crossings = crossingsAt(points, (row + (sub + 0.5) / SUB_ROWS) / scale)
        for (let i = 0; i + 1 < crossings.length; i += 2) {
          const from = Math.max(0, crossings[i] * scale)
          const to = Math.min(this.width, crossings[i + 1] * scale)
          if (to <= from) continue
          this.#cover(from, to)
          first = Math.min(first, Math.floor(from))
          last = Math.max(last, Math.min(this.width - 1, Math.floor(to)))
        }
      }
      this.#paintRow(row, first, last, paint, alpha)
    }
  }

  ellipse(centre: Point, radiusX: number, radiusY: number, paint: Paint, alpha = 1): void {
    const scale = this.height
    const top = Math.max(0, Math.floor((centre[1] - radiusY) * scale))
    const bottom = Math.min(this.height - 1, Math.ceil((centre[1] + radiusY) * scale))
    for (let row = top; row <= bottom; row++) {
      let first = this.width
      let last = -1
      for (let sub = 0; sub < SUB_ROWS; sub++) {
        const dy = ((row + (sub + 0.5) / SUB_ROWS) / scale - centre[1]) / radiusY
        if (Math.abs(dy) >= 1) continue
        const half = radiusX * Math.sqrt(1 - dy * dy)
        const from = Math.max(0, (centre[0] - half) * scale)
        const to = Math.min(this.width, (centre[0] + half) * scale)
        if (to <= from) continue
        this.#cover(from, to)
        first = Math.min(first, Math.floor(from))
        last = Math.max(last, Math.min(this.width - 1, Math.floor(to)))
      }
      this.#paintRow(row, first, last, paint, alpha)
    }
  }

  /** 8-bit pixels with a little grain, which hides the steps of smooth skies. */
  toRaster(noise: Noise, grain: number): Raster {
    const { width, height, pixels } = this
    const data = new Uint8ClampedArray(pixels.length)
    for (let row = 0, at = 0; row < height; row++) {
      for (let column = 0; column < width; column++, at += 3) {
        const speck = grain * noise.speck(column, row)
        data[at] = pixels[at] + speck
        data[at + 1] = pixels[at + 1] + speck
        data[at + 2] = pixels[at + 2] + speck
      }
    }
    return { data: new Uint8Array(data.buffer), width, height, channels: 3 }
  }

  /** Adds a stretch of one sub-row to the coverage of its row. */
  #cover(from: number, to: number): void {
    const coverage = this.#coverage
    const first = Math.floor(from)
    const last = Math.min(this.width - 1, Math.floor(to))
    const weight = 1 / SUB_ROWS
    if (first === last) {
      coverage[first] = coverage[first] + (to - from) * weight
      return
    }
    coverage[first] = coverage[first] + (first + 1 - from) * weight
    for (let column = first + 1; column < last; column++) coverage[column] = coverage[column] + weight
    coverage[last] = coverage[last] + Math.min(1, to - last) * weight
  }

  #paintRow(row: number, first: number, last: number, paint: Paint, alpha: number): void {
    const coverage = this.#coverage
    for (let column = first; column <= last; column++) {
      const covered = Math.min(1, coverage[column])
      coverage[column] = 0
      if (covered === 0) continue
      const colour = typeof paint === 'function' ? paint(column / this.height, row / this.height) : paint
      this.blend((row * this.width + column) * 3, colour[0], colour[1], colour[2], covered * alpha)
    }
  }
}

/** Where the outline crosses a height, from left to right. */
function crossingsAt(points: readonly Point[], y: number): number[] {
  const found: number[] = []
  let [fromX, fromY] = points[points.length - 1]
  for (const [toX, toY] of points) {
    if (fromY <= y !== toY <= y) found.push(fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX))
    fromX = toX
    fromY = toY
  }
  return found.sort((a, b) => a - b)
}
