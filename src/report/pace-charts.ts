// How fast the runs went that made results, as their audit logs tell.

import { companionsOf, paceIn, type PacePoint, readAudit } from '../results/index.js'
import type { Bars } from './review-counts.js'
import type { ReportSource } from './writer.js'

const MAX_BARS = 24

/** One chart for each results file that has an audit log; what a log does not say is left out. */
export async function paceCharts(sources: readonly ReportSource[]): Promise<Bars[]> {
  const charts: Bars[] = []
  for (const { path, name } of sources) {
    // Results that came without their log are looked at all the same; `verify` says what is wrong with it.
    const { entries } = await readAudit(companionsOf(path).audit).catch(() => ({ entries: [] }))
    const first = entries.findLastIndex(({ event }) => event === 'started')
    const runs = entries
      .slice(first + 1)
      .map(paceIn)
      .filter(({ length }) => length > 0)
    const bars = runs.flatMap((points, run) => barsOf(points, runs.length > 1 ? `run ${run + 1}, ` : ''))
    if (bars.length > 0) charts.push({ title: `Files a minute in the course of the run, ${name}`, bars })
  }
  return charts
}

function barsOf(points: readonly PacePoint[], before: string): [string, number][] {
  const every = Math.ceil(points.length / MAX_BARS)
  const kept = points.filter((_, i) => i % every === every - 1 || i === points.length - 1)
  return kept.map(([seconds, records], i) => {
    const [fromSeconds, fromRecords] = i === 0 ? [0, 0] : kept[i - 1]
    const rate = seconds > fromSeconds ? (60 * (records - fromRecords)) / (seconds - fromSeconds) : 0
    return [`${before}until ${clock(seconds)}`, Math.round(rate)]
  })
}

/** `1:02:03` */
function clock(seconds: number): string {
  const [h, m, s] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor)
  const two = (number: number): string => String(number).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}
