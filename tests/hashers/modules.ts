// Hashers written to disk for tests: what a user's own module looks like. None computes a real algorithm.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** 144 bytes, the mean luma of 12 × 12 cells: has the shape of a PhotoDNA value and nothing else of it. */
export const GRID = `
export default {
  name: 'photoDna',
  version: 'grid 1',
  bytes: 144,
  of: 'picture',
  hash({ picture: { raster: { data, width, height } } }) {
    const value = new Uint8Array(144)
    for (let cell = 0; cell < 144; cell++) {
      const column = cell % 12
      const row = (cell - column) / 12
      const [left, right] = [Math.floor((column * width) / 12), Math.floor(((column + 1) * width) / 12)]
      const [top, bottom] = [Math.floor((row * height) / 12), Math.floor(((row + 1) * height) / 12)]
      let sum = 0
      for (let y = top; y < bottom; y++) {
        for (let at = (y * width + left) * 3; at < (y * width + right) * 3; at++) sum += data[at]
      }
      value[cell] = Math.round(sum / ((bottom - top) * (right - left) * 3))
    }
    return value
  }
}
`

/** Counts bytes by their two highest bits, of any file. */
export const COUNTS = `
export default {
  name: 'counts',
  version: '2',
  bytes: 4,
  of: 'file',
  async hash({ bytes, format, picture }) {
    if (picture !== null) throw new Error('a hasher of files gets no picture')
    if (format === 'gif') return null
    const counts = new Uint8Array(4)
    for (const byte of bytes) counts[byte >> 6]++
    return counts
  }
}
`

/** A hasher of which some parts are other than they should be. */
export function hasherText(parts: Readonly<Record<string, string>>): string {
  const all = { name: "'own'", version: "'1'", bytes: '1', of: "'picture'", hash: '() => new Uint8Array(1)', ...parts }
  return `export default { ${Object.entries(all)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} }`
}

export function writeModule(folder: string, text: string, name = 'own.mjs'): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
