// How fast a run went in its course: few points, however long it takes. They stand in the audit log, since results have no times.

import { isPlainObject } from '../core/plain-object.js'

/** Seconds since the run began, and the records that were written by then. */
export type PacePoint = readonly [seconds: number, records: number]

const MAX_POINTS = 128

export class Pace {
  readonly #startMs: number
  readonly #points: PacePoint[] = []
  #records = 0
  #intervalMs = 1000
  #nextMs = 1000

  /** @param now - milliseconds, of any clock that only goes forward */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.#startMs = now()
  }

  add(): void {
    this.#records++
    const ms = this.now() - this.#startMs
    if (ms < this.#nextMs) return
    this.#points.push([toSeconds(ms), this.#records])
    if (this.#points.length === MAX_POINTS) this.#halve()
    this.#nextMs = ms + this.#intervalMs
  }

  /** The points so far, and where the run is now. */
  get points(): readonly PacePoint[] {
    return [...this.#points, [toSeconds(this.now() - this.#startMs), this.#records]]
  }

  #halve(): void {
    const kept = this.#points.filter((_, i) => i % 2 === 1)
    this.#points.splice(0, this.#points.length, ...kept)
    this.#intervalMs *= 2
  }
}

function toSeconds(ms: number): number {
  return Math.round(ms) / 1000
}

/** The points that an entry of an audit log has; logs may come from anybody, and what is none is left out. */
export function paceIn(entry: unknown): readonly PacePoint[] {
  const pace: unknown = isPlainObject(entry) ? entry['pace'] : undefined
  if (!Array.isArray(pace)) return []
  const points = pace.slice(0, MAX_POINTS + 1).filter(isPoint)
  return points.filter(
    ([seconds, records], i) => i === 0 || (seconds > points[i - 1][0] && records >= points[i - 1][1])
  )
}

function isPoint(value: unknown): value is PacePoint {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number' && one >= 0)
}
