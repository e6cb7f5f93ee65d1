// What lies behind the figures of a scene: sky, clouds, sun or moon, and water with reflections.

import { fillSmoothly, mix, smoothstep, type Canvas, type Colour, type Point } from './canvas.js'
import { between, type Noise, type Random } from './noise.js'
import type { Palette } from './palettes.js'

/** Everything that a part of a scene needs to draw itself. */
export interface Stage {
  readonly canvas: Canvas
  readonly random: Random
  readonly noise: Noise
  readonly palette: Palette
  readonly sun: Point
  readonly sunRadius: number
  /** The side the light comes from: -1 left, 1 right. */
  readonly light: -1 | 1
}

export const CLOUD_KINDS = ['cumulus', 'streaks', 'dapples', 'towers'] as const
export type CloudKind = (typeof CLOUD_KINDS)[number]

/** How far up and down, and how dense, each kind of cloud is. */
const CLOUDS: Readonly<Record<CloudKind, { scale: Point; threshold: number; softness: number; flat: boolean }>> = {
  cumulus: { scale: [1.7, 3.6], threshold: 0.02, softness: 0.2, flat: false },
  streaks: { scale: [0.5, 2.6], threshold: -0.05, softness: 0.5, flat: true },
  dapples: { scale: [1.5, 3.2], threshold: 0.02, softness: 0.25, flat: true },
  towers: { scale: [1.35, 1.9], threshold: 0.0, softness: 0.16, flat: false }
}

function skyColour(palette: Palette, height: number): Colour {
  const [top, middle, low] = palette.sky
  return height < 0.55 ? mix(top, middle, height / 0.55) : mix(middle, low, (height - 0.55) / 0.45)
}

/** Sky down to `horizon` and haze below it, with the glow around the sun. */
export function drawSky(stage: Stage, horizon: number): void {
  const { canvas, palette, sun } = stage
  const { pixels, width, height } = canvas
  const glowStrength = palette.night ? 0.28 : 0.5
  const haloSize = 2.4 * stage.sunRadius ** 2
  const glows = new Float32Array(width)
  for (let row = 0; row < height; row++) {
    const y = row / height
    const [red, green, blue] = skyColour(palette, y / horizon)
    const dy = (y - sun[1]) * 1.15
    fillSmoothly(glows, canvas.step, (column) => {
      const dx = column / height - sun[0]
      const distance = dx * dx + dy * dy
      const halo = distance / haloSize
      return glowStrength / (1 + 14 * distance + 2 * Math.abs(dy)) + 0.3 / (1 + halo * halo)
    })
    for (let column = 0, at = row * width * 3; column < width; column++, at += 3) {
      const glow = glows[column]
      pixels[at] = red + (palette.sun[0] - red) * glow
      pixels[at + 1] = green + (palette.sun[1] - green) * glow
      pixels[at + 2] = blue + (palette.sun[2] - blue) * glow
    }
  }
}

export function drawStars(stage: Stage, horizon: number): void {
  const { canvas, random, palette } = stage
  for (let star = 0; star < 260; star++) {
    const centre: Point = [random() * canvas.aspect, random() * horizon]
    const radius = 0.0008 + 0.0016 * random() ** 4
    canvas.ellipse(centre, radius, radius, palette.sun, between(random, 0.3, 1))
  }
}

/** Sun, or moon with its seas. */
export function drawSun(stage: Stage): void {
  const { canvas, noise, palette, sun, sunRadius } = stage
  const paint = palette.night
    ? (x: number, y: number) =>
        mix(palette.sun, [176, 180, 196], smoothstep(-0.1, 0.4, noise.fractal(x * 28, y * 28, 3)))
    : palette.sun
  canvas.ellipse(sun, sunRadius, sunRadius, paint)
}

/** Clouds between the top and `horizon`; a higher `cover` fills more of the sky. */
export function drawClouds(stage: Stage, kind: CloudKind, horizon: number, cover: number): void {
  const { canvas, noise, palette, light, random } = stage
  const { scale, threshold, softness, flat } = CLOUDS[kind]
  const { cloudLit: bright, cloudShade: dark } = palette
  const slant = between(random, -0.5, 0.5)
  const offset = random() * 100
  const edge = threshold - cover
  const bodies = new Float32Array(canvas.width)
  const behind = new Float32Array(canvas.width)
  const rows = Math.min(canvas.height, Math.ceil(horizon * canvas.height))
  for (let row = 0; row < rows; row++) {
    const y = row / canvas.height
    // A flat ceiling of cloud draws together towards the horizon.
    const depth = flat ? 0.42 / (horizon - y + 0.16) : 1
    const v = (flat ? depth * 1.6 : y) * scale[1]
    const fade = smoothstep(0, 0.16, horizon - y) * 0.95
    const across = (column: number) =>
      ((column / canvas.height - canvas.aspect / 2) * depth + slant * y) * scale[0] + offset
    fillSmoothly(bodies, canvas.step, (column) => noise.fractal(across(column), v, 5))
    fillSmoothly(behind, canvas.step * 2, (column) => noise.fractal(across(column) + 0.16 * light, v - 0.2, 3))
    for (let column = 0; column < canvas.width; column++) {
      const density = smoothstep(edge, edge + softness, bodies[column])
      if (density === 0) continue
      const lit = smoothstep(-0.22, 0.3, bodies[column] - behind[column] + 0.06)
      canvas.blend(
        (row * canvas.width + column) * 3,
        dark[0] + (bright[0] - dark[0]) * lit,
        dark[1] + (bright[1] - dark[1]) * lit,
        dark[2] + (bright[2] - dark[2]) * lit,
        density * fade
      )
    }
  }
}

/** Water from `shore` to the lower edge: what is above it upside down, ripples, and the sun's path. */
export function drawWater(stage: Stage, shore: number, roughness: number): void {
  const { canvas, noise, sun } = stage
  const { water, sun: gold } = stage.palette
  const { width, height, pixels } = canvas
  const shoreRow = Math.ceil(shore * height)
  const ripples = new Float32Array(width)
  for (let row = shoreRow; row < height; row++) {
    const below = row / height - shore
    // Ripples are longer and flatter far away.
    const wave = 0.35 / (below + 0.05)
    fillSmoothly(ripples, canvas.step, (column) =>
      noise.fractal((column / height) * 3.2 * wave, below * 26 * wave + 40, 3)
    )
    const tint = 0.22 + 0.55 * smoothstep(0, 1 - shore, below)
    const pathWidth = 0.02 + stage.sunRadius * 0.5 + below * 0.35
    const tall = roughness * height * (0.008 + below * 0.16)
    for (let column = 0, at = row * width * 3; column < width; column++, at += 3) {
      const ripple = ripples[column]
      const mirrored = Math.round(shoreRow - 1 - (row - shoreRow) * 0.92 + ripple * tall)
      const sourceRow = Math.min(shoreRow - 1, Math.max(0, mirrored))
      const shifted = Math.min(width - 1, Math.max(0, column + Math.round(ripple * roughness * height * 0.012)))
      const source = (sourceRow * width + shifted) * 3
      const crest = 1 + 0.22 * roughness * ripple
      const aside = (column / height - sun[0]) / pathWidth
      const sparkle = ripple > 0.12 ? smoothstep(0.12, 0.3, ripple) * Math.exp(-aside * aside) * 0.85 : 0
      const mirror = (1 - tint) * crest
      const deep = tint * crest
      pixels[at] = pixels[source] * mirror + water[0] * deep
      pixels[at + 1] = pixels[source + 1] * mirror + water[1] * deep
      pixels[at + 2] = pixels[source + 2] * mirror + water[2] * deep
      if (sparkle > 0.01) canvas.blend(at, gold[0], gold[1], gold[2], sparkle)
    }
  }
}
