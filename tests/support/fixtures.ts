// Where the fixtures lie, and their tables read.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const IMAGES = fileURLToPath(new URL('../../fixtures/conformance/images/', import.meta.url))

/** Pictures of the formats that conformance has no values for. */
export const FIXTURE_PICTURES = fileURLToPath(new URL('../../fixtures/images/', import.meta.url))

export function image(name: string): string {
  return IMAGES + name
}

/** Rows of a conformance table, by column. No cell of these has a comma or a quote in it. */
export function conformance(name: string): Record<string, string>[] {
  const text = readFileSync(new URL(`../../fixtures/conformance/${name}`, import.meta.url), 'utf8')
  const [header, ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','))
  return rows.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i]])))
}

/** Bits in which two hex texts of equal length differ. */
export function hexDistance(a: string, b: string): number {
  let distance = 0
  for (let i = 0; i < a.length; i++) {
    for (let x = parseInt(a[i], 16) ^ parseInt(b[i], 16); x > 0; x >>= 1) distance += x & 1
  }
  return distance
}
