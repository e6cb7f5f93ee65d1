// What floats and flies: sailboats, balloons and birds.

import type { Stage } from './backdrop.js'
import { mix, shade, smoothstep, type Colour, type Paint, type Point } from './canvas.js'
import { pick } from './noise.js'
import { BARK, rectangle } from './shapes.js'

export function drawSailboat(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, random, palette } = stage
  const heading = random() < 0.5 ? -1 : 1
  const hull = shade(pick(random, palette.roofs), palette.night ? 0.8 : 1)
  const sail = mix(
    pick<Colour>(random, [
      [250, 246, 236],
      [232, 96, 72],
      [250, 214, 120],
      [120, 170, 200]
    ]),
    palette.cloudShade,
    palette.night ? 0.6 : 0.05
  )
  const at = (dx: number, dy: number): Point => [x + dx * size * heading, y + dy * size]
  canvas.polygon([at(-0.34, 0.02), at(0.36, 0.02), at(0.2, 0.6), at(-0.1, 0.7)], mix(sail, palette.water, 0.6), 0.35)
  canvas.polygon([at(-0.36, -0.1), at(0.46, -0.13), at(0.32, 0.03), at(-0.28, 0.03)], hull)
  canvas.polygon([at(-0.36, -0.1), at(0.46, -0.13), at(0.44, -0.1), at(-0.35, -0.07)], [240, 236, 226])
  canvas.polygon([at(-0.012, -1.02), at(0.012, -1.02), at(0.012, -0.1), at(-0.012, -0.1)], BARK)
  canvas.polygon([at(-0.03, -0.98), at(-0.03, -0.18), at(-0.42, -0.18)], (px) =>
    shade(sail, 0.9 + 0.25 * smoothstep(-0.5, 0.1, ((px - x) / size) * heading))
  )
  canvas.polygon([at(0.03, -0.9), at(0.4, -0.18), at(0.03, -0.18)], shade(sail, 0.86))
}

export function drawBalloon(stage: Stage, [x, y]: Point, size: number): void {
  const { canvas, random, palette, light } = stage
  const colours = [
    pick<Colour>(random, [
      [226, 74, 60],
      [240, 160, 50],
      [70, 120, 190]
    ]),
    pick<Colour>(random, [
      [250, 236, 200],
      [250, 210, 90],
      [90, 180, 170]
    ])
  ] as const
  const dim = palette.night ? 0.55 : 1
  const radius = size * 0.36
  const paint: Paint = (px, py) => {
    const across = Math.max(
      -1,
      Math.min(1, (px - x) / Math.max(0.001, Math.sqrt(Math.max(0, radius * radius - (py - y) ** 2))))
    )
    const gore = Math.floor((Math.asin(across) / Math.PI + 0.5) * 8)
    return shade(
      gore % 2 === 0 ? colours[0] : colours[1],
      dim * (0.88 + 0.22 * light * across - 0.15 * ((py - y) / radius))
    )
  }
  canvas.polygon(
    [
      [x - radius * 0.86, y + radius * 0.5],
      [x + radius * 0.86, y + radius * 0.5],
      [x + radius * 0.2, y + radius * 1.35],
      [x - radius * 0.2, y + radius * 1.35]
    ],
    paint
  )
  canvas.ellipse([x, y], radius, radius, paint)
  canvas.polygon(rectangle(x - radius * 0.17, y + radius * 1.6, x + radius * 0.17, y + radius * 1.85), [120, 84, 50])
  for (const side of [-1, 1])
    canvas.polygon(
      [
        [x + side * radius * 0.17, y + radius * 1.33],
        [x + side * radius * 0.18, y + radius * 1.33],
        [x + side * radius * 0.16, y + radius * 1.62],
        [x + side * radius * 0.14, y + radius * 1.62]
      ],
      BARK
    )
}

export function drawBird(stage: Stage, [x, y]: Point, size: number): void {
  const ink: Colour = stage.palette.night ? [20, 26, 50] : [50, 50, 64]
  for (const side of [-1, 1]) {
    stage.canvas.polygon(
      [
        [x, y],
        [x + side * size * 0.45, y - size * 0.28],
        [x + side * size, y - size * 0.08],
        [x + side * size * 0.45, y - size * 0.14]
      ],
      ink,
      0.85
    )
  }
}
