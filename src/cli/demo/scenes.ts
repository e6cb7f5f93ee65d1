// The demo's pictures: synthetic landscapes, the same for the same seed, no two alike.

import type { Raster } from '../../core/raster.js'
import { CLOUD_KINDS, drawClouds, drawSky, drawStars, drawSun, drawWater, type Stage } from './backdrop.js'
import { Canvas } from './canvas.js'
import { drawChurch, drawHouse, drawLighthouse, drawTownHouse, drawWindmill } from './buildings.js'
import { drawBalloon, drawBird, drawSailboat } from './craft.js'
import { between, createRandom, Noise, pick } from './noise.js'
import { PALETTES, type Palette } from './palettes.js'
import { drawRidge, planRidge, type Ridge, type RidgeKind } from './ridges.js'
import type { Figure } from './shapes.js'
import { drawCactus, drawPalm, drawPoplar, drawSpruce, drawTree } from './trees.js'

/** Paints everything below the sky of one kind of scene. */
type Composition = (stage: Stage, horizon: number) => void

function ridge(stage: Stage, kind: RidgeKind, base: number, relief: number, nearness: number): Ridge {
  return planRidge(stage, { kind, base, relief, nearness })
}

function topAt(stage: Stage, { tops }: Ridge, x: number): number {
  const column = Math.min(tops.length - 1, Math.max(0, Math.round(x * stage.canvas.height)))
  return tops[column]
}

/** The lowest that anything behind a ridge shows: nothing below needs drawing. */
function behind({ tops }: Ridge): number {
  return tops.reduce((lowest, top) => Math.max(lowest, top), 0) + 0.01
}

/** Figures along a ridge, far ones first, in a clump or two rather than evenly. */
function plant(
  stage: Stage,
  on: Ridge,
  kinds: readonly [Figure, ...Figure[]],
  count: number,
  size: number,
  sink: number
): void {
  const { random, canvas } = stage
  const clump = random() * canvas.aspect
  const feet = Array.from({ length: count }, () => {
    const scattered = random() * canvas.aspect
    const x = random() < 0.6 ? clump + (random() + random() - 1) * 0.35 : scattered
    return { x, depth: random() }
  })
  feet.sort((a, b) => a.depth - b.depth)
  for (const { x, depth } of feet) {
    const y = topAt(stage, on, x) + 0.012 + depth * sink
    pick(random, kinds)(stage, [x, y], size * (0.7 + 0.5 * depth) * between(random, 0.8, 1.2))
  }
}

function flock(stage: Stage, horizon: number): void {
  const { random, canvas } = stage
  const [x, y] = [between(random, 0.2, 0.8) * canvas.aspect, between(random, 0.15, 0.6) * horizon]
  for (let bird = 0; bird < 7; bird++) {
    drawBird(stage, [x + (random() - 0.5) * 0.34, y + (random() - 0.5) * 0.12], between(random, 0.01, 0.024))
  }
}

function balloons(stage: Stage, horizon: number, count: number): void {
  const { random, canvas } = stage
  for (let balloon = 0; balloon < count; balloon++) {
    const size = between(random, 0.1, 0.3)
    drawBalloon(stage, [between(random, 0.1, 0.9) * canvas.aspect, between(random, 0.15, 0.75) * horizon], size)
  }
}

function boats(stage: Stage, shore: number, count: number): void {
  const { random, canvas } = stage
  const rows = Array.from({ length: count }, () => random()).sort((a, b) => a - b)
  for (const depth of rows) {
    drawSailboat(
      stage,
      [between(random, 0.06, 0.94) * canvas.aspect, shore + 0.03 + depth * (0.92 - shore)],
      0.09 + 0.2 * depth
    )
  }
}

const lake: Composition = (stage, horizon) => {
  const { random } = stage
  const shore = horizon + between(random, 0.03, 0.1)
  drawRidge(stage, ridge(stage, 'mountains', horizon - 0.12, between(random, 0.16, 0.28), 0.15), shore)
  drawRidge(stage, ridge(stage, pick(random, ['mountains', 'hills']), horizon - 0.02, 0.12, 0.45), shore)
  const bank = ridge(stage, 'forest', shore - 0.02, 0.04, 0.6)
  drawRidge(stage, bank, shore)
  if (random() < 0.6) plant(stage, ridge(stage, 'hills', shore - 0.02, 0, 0.6), [drawHouse], 2, 0.08, 0)
  drawWater(stage, shore, between(random, 0.3, 0.8))
  if (random() < 0.7) boats(stage, shore, 1 + Math.floor(random() * 3))
  const corner = ridge(stage, 'hills', between(random, 0.93, 1.02), 0.16, 1)
  drawRidge(stage, corner, 1)
  plant(stage, corner, [drawSpruce], 9, between(random, 0.25, 0.42), 0.12)
}

const coast: Composition = (stage, horizon) => {
  const { random, canvas } = stage
  const headland = ridge(
    stage,
    pick(random, ['hills', 'mesas', 'mountains']),
    horizon + 0.02,
    between(random, 0.14, 0.26),
    0.4
  )
  drawRidge(stage, headland, horizon)
  drawWater(stage, horizon, between(random, 0.7, 1.3))
  boats(stage, horizon, 3 + Math.floor(random() * 4))
  const cliff = ridge(stage, pick(random, ['dunes', 'hills']), between(random, 0.86, 0.98), 0.2, 0.95)
  drawRidge(stage, cliff, 1)
  const x = between(random, 0.12, 0.88) * canvas.aspect
  const tropical = stage.palette.name === 'tropic' || stage.palette.name === 'mint'
  if (!tropical) drawLighthouse(stage, [x, Math.min(0.94, topAt(stage, cliff, x) + 0.02)], between(random, 0.36, 0.58))
  plant(stage, cliff, tropical ? [drawPalm] : [drawTree, drawHouse], tropical ? 6 : 4, tropical ? 0.4 : 0.16, 0.05)
}

const village: Composition = (stage, horizon) => {
  const { random, canvas } = stage
  const far = ridge(stage, pick(random, ['mountains', 'hills']), horizon - 0.06, 0.16, 0.15)
  const middle = ridge(stage, pick(random, ['hills', 'forest']), horizon + 0.03, 0.12, 0.4)
  const green = ridge(stage, 'hills', horizon + between(random, 0.12, 0.2), 0.13, 0.7)
  const near = ridge(stage, 'hills', between(random, 0.88, 0.96), 0.12, 1)
  drawRidge(stage, far, behind(middle))
  drawRidge(stage, middle, behind(green))
  drawRidge(stage, green, behind(near))
  const x = between(random, 0.15, 0.85) * canvas.aspect
  const landmark = pick<Figure>(random, [drawChurch, drawWindmill])
  landmark(stage, [x, topAt(stage, green, x) + 0.03], between(random, 0.36, 0.5))
  plant(stage, green, [drawHouse, drawHouse, drawTree], 13, 0.14, 0.14)
  drawRidge(stage, near, 1)
  plant(stage, near, [drawTree, drawPoplar], 6, between(random, 0.24, 0.36), 0.1)
}

const meadow: Composition = (stage, horizon) => {
  const { random } = stage
  const hills = [0.25, 0.5, 0.75, 1].map((nearness, step) =>
    ridge(stage, 'hills', horizon - 0.04 + step * (1.1 - horizon) * 0.28, between(random, 0.1, 0.2), nearness)
  )
  for (const [step, hill] of hills.entries()) {
    const next = hills[step + 1]
    drawRidge(stage, hill, next ? behind(next) : 1)
    if (step > 0) plant(stage, hill, [drawTree, drawTree, drawPoplar], 3 + step * 2, 0.1 * step, 0.05)
  }
  balloons(stage, horizon, 2 + Math.floor(random() * 4))
}

const desert: Composition = (stage, horizon) => {
  const { random } = stage
  const far = ridge(stage, 'mesas', horizon - 0.06, between(random, 0.16, 0.28), 0.3)
  const middle = ridge(stage, 'mesas', horizon + 0.03, between(random, 0.1, 0.18), 0.65)
  const dune = ridge(stage, 'dunes', horizon + 0.12, 0.11, 0.7)
  const near = ridge(stage, 'dunes', horizon + 0.3, 0.11, 1)
  drawRidge(stage, far, behind(middle))
  drawRidge(stage, middle, behind(dune))
  drawRidge(stage, dune, 1)
  plant(stage, dune, [drawCactus], 4, 0.14, 0.1)
  drawRidge(stage, near, 1)
  plant(stage, near, [drawCactus], 6, 0.28, 0.1)
}

const forest: Composition = (stage, horizon) => {
  const { random } = stage
  const slopes = [
    ridge(stage, 'mountains', horizon - 0.1, 0.24, 0.1),
    ...[0.25, 0.45, 0.7].map((nearness, step) =>
      ridge(stage, 'forest', horizon + step * (0.95 - horizon) * 0.3, between(random, 0.1, 0.18), nearness)
    )
  ]
  const edge = ridge(stage, 'hills', between(random, 0.88, 0.98), 0.12, 0.95)
  for (const [step, slope] of slopes.entries()) drawRidge(stage, slope, behind(slopes[step + 1] ?? edge))
  drawRidge(stage, edge, 1)
  plant(stage, edge, [drawSpruce], 14, between(random, 0.35, 0.6), 0.15)
}

const harbour: Composition = (stage, horizon) => {
  const { random, canvas } = stage
  drawRidge(stage, ridge(stage, pick(random, ['hills', 'mountains']), horizon - 0.1, 0.16, 0.25), horizon + 0.1)
  const quay = horizon + between(random, 0.04, 0.14)
  for (let x = -0.05; x < canvas.aspect;) {
    const width = between(random, 0.07, 0.15)
    if (random() < 0.9) drawTownHouse(stage, [x, quay], width, between(random, 0.16, 0.4))
    else drawTree(stage, [x + width / 2, quay], between(random, 0.2, 0.3))
    x += width
  }
  drawWater(stage, quay, between(random, 0.4, 0.9))
  boats(stage, quay, 3 + Math.floor(random() * 3))
}

const COMPOSITIONS: readonly [Composition, ...Composition[]] = [lake, coast, village, meadow, harbour, forest, desert]

/** Moods that suit a composition; all of them where nothing is said. */
function moodFor(stageRandom: () => number, composition: Composition): Palette {
  if (composition !== desert) return pick(stageRandom, PALETTES)
  const suited = PALETTES.filter(({ name }) => ['desert', 'dusk', 'dawn', 'night'].includes(name))
  return pick(stageRandom, suited as [Palette, ...Palette[]])
}

/**
 * Draws the landscape of a seed as 8-bit RGB. The same seed gives the same picture at every size of one shape.
 * Clearly synthetic, and never of people.
 */
export function drawScene(seed: number, width: number, height: number): Raster {
  const random = createRandom(seed)
  const canvas = new Canvas(width, height)
  const composition = pick(random, COMPOSITIONS)
  const palette = moodFor(random, composition)
  const horizon = between(random, 0.34, 0.62)
  const sunX = between(random, 0.1, 0.9)
  const stage: Stage = {
    canvas,
    random,
    palette,
    noise: new Noise(random),
    sun: [sunX * canvas.aspect, between(random, 0.2, 0.9) * horizon],
    sunRadius: between(random, 0.03, 0.085),
    light: sunX < 0.5 ? -1 : 1
  }
  drawSky(stage, horizon)
  if (palette.night) drawStars(stage, horizon)
  drawSun(stage)
  drawClouds(stage, pick(random, CLOUD_KINDS), horizon + 0.05, between(random, -0.12, 0.16))
  composition(stage, horizon)
  if (random() < 0.5) flock(stage, horizon)
  return canvas.toRaster(stage.noise, 5)
}
