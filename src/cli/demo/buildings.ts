// Houses, a church, a windmill and a lighthouse.

import type { Stage } from './backdrop.js'
import { mix, shade, type Colour, type Paint, type Point } from './canvas.js'
import { between, pick } from './noise.js'
import { BARK, rectangle, rounded } from './shapes.js'

const LAMP: Colour = [255, 214, 120]
const GLASS: Colour = [58, 72, 92]

function drawWindows(
  stage: Stage,
  left: number,
  top: number,
  right: number,
  bottom: number,
  across: number,
  floors: number
): void {
  const { canvas, random, palette } = stage
  const cellX = (right - left) / across
  const cellY = (bottom - top) / floors
  for (let floor = 0; floor < floors; floor++) {
    for (let window = 0; window < across; window++) {
      const lit = palette.night ? random() < 0.7 : palette.name === 'dusk' && random() < 0.45
      const x = left + (window + 0.28) * cellX
      const y = top + (floor + 0.25) * cellY
      canvas.polygon(
        rectangle(x - cellX * 0.05, y - cellY * 0.05, x + cellX * 0.49, y + cellY * 0.57),
        [238, 232, 220],
        palette.night ? 0.15 : 0.7
      )
      canvas.polygon(rectangle(x, y, x + cellX * 0.44, y + cellY * 0.52), lit ? LAMP : GLASS)
    }
  }
}

/** A house with a gable; its shaded side away from the light. */
export function drawHouse(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, random, palette, light, noise } = stage
  const wall = pick(random, palette.walls)
  const roof = pick(random, palette.roofs)
  const half = size * between(random, 0.32, 0.42)
  const wallTop = y - size * 0.55
  const ridge = y - size
  const depth = size * between(random, 0.5, 0.8) * -light
  const plaster: Paint = (px, py) => shade(wall, 0.97 + 0.1 * noise.fractal(px * 60, py * 60, 2))
  const tiles: Paint = (px, py) =>
    shade(roof, 0.95 + 0.12 * Math.sin(py * 1100 * (0.1 / size)) + 0.1 * noise.at(px * 90, py * 90))
  const near = x - half * light
  canvas.polygon(
    [
      [near, wallTop],
      [near + depth, wallTop],
      [near + depth, y],
      [near, y]
    ],
    shade(wall, 0.68)
  )
  canvas.polygon(
    [
      [x, ridge],
      [x + depth, ridge],
      [near + depth * 1.04, wallTop + size * 0.03],
      [near + light * 0.001, wallTop + size * 0.03]
    ],
    tiles
  )
  canvas.polygon(
    [
      [x - half, y],
      [x - half, wallTop],
      [x, ridge],
      [x + half, wallTop],
      [x + half, y]
    ],
    plaster
  )
  const eave = size * 0.05
  for (const side of [-1, 1]) {
    canvas.polygon(
      [
        [x, ridge - eave],
        [x + side * (half + eave), wallTop + eave * 0.6],
        [x + side * (half + eave * 0.4), wallTop + eave],
        [x, ridge + eave * 0.4]
      ],
      shade(roof, side === light ? 1.1 : 0.8)
    )
  }
  canvas.polygon(
    rectangle(x + depth * 0.4, ridge - size * 0.14, x + depth * 0.4 + size * 0.09, ridge + size * 0.06),
    shade(roof, 0.75)
  )
  drawWindows(stage, x - half, wallTop, x + half, y - size * 0.28, 2, 1)
  canvas.polygon(rectangle(x - size * 0.07, y - size * 0.26, x + size * 0.07, y), shade(roof, 0.6))
}

/** One of a row of tall town houses, seen from the front. */
export function drawTownHouse(stage: Stage, [x, y]: Point, width: number, height: number): void {
  const { canvas, random, palette, noise } = stage
  const wall = pick(random, palette.walls)
  const roof = pick(random, palette.roofs)
  const left = x
  const right = x + width
  const top = y - height
  const gable = width * between(random, 0.35, 0.8)
  const middle = (left + right) / 2
  const style = Math.floor(random() * 3)
  if (style === 0)
    canvas.polygon(
      [
        [left, top],
        [middle, top - gable],
        [right, top]
      ],
      shade(roof, 0.95)
    )
  if (style === 1)
    canvas.polygon(
      [
        [left, top],
        [left + width * 0.16, top - gable * 0.7],
        [right - width * 0.16, top - gable * 0.7],
        [right, top]
      ],
      roof
    )
  if (style === 2) {
    for (let step = 0; step < 4; step++) {
      const inset = width * 0.12 * step
      canvas.polygon(rectangle(left + inset, top - gable * 0.24 * (step + 1), right - inset, top), shade(wall, 0.9))
    }
  }
  canvas.polygon(rectangle(left, top, right, y), (px, py) =>
    shade(wall, 0.93 + 0.12 * noise.fractal(px * 50, py * 50, 2) - (px > right - width * 0.06 ? 0.25 : 0))
  )
  drawWindows(
    stage,
    left + width * 0.06,
    top + width * 0.05,
    right - width * 0.06,
    y - width * 0.32,
    width > 0.1 ? 3 : 2,
    Math.max(2, Math.round((height / width) * 1.6))
  )
  canvas.polygon(rectangle(middle - width * 0.1, y - width * 0.3, middle + width * 0.1, y), shade(roof, 0.6))
}

export function drawChurch(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, random, palette, light } = stage
  const wall = mix(palette.walls[0], [240, 236, 226], palette.night ? 0 : 0.5)
  const roof = pick(random, palette.roofs)
  const half = size * 0.11
  const nave = size * 0.55 * -light
  canvas.polygon(
    [
      [x, y - size * 0.32],
      [x + nave, y - size * 0.32],
      [x + nave, y],
      [x, y]
    ],
    shade(wall, 0.75)
  )
  canvas.polygon(
    [
      [x, y - size * 0.32],
      [x + nave * 0.06, y - size * 0.5],
      [x + nave * 0.96, y - size * 0.5],
      [x + nave * 1.04, y - size * 0.32]
    ],
    shade(roof, 0.95)
  )
  canvas.polygon(rectangle(x - half, y - size * 0.62, x + half, y), rounded(stage, wall, x, half * 1.5, 50))
  canvas.polygon(
    [
      [x - half * 1.15, y - size * 0.62],
      [x, y - size * 1.05],
      [x + half * 1.15, y - size * 0.62]
    ],
    rounded(stage, roof, x, half, 50)
  )
  drawWindows(stage, x - half, y - size * 0.58, x + half, y - size * 0.2, 1, 2)
}

export function drawWindmill(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, random, palette } = stage
  const wall = pick(random, palette.walls)
  const half = size * 0.15
  const hub: Point = [x, y - size * 0.66]
  canvas.polygon(
    [
      [x - half, y],
      [x - half * 0.6, y - size * 0.64],
      [x + half * 0.6, y - size * 0.64],
      [x + half, y]
    ],
    rounded(stage, wall, x, half, 50)
  )
  canvas.ellipse([x, y - size * 0.64], half * 0.7, half * 0.65, pick(random, palette.roofs))
  drawWindows(stage, x - half * 0.6, y - size * 0.5, x + half * 0.6, y - size * 0.05, 1, 2)
  const turn = random() * Math.PI
  for (let sail = 0; sail < 4; sail++) {
    const angle = turn + (sail * Math.PI) / 2
    const [dx, dy] = [Math.cos(angle) * size * 0.46, Math.sin(angle) * size * 0.46]
    const [wx, wy] = [-Math.sin(angle) * size * 0.075, Math.cos(angle) * size * 0.075]
    canvas.polygon(
      [
        [hub[0] + dx * 0.2, hub[1] + dy * 0.2],
        [hub[0] + dx, hub[1] + dy],
        [hub[0] + dx + wx, hub[1] + dy + wy],
        [hub[0] + dx * 0.2 + wx, hub[1] + dy * 0.2 + wy]
      ],
      mix(palette.cloudLit, wall, 0.3),
      0.85
    )
    canvas.polygon(
      [
        [hub[0], hub[1] - 0.003],
        [hub[0] + dx, hub[1] + dy - 0.003],
        [hub[0] + dx, hub[1] + dy + 0.003],
        [hub[0], hub[1] + 0.003]
      ],
      BARK
    )
  }
}

export function drawLighthouse(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, palette, random } = stage
  const stripe = pick<Colour>(random, [
    [196, 58, 48],
    [40, 70, 120],
    [50, 50, 60]
  ])
  const dim = palette.night ? 0.5 : 1
  canvas.ellipse(
    [x, y + size * 0.02],
    size * 0.24,
    size * 0.07,
    rounded(stage, shade(palette.near, 0.8), x, size * 0.3)
  )
  const width = (share: number) => size * (0.1 - 0.04 * share)
  const bands = 5
  for (let band = 0; band < bands; band++) {
    const [low, high] = [(band / bands) * 0.78, ((band + 1) / bands) * 0.78]
    const colour = shade(band % 2 === 0 ? [244, 240, 232] : stripe, dim)
    canvas.polygon(
      [
        [x - width(low), y - size * low],
        [x - width(high), y - size * high],
        [x + width(high), y - size * high],
        [x + width(low), y - size * low]
      ],
      rounded(stage, colour, x, size * 0.1, 50)
    )
  }
  canvas.polygon(
    rectangle(x - size * 0.09, y - size * 0.8, x + size * 0.09, y - size * 0.775),
    shade(stripe, 0.6 * dim)
  )
  canvas.polygon(rectangle(x - size * 0.05, y - size * 0.9, x + size * 0.05, y - size * 0.8), LAMP)
  canvas.polygon(
    [
      [x - size * 0.065, y - size * 0.9],
      [x, y - size],
      [x + size * 0.065, y - size * 0.9]
    ],
    shade(stripe, 0.8 * dim)
  )
  if (!palette.night) return
  for (let ring = 1; ring < 9; ring++)
    canvas.ellipse([x, y - size * 0.85], size * 0.07 * ring, size * 0.07 * ring, LAMP, 0.07)
}
