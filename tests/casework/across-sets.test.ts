// What hash sets say of each other: every pair of records of one content comes to one verdict, and nothing else does.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildHashSet, HashSet, updateHashSet } from 'exhibit-hash'
import {
  corroborateSets,
  type CorroborateSetsOptions,
  type CorroborationSummary,
  type Verdict
} from 'exhibit-hash/casework'
import { runCli } from '../support/cli.js'
import { buildSet } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'
import { digestHex, type VicsRecord, writeVics } from '../support/vics.js'

const by = (id: number, content: string, category: number, force: string, more: VicsRecord = {}): VicsRecord => ({
  MediaID: id,
  Category: category,
  MD5: digestHex('md5', content),
  SHA1: digestHex('sha1', content),
  PrecategorizationSource: force,
  ...more
})

/** A set in a folder of its own, whose source has its name. */
const setOf = (name: string, records: readonly VicsRecord[]): Promise<string> =>
  buildSet(tempFolder(), records, { name, profile: 'uk', file: name })

async function linesOf(paths: readonly string[], options: CorroborateSetsOptions = {}) {
  const sets: HashSet[] = []
  try {
    for (const path of paths) sets.push(await HashSet.open(path))
    const lines: (Verdict | CorroborationSummary)[] = []
    for await (const line of corroborateSets(sets, options)) lines.push(line)
    return { verdicts: lines.slice(0, -1) as Verdict[], summary: lines.at(-1) as CorroborationSummary }
  } finally {
    for (const set of sets) await set.close()
  }
}

describe('sets beside each other', () => {
  test('are weighed by the contents that several records have', async () => {
    const caid = [by(1, 'a', 1, 'F1'), by(2, 'b', 1, 'F1'), by(3, 'alone', 1, 'F1'), by(4, 'd', 1, 'F1')]
    const force = [by(1, 'a', 2, 'F2'), by(2, 'b', 1, 'F2'), by(4, 'd', 1, 'F2', { SHA1: digestHex('sha1', 'forged') })]
    const paths = [await setOf('CAID', caid), await setOf('Force 2', force)]
    const { verdicts, summary } = await linesOf(paths)
    expect(verdicts.map(({ digests }) => digests?.md5)).toEqual(['a', 'b', 'd'].map((one) => digestHex('md5', one)))
    expect(verdicts).toMatchObject([
      { relation: 'identical', grade: { standing: 'disputed' }, files: [], disagreements: [{ kind: 'graders' }] },
      { relation: 'identical', grade: { standing: 'agreed', graders: 2 }, disagreements: [] },
      { relation: 'identical', disagreements: [{ kind: 'facts', sets: ['Force 2'] }] }
    ])
    expect(summary).toMatchObject({ items: 3, files: 0, disagreements: { graders: 1, facts: 1 } })
    // The other way round the same contents are disputed.
    const turned = await linesOf([...paths].reverse())
    expect(turned.summary).toEqual(summary)
  })

  test('tell of harmless files that somebody graded, and of nothing that only such sets have', async () => {
    const folder = tempFolder()
    const [list, good] = [join(folder, 'good.txt'), join(folder, 'good.ehx')]
    writeFileSync(list, ['a', 'b', 'b'].map((content) => `${digestHex('md5', content)}\n`).join(''))
    await buildHashSet(good, [list], { name: 'Good', role: 'known-good' })
    const caid = await setOf('CAID', [by(1, 'a', 1, 'F1')])
    for (const paths of [
      [good, caid],
      [caid, good]
    ]) {
      const { verdicts } = await linesOf(paths)
      expect(verdicts).toMatchObject([
        { relation: 'identical', disagreements: [{ kind: 'known-good', sets: ['Good'] }] }
      ])
    }
  })

  test('leave out what an update took back', async () => {
    const folder = tempFolder()
    const first = await setOf('CAID', [by(1, 'a', 1, 'F1'), by(2, 'b', 1, 'F1')])
    const other = await setOf('Other', [by(1, 'a', 2, 'F2'), by(2, 'b', 2, 'F2')])
    await updateHashSet(first, {
      add: [writeVics(join(folder, 'CAID.json'), [by(1, 'a', 2, 'F1'), by(2, 'b', 1, 'F1')])]
    })
    const { verdicts } = await linesOf([first, other])
    // Of 'a' the update says what the other set says.
    const kinds = new Map(verdicts.map(({ digests, disagreements: [first] }) => [digests?.md5, first?.kind]))
    expect(kinds).toEqual(
      new Map([
        [digestHex('md5', 'a'), undefined],
        [digestHex('md5', 'b'), 'graders']
      ])
    )
  })

  test('are stopped, and say so', async () => {
    const path = await setOf('CAID', [by(1, 'a', 1, 'F1')])
    await expect(linesOf([path], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED', path })
  })
})

test('every two records of one content stand in one verdict, whatever digests they have', async () => {
  const folder = suiteFolder()
  const part = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })
  const record = fc.record({ md5: part, sha1: part }).filter(({ md5, sha1 }) => md5 !== undefined || sha1 !== undefined)
  const set = fc.array(record, { minLength: 1, maxLength: 6 })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(set, { minLength: 1, maxLength: 3 }), async (sets) => {
      run++
      const paths = await Promise.all(
        sets.map((records, number) =>
          buildSet(
            folder,
            records.map(({ md5, sha1 }, i) => ({
              MediaID: number * 100 + i + 1,
              Category: 1,
              ...(md5 !== undefined && { MD5: digestHex('md5', String(md5)) }),
              ...(sha1 !== undefined && { SHA1: digestHex('sha1', String(sha1)) })
            })),
            { name: `set ${number}`, profile: 'uk', file: `${run}-${number}` }
          )
        )
      )
      const { verdicts } = await linesOf(paths)
      const told = verdicts.map(({ evidence }) => new Set(evidence.map(({ mediaId }) => Number(mediaId))))
      const all = sets.flatMap((records, number) => records.map((one, i) => ({ ...one, id: number * 100 + i + 1 })))
      for (const [i, a] of all.entries()) {
        const equals = all.filter(
          (b, j) => i !== j && ((a.md5 !== undefined && a.md5 === b.md5) || (a.sha1 !== undefined && a.sha1 === b.sha1))
        )
        for (const b of equals) expect(told.some((ids) => ids.has(a.id) && ids.has(b.id))).toBe(true)
        if (equals.length === 0) expect(told.some((ids) => ids.has(a.id))).toBe(false)
      }
      // No verdict is part of another one.
      for (const ids of told) expect(told.filter((other) => [...ids].every((id) => other.has(id)))).toHaveLength(1)
    }),
    { numRuns: 30 }
  )
})

test('the command lists disagreements between sets', async () => {
  const caid = await setOf('CAID', [by(1, 'a', 1, 'F1'), by(2, 'b', 1, 'F1')])
  const other = await setOf('F2', [by(1, 'a', 2, 'F2'), by(2, 'b', 1, 'F2')])
  const run = await runCli(['corroborate', '--set', caid, '--set', other, '--only', 'disagreements'])
  expect(run).toMatchObject({ status: 0 })
  expect(run.records()).toMatchObject([
    { type: 'verdict', digests: { md5: digestHex('md5', 'a') }, disagreements: [{ kind: 'graders' }] },
    { type: 'summary', items: 2 }
  ])
  expect(run.stderr).not.toContain('files of them')
  for (const [args, why] of [
    [[], 'name results files'],
    [['r.ndjson', '--set', caid], 'either results or --set'],
    [['--set', caid, '--only', 'shared'], 'sets hold no exhibits']
  ] as const) {
    expect(await runCli(['corroborate', ...args])).toMatchObject({
      status: 64,
      stderr: expect.stringContaining(why) as string
    })
  }
})
