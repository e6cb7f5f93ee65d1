// How tests run: forks (the addon and signals need real processes), soak files only with --mode soak, no silent skip.

import { appendFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** Skipped tests as "3 in tests/x.test.ts: why", so that none goes by silently. */
function skips(tests: readonly TestCase[]): string[] {
  const counts = new Map<string, number>()
  for (const test of tests) {
    const result = test.result()
    if (result.state !== 'skipped') continue
    const where = `${test.module.relativeModuleId}: ${result.note ?? 'no reason given'}`
    counts.set(where, (counts.get(where) ?? 0) + 1)
  }
  return [...counts].map(([where, count]) => `${count} in ${where}`)
}

/** Says what was skipped and why, and leaves the totals where `.ci/run` can add them up. */
class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    // A file that fails outside its tests, or an error that nobody caught, is a failure too.
    const broken = modules.filter(
      (module) => module.state() === 'failed' && ![...module.children.allTests('failed')].length
    )
    const failed = count('failed') + broken.length + unhandledErrors.length
    for (const line of skips(tests)) console.log(`SKIPPED ${line}`)
    const totalsFile = process.env['EXHIBIT_HASH_TEST_TOTALS']
    if (totalsFile) appendFileSync(totalsFile, `${count('passed')} ${failed} ${count('skipped')}\n`)
  }
}

export default defineConfig(({ mode }) => {
  const soak = mode === 'soak'
  return {
    test: {
      include: soak ? ['tests/**/*.soak.test.ts'] : ['tests/**/*.test.ts'],
      exclude: soak ? configDefaults.exclude : [...configDefaults.exclude, 'tests/**/*.soak.test.ts'],
      pool: 'forks',
      // Vitest leaves a core to itself, and half of two is too much.
      maxWorkers: availableParallelism(),
      testTimeout: soak ? 3_600_000 : 30_000,
      hookTimeout: soak ? 3_600_000 : 30_000,
      reporters: ['default', new TotalsReporter()]
    }
  }
})
