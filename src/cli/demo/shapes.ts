// What figures are made of: shapes and paints that several of them share.

import type { Stage } from './backdrop.js'
import { shade, type Colour, type Paint, type Point } from './canvas.js'

/** Something drawn on a point: its foot, or its waterline. */
export type Figure = (stage: Stage, foot: Point, size: number) => void

export const BARK: Colour = [84, 62, 48]

export function rectangle(left: number, top: number, right: number, bottom: number): Point[] {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom]
  ]
}

/** A colour with a grain, and brighter on the side of the light. */
export function rounded(stage: Stage, colour: Colour, centre: number, halfWidth: number, grain = 40): Paint {
  const { noise, light } = stage
  return (x, y) =>
    shade(colour, 0.86 + (0.24 * light * (x - centre)) / halfWidth + 0.2 * noise.fractal(x * grain, y * grain, 2))
}
