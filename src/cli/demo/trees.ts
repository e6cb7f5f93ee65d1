// Trees and cacti.

import type { Stage } from './backdrop.js'
import { mix, shade, type Point } from './canvas.js'
import { between, pick } from './noise.js'
import { BARK, rectangle, rounded } from './shapes.js'

export function drawSpruce(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, random, palette } = stage
  const colour = shade(pick(random, palette.foliage), between(random, 0.75, 1.05))
  const half = size * between(random, 0.2, 0.28)
  canvas.polygon(
    rectangle(x - size * 0.025, y - size * 0.15, x + size * 0.025, y),
    shade(BARK, palette.night ? 0.4 : 1)
  )
  const tiers = 6
  const right: Point[] = []
  for (let tier = 0; tier < tiers; tier++) {
    const outer = (half * (tier + 1.2)) / tiers
    const low = y - size * (1 - (tier + 1) / (tiers + 0.6))
    right.push([outer * between(random, 0.85, 1.1), low], [outer * 0.55, low - size * 0.02])
  }
  const outline: Point[] = [[x, y - size], ...right.map(([dx, at]): Point => [x + dx, at])]
  outline.push(...right.reverse().map(([dx, at]): Point => [x - dx, at]))
  canvas.polygon(outline, rounded(stage, colour, x, half, 60))
  if (palette.name === 'winter') {
    canvas.polygon(
      [
        [x, y - size],
        [x + half * 0.3, y - size * 0.7],
        [x, y - size * 0.76],
        [x - half * 0.25, y - size * 0.7]
      ],
      palette.snow,
      0.9
    )
  }
}

/** A tree with a round crown of many leaves. */
export function drawTree(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, random, palette, light } = stage
  const colour = pick(random, palette.foliage)
  const trunk = size * 0.035
  const bark = shade(BARK, palette.night ? 0.4 : 1)
  canvas.polygon(
    [
      [x - trunk * 1.5, y],
      [x - trunk * 0.7, y - size * 0.55],
      [x + trunk * 0.7, y - size * 0.55],
      [x + trunk * 1.5, y]
    ],
    bark
  )
  for (let puff = 0; puff < 16; puff++) {
    const angle = random() * Math.PI * 2
    const reach = Math.sqrt(random()) * (1 - puff / 40)
    const centre: Point = [
      x + Math.cos(angle) * reach * size * 0.26,
      y - size * 0.66 + Math.sin(angle) * reach * size * 0.24
    ]
    const radius = size * between(random, 0.1, 0.17)
    const height = (y - size * 0.66 - centre[1]) / size
    const lit = 0.72 + puff * 0.018 + height * 0.9 + (light * (centre[0] - x) * 0.5) / size
    canvas.ellipse(centre, radius, radius * 0.9, rounded(stage, shade(colour, lit), centre[0], radius * 2.4, 70))
  }
}

export function drawPoplar(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, random, palette } = stage
  const colour = shade(pick(random, palette.foliage), between(random, 0.8, 1.05))
  canvas.polygon(rectangle(x - size * 0.02, y - size * 0.2, x + size * 0.02, y), shade(BARK, palette.night ? 0.4 : 0.9))
  canvas.ellipse([x, y - size * 0.55], size * 0.11, size * 0.46, rounded(stage, colour, x, size * 0.12, 60))
}

export function drawPalm(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, random, palette, light } = stage
  const lean = size * between(random, -0.25, 0.25)
  const thick = size * 0.022
  canvas.polygon(
    [
      [x - thick * 1.6, y],
      [x + lean * 0.4 - thick, y - size * 0.5],
      [x + lean - thick * 0.7, y - size],
      [x + lean + thick * 0.7, y - size],
      [x + lean * 0.4 + thick, y - size * 0.5],
      [x + thick * 1.6, y]
    ],
    rounded(stage, mix(BARK, [170, 140, 100], 0.5), x + lean / 2, thick * 9, 90)
  )
  for (let frond = 0; frond < 9; frond++) {
    const angle = (frond / 8) * Math.PI
    const reach = size * between(random, 0.34, 0.46)
    const tip: Point = [x + lean - Math.cos(angle) * reach, y - size - Math.sin(angle) * reach * 0.5 + reach * 0.28]
    const middle: Point = [(x + lean + tip[0]) / 2, (y - size + tip[1]) / 2 - reach * 0.26]
    const colour = shade(pick(random, palette.foliage), 0.95 - 0.2 * light * Math.cos(angle))
    canvas.polygon(
      [[x + lean, y - size], [middle[0], middle[1] - size * 0.035], tip, [middle[0], middle[1] + size * 0.035]],
      colour
    )
  }
}

export function drawCactus(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, random, palette } = stage
  const colour = pick(random, palette.foliage)
  const column = (centre: number, top: number, bottom: number, half: number) => {
    const paint = rounded(stage, colour, centre, half * 1.6, 90)
    canvas.ellipse([centre, top], half, half, paint)
    canvas.polygon(rectangle(centre - half, top, centre + half, bottom), paint)
  }
  const half = size * 0.07
  for (const side of [-1, 1]) {
    const arm = x + side * size * between(random, 0.18, 0.24)
    const elbow = y - size * between(random, 0.35, 0.5)
    canvas.polygon(
      rectangle(Math.min(x, arm), elbow - half * 0.7, Math.max(x, arm), elbow + half * 0.7),
      shade(colour, 0.85)
    )
    column(arm, elbow - size * between(random, 0.15, 0.3), elbow + half * 0.7, half * 0.75)
  }
  column(x, y - size, y, half)
}
