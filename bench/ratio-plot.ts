// How many times faster than sharp alone, by kind of JPEG, as a picture for the README.

import type { Measured } from '../src/cli/bench/measure.js'

const WIDTH = 720
const ROW = 34
const LABELS = 250
const RIGHT = 70
const COLOURS = { 'exhibit-hash': '#1f6feb', portable: '#8fb8f6' } as const

const SUITES = 'JPEG to its raster: '

interface Bar {
  readonly label: string
  readonly ours: Measured
  /** The luma by portable code; absent where it was not measured. */
  readonly portable: Measured | undefined
}

/** The suites of JPEGs among all; the first row of each is sharp. */
export function drawJpegRatios(results: readonly Measured[], machine: string): string {
  const suites = new Map<string, Measured[]>()
  for (const row of results.filter(({ suite }) => suite.startsWith(SUITES))) {
    const label = `${row.suite.slice(SUITES.length)}, ${row.input.split(',', 1)[0]}`
    suites.set(label, [...(suites.get(label) ?? []), row])
  }
  const bars = [...suites].flatMap(([label, rows]): Bar[] => {
    const ours = rows.find(({ engine }) => engine === 'exhibit-hash')
    const portable = rows.find(({ engine }) => /^luma alone, (?:portable|typescript|wasm)/.test(engine))
    return ours === undefined ? [] : [{ label, ours, portable }]
  })
  const most = Math.max(1, ...bars.map(({ ours }) => ours.ratio))
  const height = 64 + bars.length * ROW
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="12" y="20" font-size="14" fill="#222">JPEG to its raster: how many times faster than sharp alone</text>
<text x="12" y="38" fill="#555">${machine}; one thread. Pale: luma by portable code, without the addon</text>
${bars.map((bar, i) => row(bar, 52 + i * ROW, most)).join('\n')}
</svg>
`
}

function row({ label, ours, portable }: Bar, y: number, most: number): string {
  const width = (ratio: number): string => (((WIDTH - LABELS - RIGHT) * ratio) / most).toFixed(1)
  const bar = (ratio: number, top: number, height: number, colour: string): string =>
    `<rect x="${LABELS}" y="${top}" width="${width(ratio)}" height="${height}" fill="${colour}"/>`
  const text = ours.ratio.toFixed(1)
  return [
    `<text x="${LABELS - 8}" y="${y + 15}" text-anchor="end" fill="#222">${label}</text>`,
    bar(ours.ratio, y + 2, 14, COLOURS['exhibit-hash']),
    `<text x="${LABELS + Number(width(ours.ratio)) + 6}" y="${y + 14}" fill="#222">${text} ×</text>`,
    ...(portable === undefined ? [] : [bar(portable.ratio, y + 18, 7, COLOURS.portable)])
  ].join('\n')
}
