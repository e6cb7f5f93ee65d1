// `scan --resume`: a run that was killed, stopped or ran into a full disk goes on, and its results are those of one that was not.

import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { VerifiedResults } from 'exhibit-hash'
import { runCli, startCli, type CliResult } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { killedRun, makeExhibit } from '../support/interrupted.js'
import { until } from '../support/processes.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'

const folder = suiteFolder()
const exhibit = suiteFolder()
let set: string
/** Of a run that nothing interrupted. */
let whole: Buffer

beforeAll(async () => {
  set = await buildSet(folder, [fixtureRecord('edit-00-original.jpg', 1, 2)])
  makeExhibit(exhibit, 40)
  const out = join(suiteFolder(), 'whole.ndjson')
  expect((await runCli(['scan', exhibit, '--set', set, '--out', out])).status).toBe(1)
  whole = readFileSync(out)
})

const scanTo = (out: string, ...more: string[]): string[] => ['scan', exhibit, '--set', set, '--out', out, ...more]

interface Place {
  readonly target: string
  readonly out: string
}

function place(): Place {
  const target = tempFolder()
  return { target, out: join(target, 'r.ndjson') }
}

/** A run that is killed when its journal has some records. */
async function interrupted({ out }: Place, signal: NodeJS.Signals = 'SIGKILL'): Promise<CliResult> {
  const run = startCli(scanTo(out))
  const journal = `${out}.journal`
  await until(() => existsSync(journal) && readFileSync(journal, 'utf8').split('\n').length > 5)
  run.kill(signal)
  return run.result
}

describe('a scan that was interrupted', { timeout: 120_000 }, () => {
  test('goes on, does nothing twice, leaves nothing but results, and says so in its log', async () => {
    const at = place()
    await interrupted(at)
    expect(existsSync(at.out)).toBe(false)
    const resumed = await runCli(scanTo(at.out, '--resume'))
    expect(resumed.status).toBe(1)
    expect(readFileSync(at.out).equals(whole)).toBe(true)
    expect(readdirSync(at.target).sort()).toEqual(['r.ndjson', 'r.ndjson.audit', 'r.ndjson.sha256'])
    const [{ audit }] = (await runCli(['verify', at.out, '--json'])).records<VerifiedResults>()
    expect(audit.map(({ event }) => event)).toEqual(['started', 'resumed', 'finished'])
    expect(audit[1]['alreadyDone']).toBeGreaterThan(3)
  })

  test('by killing it at random moments, as often as it takes, has the same results', async () => {
    const { out } = place()
    expect(await killedRun(scanTo(out, '--resume'), { seed: 11, kills: 5, mostMs: 2500 })).toBeGreaterThan(0)
    expect(readFileSync(out).equals(whole)).toBe(true)
    expect(await runCli(['verify', out])).toMatchObject({ status: 0, stderr: '' })
  })

  test('by Ctrl-C says how to go on', async () => {
    const at = place()
    const stopped = await interrupted(at, 'SIGINT')
    expect(stopped).toMatchObject({ status: 130, stderr: expect.stringContaining('--resume') as string })
    expect(readdirSync(at.target).sort()).toEqual(['r.ndjson.audit', 'r.ndjson.journal'])
    expect((await runCli(scanTo(at.out, '--resume'))).status).toBe(1)
    expect(readFileSync(at.out).equals(whole)).toBe(true)
  })

  test('is not begun anew by mistake, nor gone on with by another run', async () => {
    const at = place()
    await interrupted(at)
    const journal = readFileSync(`${at.out}.journal`)
    const refused: [string, string[]][] = [
      ['JOURNAL_EXISTS', scanTo(at.out)],
      ['JOURNAL_FOREIGN', scanTo(at.out, '--resume', '--case', '7')],
      ['JOURNAL_FOREIGN', scanTo(at.out, '--resume', '--near', 'none')],
      ['JOURNAL_FOREIGN', scanTo(at.out, '--resume', '--max-pixels', '1000000')],
      ['JOURNAL_FOREIGN', ['scan', image('flat-01-128x128.png'), '--set', set, '--out', at.out, '--resume']]
    ]
    for (const [code, args] of refused) {
      expect(await runCli(args)).toMatchObject({ status: 64, stderr: expect.stringContaining(code) as string })
    }
    expect(readFileSync(`${at.out}.journal`).subarray(0, journal.length).equals(journal)).toBe(true)
  })

  test('by a full disk goes on when there is space again', async () => {
    const at = place()
    const full = await runCli(scanTo(at.out), { fileLimitKiB: 8 })
    expect(full).toMatchObject({ status: 74, stderr: expect.stringContaining('WRITE_FAILED') as string })
    expect(full.stderr).toContain('--resume')
    expect(existsSync(at.out)).toBe(false)
    expect((await runCli(scanTo(at.out, '--resume'))).status).toBe(1)
    expect(readFileSync(at.out).equals(whole)).toBe(true)
  })

  test.each([
    ['of an exhibit that has another file under the name of one that was done', '000-edit-00-original.jpg'],
    ['with another file before all others', '000-a.png']
  ])('%s has the results of what is there now', async (_, name) => {
    const own = tempFolder()
    makeExhibit(own, 12)
    const { out } = place()
    const args = ['scan', own, '--set', set, '--out', out]
    const run = startCli(args)
    await until(() => existsSync(`${out}.journal`) && readFileSync(`${out}.journal`, 'utf8').split('\n').length > 6)
    run.kill('SIGKILL')
    await run.result
    copyFileSync(image('flat-01-128x128.png'), join(own, name))
    await runCli([...args, '--resume'])
    const changed = readFileSync(out, 'utf8')
    expect(changed).toContain(
      createHash('md5')
        .update(readFileSync(image('flat-01-128x128.png')))
        .digest('hex')
    )
    const again = join(tempFolder(), 'again.ndjson')
    await runCli(['scan', own, '--set', set, '--out', again])
    expect(changed).toBe(readFileSync(again, 'utf8'))
  })
})

describe('--resume', { timeout: 60_000 }, () => {
  test('begins where nothing was interrupted, and where all is done says so again', async () => {
    const { out } = place()
    const first = await runCli(scanTo(out, '--resume'))
    expect(first.status).toBe(1)
    const log = readFileSync(`${out}.audit`)
    const second = await runCli(scanTo(out, '--resume'))
    expect(second).toMatchObject({ status: 1, stdout: first.stdout })
    expect(readFileSync(`${out}.audit`).equals(log)).toBe(true)
  })

  test('scans what is named where the results are of something else, or of a list that may be another', async () => {
    const { out } = place()
    const one = image('flat-01-128x128.png')
    const other = image('edit-00-original.jpg')
    const to = (...args: string[]) => ['scan', ...args, '--set', set, '--out', out, '--resume']
    await runCli(to(one))
    expect(await runCli(to(other))).toMatchObject({ status: 1, stderr: expect.stringContaining('replaced') as string })
    expect(readFileSync(out, 'utf8')).toContain('edit-00-original.jpg')
    await runCli(to('-'), { stdin: `${other}\n` })
    await runCli(to('-'), { stdin: `${one}\n` })
    expect(readFileSync(out, 'utf8')).toContain('flat-01-128x128.png')
    expect(await runCli(['verify', out])).toMatchObject({ status: 0 })
  })

  test('scans again where other limits are given', async () => {
    const { out } = place()
    const to = (...args: string[]) => ['scan', image('flat-01-128x128.png'), '--set', set, '--out', out, ...args]
    expect((await runCli(to('--max-pixels', '10'))).status).toBe(2)
    expect((await runCli(to('--resume'))).status).toBe(0)
  })

  test('takes up what an interrupted run left even where that finished no file', async () => {
    const at = place()
    await interrupted(at)
    const [begin] = readFileSync(`${at.out}.journal`, 'utf8').split('\n', 1)
    await runCli(scanTo(at.out, '--resume'))
    writeFileSync(`${at.out}.journal`, `${begin}\n`)
    expect((await runCli(scanTo(at.out, '--resume'))).status).toBe(1)
    expect(readFileSync(at.out).equals(whole)).toBe(true)
    expect(await runCli(['verify', at.out])).toMatchObject({ status: 0, stderr: '' })
  })

  test('without --out is refused', async () => {
    expect((await runCli(['scan', exhibit, '--set', set, '--resume'])).status).toBe(64)
  })
})

test('results of another case are not written over', async () => {
  const { out } = place()
  expect((await runCli(scanTo(out, '--case', '1'))).status).toBe(1)
  const before = readFileSync(out)
  const other = await runCli(scanTo(out, '--case', '2'))
  expect(other).toMatchObject({ status: 64, stderr: expect.stringContaining('another case') as string })
  expect(readFileSync(out).equals(before)).toBe(true)
  expect((await runCli(scanTo(out, '--case', '1'))).status).toBe(1)
})

test('two runs to one file do not mix', async () => {
  const { out } = place()
  const run = startCli(['scan', '-', '--set', set, '--out', out])
  run.stdin.write(`${image('flat-01-128x128.png')}\n`)
  await until(() => existsSync(`${out}.journal`))
  expect(await runCli(scanTo(out))).toMatchObject({
    status: 74,
    stderr: expect.stringContaining('another process') as string
  })
  run.stdin.end()
  expect((await run.result).status).toBe(0)
  writeFileSync(`${out}.note`, '')
})
