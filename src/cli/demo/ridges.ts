// Land, from far mountains to the meadow at our feet: an outline against what is behind it, and a texture below.

import type { Stage } from './backdrop.js'
import { fillSmoothly, mix, smoothstep, type Colour } from './canvas.js'
import { between } from './noise.js'

export const RIDGE_KINDS = ['mountains', 'hills', 'forest', 'dunes', 'mesas'] as const
export type RidgeKind = (typeof RIDGE_KINDS)[number]

/** A line of land: `tops` holds the height of its outline at every pixel column. */
export interface Ridge {
  readonly kind: RidgeKind
  readonly tops: Float32Array
  /** 0 at the horizon, 1 at our feet: colours fade with distance. */
  readonly nearness: number
}

export interface RidgePlan {
  readonly kind: RidgeKind
  /** Mean height of the outline, in picture heights from above. */
  readonly base: number
  /** How far the outline rises above and falls below it. */
  readonly relief: number
  readonly nearness: number
}

/** Outline of a kind at a place, from about -1 to 1. */
type Profile = (x: number) => number

function profileOf(stage: Stage, kind: RidgeKind): Profile {
  const { noise, random } = stage
  const offset = random() * 200
  const stretch = between(random, 0.75, 1.35)
  switch (kind) {
    case 'mountains':
      return (x) =>
        noise.ridged(x * 2.1 * stretch + offset, offset, 5) * 1.9 - 1.1 + 0.5 * noise.at(x * 1.1 + offset, 3)
    case 'hills':
      return (x) => noise.fractal(x * 1.6 * stretch + offset, offset, 2) * 1.7
    case 'forest':
      return (x) => noise.fractal(x * 1.3 * stretch + offset, offset, 2) * 1.5
    case 'dunes':
      return (x) => {
        const warped = x * 1.5 * stretch + offset + 0.3 * noise.at(x * 2 + offset, 9)
        const phase = warped - Math.floor(warped)
        const crest = phase < 0.7 ? smoothstep(0, 0.7, phase) : 1 - (phase - 0.7) / 0.3
        return crest * 1.4 - 0.8 + 0.5 * noise.at(warped * 0.6, offset)
      }
    case 'mesas':
      return (x) => {
        const raw = noise.fractal(x * 1.8 * stretch + offset, offset, 3) * 2
        const step = Math.floor(raw * 2.2) / 2.2
        return step + smoothstep(0.8, 1, (raw - step) * 2.2) / 2.2 + 0.04 * noise.at(x * 24, offset)
      }
  }
}

/** Spruces along an outline: how far they rise above it at a place, 0 to 1. */
function spruces(stage: Stage, x: number, perUnit: number): number {
  let height = 0
  for (const shift of [0, 0.5]) {
    const place = x * perUnit + shift
    const cell = Math.floor(place)
    const tall = 0.55 + 0.45 * stage.noise.at(cell * 3.7 + shift * 31, 77)
    height = Math.max(height, tall * (1 - Math.abs(place - cell - 0.5) * 2.1))
  }
  return height
}

export function planRidge(stage: Stage, plan: RidgePlan): Ridge {
  const { canvas } = stage
  const profile = profileOf(stage, plan.kind)
  const treeHeight = plan.kind === 'forest' ? 0.02 + 0.075 * plan.nearness : 0
  const perUnit = 46 - 30 * plan.nearness
  const tops = Float32Array.from({ length: canvas.width }, (_, column) => {
    const x = column / canvas.height
    const trees = treeHeight > 0 ? treeHeight * spruces(stage, x, perUnit) : 0
    return plan.base - plan.relief * profile(x) - trees
  })
  return { kind: plan.kind, tops, nearness: plan.nearness }
}

/** Brightness at a place, 1 being plain; `below` is how far under the outline it lies. */
type Tone = (x: number, y: number, below: number) => number

function toneOf(stage: Stage, kind: RidgeKind, nearness: number): Tone {
  const { noise, light } = stage
  const contrast = 0.35 + 0.65 * nearness
  switch (kind) {
    case 'mountains':
    case 'mesas':
      return (x, y, below) => {
        const u = x * 9 + light * below * 5
        const v = kind === 'mesas' ? y * 34 : y * 5
        return 1 + contrast * 1.1 * light * (noise.fractal(u + 0.22, v, 3) - noise.fractal(u - 0.22, v, 3))
      }
    case 'hills':
      return (x, y, below) => {
        const bent = x + 0.16 * noise.at(x * 3, y * 5) + below * 0.5 * light
        const field = noise.at(Math.floor(bent * 5) * 7.3, Math.floor((below + 0.1 * noise.at(x * 2, 5)) * 14) * 5.1)
        const furrows = Math.sin((bent * (60 + 40 * field) + below * 90 * field) * 3)
        return 1 + contrast * (0.24 * field + 0.05 * furrows + 0.2 * noise.fractal(x * 12, y * 26, 3))
      }
    case 'forest':
      return (x, y) => 1 + contrast * (0.5 * noise.fractal(x * 42, y * 15, 2) + 0.25 * noise.at(x * 5, y * 9))
    case 'dunes':
      return (x, y, below) => {
        const ripples = Math.sin(below * 260 + 9 * noise.fractal(x * 4, y * 7, 2))
        return 1 + contrast * (0.05 * ripples + 0.3 * noise.fractal(x * 2.4 + below * 4 * light, y * 3, 3))
      }
  }
}

function colourOf(stage: Stage, ridge: Ridge): Colour {
  const { palette } = stage
  const land = mix(palette.far, palette.near, ridge.nearness)
  if (ridge.kind === 'dunes') return mix(land, palette.ground, 0.55 + 0.35 * ridge.nearness)
  if (ridge.kind === 'hills') return mix(land, palette.ground, 0.25 + 0.6 * ridge.nearness)
  if (ridge.kind === 'forest') return mix(land, palette.foliage[0], 0.15 + 0.75 * ridge.nearness)
  return land
}

/** Share of snow at a place of a mountain, more of it near the highest peak. */
function snowAt(stage: Stage, x: number, y: number, peak: number): number {
  const line = 0.17 - (y - peak) * 0.75
  if (line < -0.06) return 0
  return smoothstep(0.02, 0.09, line + 0.09 * stage.noise.fractal(x * 16, y * 22, 2))
}

/** Draws a ridge from its outline down to `floor`. */
export function drawRidge(stage: Stage, ridge: Ridge, floor: number): void {
  const { canvas, palette } = stage
  const { width, height, step } = canvas
  const { tops, nearness } = ridge
  const [red, green, blue] = colourOf(stage, ridge)
  const [snowRed, snowGreen, snowBlue] = palette.snow
  const fogMost = 0.5 * (1 - nearness)
  const haze = mix(palette.sky[2], palette.far, 0.3)
  const tone = toneOf(stage, ridge.kind, nearness)
  const peak = tops.reduce((least, top) => Math.min(least, top), 1)
  const bottom = Math.min(height, Math.ceil(floor * height))
  const tones = new Float32Array(width)
  const snow = new Float32Array(width)
  const edgeAt = (column: number) => tops[Math.min(column, width - 1)]
  for (let row = Math.max(0, Math.floor(peak * height)); row < bottom; row++) {
    const y = row / height
    fillSmoothly(tones, step, (column) => {
      const below = y - edgeAt(column)
      return below < -0.03 ? 1 : tone(column / height, y, Math.max(0, below))
    })
    if (ridge.kind === 'mountains') fillSmoothly(snow, step, (column) => snowAt(stage, column / height, y, peak))
    for (let column = 0, at = row * width * 3; column < width; column++, at += 3) {
      const edge = tops[column]
      const covered = Math.min(1, row + 1 - edge * height)
      if (covered <= 0) continue
      const fog = fogMost * smoothstep(0, 0.3, y - edge)
      const white = snow[column]
      const light = (1 + (tones[column] - 1) * (1 - 0.25 * white)) * (1 - fog)
      canvas.blend(
        at,
        (red + (snowRed - red) * white) * light + haze[0] * fog,
        (green + (snowGreen - green) * white) * light + haze[1] * fog,
        (blue + (snowBlue - blue) * white) * light + haze[2] * fog,
        covered
      )
    }
  }
}
