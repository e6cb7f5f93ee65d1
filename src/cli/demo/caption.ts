// The caption of an edited picture: a dark bar with pixel letters, so that no font need be installed.

/** Rows of the word "SHARED", five by five dots a letter; `#` is ink. */
const ROWS = [
  '.#### #...# .###. ####. ##### ####.',
  '#.... #...# #...# #...# #.... #...#',
  '.###. ##### ##### ####. ####. #...#',
  '....# #...# #...# #..#. #.... #...#',
  '####. #...# #...# #...# ##### ####.'
] as const

const BAR = [24, 24, 24, 90] as const
const INK = [244, 244, 244, 230] as const

export interface Overlay {
  /** Red, green, blue and opacity. */
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: 4
}

/** A translucent bar for the lower edge of a picture. */
export function captionBar(width: number, pictureHeight: number): Overlay {
  const height = Math.max(1, Math.round(pictureHeight * 0.04))
  const dot = height / 9
  const indent = (width - ROWS[0].length * dot) / 2
  const data = Buffer.alloc(width * height * 4)
  for (let y = 0, at = 0; y < height; y++) {
    const dots = ROWS[Math.floor(y / dot) - 2] ?? ''
    for (let x = 0; x < width; x++, at += 4) data.set(dots[Math.floor((x - indent) / dot)] === '#' ? INK : BAR, at)
  }
  return { data, width, height, channels: 4 }
}
