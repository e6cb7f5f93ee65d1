// Files of equal content, from results files alone.

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findDuplicates, type DuplicateGroup } from 'exhibit-hash'
import { runCli } from '../support/cli.js'
import { tempFolder } from '../support/temp.js'

const sha256 = (content: number): string => createHash('sha256').update(String(content)).digest('hex')

/** A results file of one exhibit: a file for each content. */
function results(folder: string, exhibit: string, contents: readonly number[]): string {
  const path = join(folder, `${exhibit}.ndjson`)
  const files = contents.map((content, seq) => ({
    type: 'file',
    seq,
    path: `${seq}.jpg`,
    sizeBytes: content,
    digests: { sha256: sha256(content) }
  }))
  const lines = [{ type: 'header', exhibit }, ...files, { type: 'summary' }]
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return path
}

async function groupsOf(paths: readonly string[], across = false): Promise<DuplicateGroup[]> {
  const groups: DuplicateGroup[] = []
  for await (const group of findDuplicates(paths, { across })) groups.push(group)
  return groups
}

describe('duplicates', () => {
  test('are all files of a digest that several have, in the order of discovery', async () => {
    const contents = fc.array(fc.array(fc.nat(6), { maxLength: 12 }), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(contents, fc.boolean(), async (exhibits, across) => {
        const folder = tempFolder()
        const paths = exhibits.map((exhibit, i) => results(folder, `E${i}`, exhibit))
        const all = exhibits.flatMap((exhibit, e) => exhibit.map((content, seq) => ({ content, e, seq })))
        // What has no bytes is equal to everything that has none.
        const groups = [1, 2, 3, 4, 5, 6].map((content) => all.filter((file) => file.content === content))
        const wanted = groups.filter(
          (group) => group.length > 1 && (!across || new Set(group.map(({ e }) => e)).size > 1)
        )
        wanted.sort(([a], [b]) => a.e - b.e || a.seq - b.seq)
        const found = await groupsOf(paths, across)
        expect(found.map((group) => group.files.map(({ exhibit, seq }) => [exhibit, seq]))).toEqual(
          wanted.map((group) => group.map(({ e, seq }) => [`E${e}`, seq]))
        )
        expect(found.map((group) => group.sha256)).toEqual(wanted.map(([{ content }]) => sha256(content)))
      }),
      { numRuns: 40 }
    )
  })

  test('of many files are found too', async () => {
    const path = results(
      tempFolder(),
      'E',
      Array.from({ length: 20_000 }, (_, i) => 1 + (i % 19_990))
    )
    expect(await groupsOf([path])).toHaveLength(10)
  })

  test('are printed a group a line, and files without digests are passed over', async () => {
    const folder = tempFolder()
    const paths = [results(folder, 'AB-1', [1, 2, 1]), results(folder, 'AB-2', [2, 3])]
    writeFileSync(paths[1], '{"type":"file","seq":7,"path":"x","sizeBytes":9,"digests":null}\n', { flag: 'a' })
    const all = await runCli(['duplicates', ...paths])
    expect(all).toMatchObject({ status: 0, stderr: '4 files in 2 groups\n' })
    expect(all.records()).toMatchObject([
      { type: 'duplicates', sha256: sha256(1), files: [{ exhibit: 'AB-1', path: '0.jpg' }, { path: '2.jpg' }] },
      { type: 'duplicates', sha256: sha256(2), files: [{ exhibit: 'AB-1' }, { exhibit: 'AB-2', results: paths[1] }] }
    ])
    expect((await runCli(['duplicates', ...paths, '--across'])).records()).toMatchObject([{ sha256: sha256(2) }])
  })

  test.each([
    ['are cut off between two lines', (lines: string[]) => lines.slice(0, -1), 'end without a summary'],
    ['are another document', () => ['{"value":[]}'], 'is not a results file'],
    [
      'have only what was new to a rematch',
      ([, ...rest]: string[]) => ['{"type":"header","rematchOf":{"all":false}}', ...rest],
      'lists only what was new'
    ]
  ])('of results that %s are an error, not none', async (_, change, message) => {
    const path = results(tempFolder(), 'AB-1', [1, 1])
    writeFileSync(path, `${change(readFileSync(path, 'utf8').trimEnd().split('\n')).join('\n')}\n`)
    await expect(groupsOf([path])).rejects.toMatchObject({
      code: 'RESULTS_INVALID',
      message: expect.stringContaining(message) as string
    })
  })

  test('of what is no results file are refused, with its name', async () => {
    const path = join(tempFolder(), 'notes.txt')
    writeFileSync(path, 'notes\n')
    expect(await runCli(['duplicates', path])).toMatchObject({
      status: 65,
      stderr: expect.stringContaining(path) as string
    })
  })
})
