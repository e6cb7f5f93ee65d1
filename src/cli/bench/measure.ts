// Measures engines against each other: every round runs each of them once, so that a drifting machine hits all alike.

export interface Engine {
  readonly name: string
  /** One unit of work. */
  run(): unknown
}

export interface Suite {
  readonly name: string
  /** What one run of an engine works on, for people. */
  readonly input: string
  /** Bytes of the input, where a rate in MB/s says more than a time. */
  readonly bytes?: number
  /** Items of work in one run; 1 if absent. */
  readonly items?: number
  /** The first is the peer that ratios are to. */
  readonly engines: readonly Engine[]
}

export interface Measured {
  readonly suite: string
  readonly input: string
  readonly engine: string
  /** Median over rounds, per item. */
  readonly milliseconds: number
  readonly megabytesPerSecond?: number
  /** How many times faster than the first engine: median, least and most over rounds. */
  readonly ratio: number
  readonly ratioLeast: number
  readonly ratioMost: number
}

/** @param secondsEach - time given to each engine in each round */
export async function measure(suite: Suite, rounds: number, secondsEach: number): Promise<Measured[]> {
  const { default: Benchmark } = await import('benchmark')
  const times = suite.engines.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, engine] of suite.engines.entries())
      times[i].push(await medianSeconds(Benchmark, engine, secondsEach))
  }
  return suite.engines.map((engine, i) => {
    const ratios = times[i].map((seconds, round) => times[0][round] / seconds)
    const seconds = median(times[i]) / (suite.items ?? 1)
    return {
      suite: suite.name,
      input: suite.input,
      engine: engine.name,
      milliseconds: seconds * 1000,
      ...(suite.bytes !== undefined && { megabytesPerSecond: suite.bytes / median(times[i]) / 1e6 }),
      ratio: median(ratios),
      ratioLeast: Math.min(...ratios),
      ratioMost: Math.max(...ratios)
    }
  })
}

type BenchmarkClass = typeof import('benchmark')

/** Median time of one run by benchmark.js, which chooses how often to repeat it. */
function medianSeconds(Benchmark: BenchmarkClass, engine: Engine, maxTime: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fn = (deferred: { resolve(): void }): void => {
      Promise.resolve(engine.run()).then(() => deferred.resolve(), reject)
    }
    const bench = new Benchmark(engine.name, fn, { defer: true, maxTime, minSamples: 5 })
    bench.on('complete', () => resolve(median(bench.stats.sample)))
    bench.on('error', () => reject(new Error(`${engine.name}: ${String(bench.error)}`)))
    bench.run({ async: true })
  })
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
