// Rate and memory of a run over its files, as a picture for the README.

export interface RunSample {
  readonly seconds: number
  readonly files: number
  readonly memoryBytes: number
}

const WIDTH = 720
const HEIGHT = 300
const EDGE = { left: 64, right: 64, top: 28, bottom: 44 }
const RATE_COLOUR = '#1f6feb'
const MEMORY_COLOUR = '#d9480f'
/** Samples that a rate is taken over: one alone says more about the clock. */
const OVER = 6

interface Point {
  readonly x: number
  readonly y: number
}

export function drawRun(samples: readonly RunSample[], files: number): string {
  const rates = samples.slice(OVER).map((sample, i) => {
    const before = samples[i]
    return { x: sample.files, y: (sample.files - before.files) / (sample.seconds - before.seconds) }
  })
  const memory = samples.map((sample) => ({ x: sample.files, y: sample.memoryBytes / 2 ** 20 }))
  const [mostRate, mostMemory] = [rates, memory].map((points) => niceTop(Math.max(1, ...points.map(({ y }) => y))))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${grid()}
${line(rates, files, mostRate, RATE_COLOUR)}
${line(memory, files, mostMemory, MEMORY_COLOUR)}
${labels(mostRate, EDGE.left - 8, 'end', RATE_COLOUR)}
${labels(mostMemory, WIDTH - EDGE.right + 8, 'start', MEMORY_COLOUR)}
<text x="${EDGE.left}" y="16" fill="${RATE_COLOUR}">files a second</text>
<text x="${WIDTH - EDGE.right}" y="16" text-anchor="end" fill="${MEMORY_COLOUR}">memory of all processes, MiB</text>
<text x="${EDGE.left}" y="${HEIGHT - 12}" fill="#333">0 files</text>
<text x="${WIDTH - EDGE.right}" y="${HEIGHT - 12}" text-anchor="end" fill="#333">${files.toLocaleString('en-GB')} files</text>
</svg>
`
}

const yOf = (share: number): number => HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom)

function grid(): string {
  const lines = [0, 0.5, 1].map((share) => {
    const y = yOf(share).toFixed(1)
    return `<line x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${y}" y2="${y}" stroke="#ddd"/>`
  })
  return lines.join('\n')
}

function labels(most: number, x: number, anchor: string, colour: string): string {
  const texts = [0, 0.5, 1].map((share) => {
    const y = (yOf(share) + 4).toFixed(1)
    return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${colour}">${Math.round(most * share)}</text>`
  })
  return texts.join('\n')
}

function line(points: readonly Point[], mostX: number, mostY: number, colour: string): string {
  const width = WIDTH - EDGE.left - EDGE.right
  const places = points.map(
    ({ x, y }) => `${(EDGE.left + (x / mostX) * width).toFixed(1)},${yOf(y / mostY).toFixed(1)}`
  )
  return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${places.join(' ')}"/>`
}

/** The next of 1, 2, 5, 10, 20, 50 … above. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power
}
