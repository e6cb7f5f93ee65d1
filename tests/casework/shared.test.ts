// Material that several exhibits, cases and forces have, from results and from keyed manifests.

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FileRecord } from 'exhibit-hash'
import {
  findShared,
  makeManifestKey,
  type SharedMaterial,
  type SharedOptions,
  writeKeyedManifest
} from 'exhibit-hash/casework'
import { runCli } from '../support/cli.js'
import { sha256 } from '../support/layers.js'
import { tempFolder } from '../support/temp.js'
import { match, writeMatched } from './matches.js'

async function sharedIn(paths: readonly string[], options?: SharedOptions): Promise<SharedMaterial[]> {
  const found: SharedMaterial[] = []
  for await (const one of findShared(paths, options)) found.push(one)
  return found
}

type Labels = Readonly<Record<'organisation' | 'case' | 'exhibit', string>>

/** Results of an exhibit that has pictures of these contents. */
function exhibit(folder: string, labels: Partial<Labels>, contents: readonly string[]): string {
  const path = join(folder, `${Object.values(labels).join('-').replaceAll('/', '_')}.ndjson`)
  return writeMatched(
    path,
    contents.map((content) => [content, []]),
    labels
  )
}

describe('material shared', () => {
  test('is told by what holds it: other forces, other cases, other exhibits', async () => {
    const folder = tempFolder()
    const paths = [
      exhibit(folder, { organisation: 'F1', case: '1', exhibit: 'A' }, ['all', 'cases', 'exhibits', 'twice', 'twice']),
      exhibit(folder, { organisation: 'F1', case: '1', exhibit: 'B' }, ['exhibits']),
      exhibit(folder, { organisation: 'F1', case: '2', exhibit: 'A' }, ['cases', 'all']),
      exhibit(folder, { organisation: 'F2', case: '1', exhibit: 'A' }, ['all'])
    ]
    const found = await sharedIn(paths)
    const between = new Map(found.map((one) => [one.sha256, one.between]))
    expect(between).toEqual(
      new Map([
        [sha256('all'), 'forces'],
        [sha256('cases'), 'cases'],
        [sha256('exhibits'), 'exhibits']
      ])
    )
    expect(found.find((one) => one.between === 'exhibits')?.holders).toMatchObject([
      { input: paths[0], exhibit: 'A', files: 1, paths: ['exhibits.jpg'], relation: null },
      { input: paths[1], exhibit: 'B' }
    ])
  })

  test('is not what two results of one exhibit have', async () => {
    const folder = tempFolder()
    const one = exhibit(folder, { case: '1', exhibit: 'A' }, ['x'])
    const other = writeMatched(join(folder, 'rematch.ndjson'), [['x', []]], { case: '1', exhibit: 'A' })
    expect(await sharedIn([one, other])).toEqual([])
  })

  test.each<[string, Partial<FileRecord>, number]>([
    ['pictures', {}, 1],
    ['videos', { media: { kind: 'video', format: 'mp4' } }, 1],
    ['programs', { media: null }, 0],
    ['programs that matched', { media: null, matches: [match()] }, 1],
    ['pictures that are known to be harmless', { matches: [match({ knownGood: true })] }, 0],
    ['empty files', { sizeBytes: 0 }, 0]
  ])('is looked for among %s: %j', async (_, more, expected) => {
    const folder = tempFolder()
    const paths = ['A', 'B'].map((name) =>
      writeMatched(join(folder, name), [['x', more.matches ?? [], more]], { exhibit: name })
    )
    expect(await sharedIn(paths)).toHaveLength(expected)
    expect(await sharedIn(paths, { all: true })).toHaveLength(more.sizeBytes === 0 ? 0 : 1)
  })
})

describe('keyed manifests', () => {
  async function keyIn(folder: string, name = 'shared.key'): Promise<string> {
    await makeManifestKey(join(folder, name))
    return join(folder, name)
  }

  test('find what results find, and have no digest in them', async () => {
    const folder = tempFolder()
    const key = await keyIn(folder)
    const contents = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(contents, contents, async (own, others) => {
        const paths = [
          exhibit(folder, { organisation: 'F1', exhibit: 'A' }, own),
          exhibit(folder, { organisation: 'F2', exhibit: 'B' }, others)
        ]
        const keyed = paths.map((path) => `${path}.keyed`)
        for (const [i, path] of paths.entries()) await writeKeyedManifest(keyed[i], [path], { key })
        const wanted = (await sharedIn(paths)).map((one) => one.sha256).sort()
        const [mixed, blind] = [await sharedIn([paths[0], keyed[1]], { key }), await sharedIn(keyed)]
        expect(mixed.map((one) => one.sha256).sort()).toEqual(wanted)
        expect(blind.map((one) => one.token)).toEqual(mixed.map((one) => one.token))
        for (const one of blind) {
          expect(one).toMatchObject({ between: 'forces', sha256: null, holders: [{ files: null, paths: [] }, {}] })
        }
        for (const content of own) expect(readFileSync(keyed[0], 'utf8')).not.toContain(sha256(content))
      }),
      { numRuns: 20 }
    )
  })

  test('of equal results and key are equal bytes, and of another key have nothing in common', async () => {
    const folder = tempFolder()
    const [one, other] = [await keyIn(folder), await keyIn(folder, 'other.key')]
    const path = exhibit(folder, { exhibit: 'A' }, ['a', 'b', 'a'])
    const made = async (key: string, name: string): Promise<string[]> => {
      const report = await writeKeyedManifest(join(folder, name), [path], { key })
      expect(report).toMatchObject({ contents: 2, exhibit: 'A' })
      return readFileSync(join(folder, name), 'utf8').trim().split('\n')
    }
    const lines = await made(one, '1')
    expect(await made(one, '2')).toEqual(lines)
    expect((await made(other, '3')).filter((line) => lines.includes(line))).toEqual([])
    await expect(sharedIn([join(folder, '1'), join(folder, '3')])).rejects.toMatchObject({
      code: 'KEYED_MANIFEST_FOREIGN',
      path: join(folder, '3')
    })
    await expect(sharedIn([join(folder, '1')], { key: other })).rejects.toMatchObject({
      code: 'KEYED_MANIFEST_FOREIGN'
    })
  })

  test.each<[string, (lines: string[]) => string[]]>([
    ['cut off', (lines) => lines.slice(0, -1)],
    ['cut within a line', (lines) => [...lines.slice(0, -1), lines.at(-1)!.slice(0, 20)]],
    ['without a line', (lines) => [lines[0], ...lines.slice(2)]],
    ['with a line twice', (lines) => [lines[0], lines[1], ...lines.slice(1)]],
    ['in another order', (lines) => [lines[0], lines[2], lines[1], ...lines.slice(3)]],
    ['with a line that is no HMAC', (lines) => [lines[0], '<b>', ...lines.slice(1)]],
    ['with lines behind the end', (lines) => [...lines, lines[1]]],
    ['of another version', (lines) => [lines[0].replace('"version":1', '"version":9'), ...lines.slice(1)]],
    ['with a header that was changed', (lines) => [lines[0].replace('AB-1', 'AB-2'), ...lines.slice(1)]],
    ['with a line that was changed', (lines) => [lines[0], `${'0'.repeat(63)}1`, ...lines.slice(2)]],
    ['with a line of 17 megabytes', (lines) => [lines[0], 'f'.repeat(17 * 2 ** 20), ...lines.slice(1)]]
  ])('%s are refused, with their path', async (_, change) => {
    const folder = tempFolder()
    const key = await keyIn(folder)
    const path = join(folder, 'm.keyed')
    await writeKeyedManifest(path, [exhibit(folder, { exhibit: 'AB-1' }, ['a', 'b', 'c'])], { key })
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    writeFileSync(
      path,
      change(lines)
        .map((line) => `${line}\n`)
        .join('')
    )
    await expect(sharedIn([path], { key })).rejects.toMatchObject({ code: 'KEYED_MANIFEST_INVALID', path })
  })

  test.each([
    ['', 'empty'],
    ['ab', 'short'],
    ['x'.repeat(64), 'no hex'],
    ['ab'.repeat(5000), 'long']
  ])('need a key, and %j is none (%s)', async (text) => {
    const folder = tempFolder()
    const key = join(folder, 'k')
    writeFileSync(key, text)
    const results = exhibit(folder, { exhibit: 'A' }, ['a'])
    await expect(writeKeyedManifest(join(folder, 'm'), [results], { key })).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
      path: key
    })
  })

  test('are made and compared by the command, and a key is never written over', async () => {
    const folder = tempFolder()
    const paths = ['F1', 'F2'].map((organisation) =>
      exhibit(folder, { organisation, exhibit: 'A' }, ['a', organisation])
    )
    const [key, keyed] = [join(folder, 'k'), join(folder, 'm.keyed')]
    expect((await runCli(['corroborate', 'keygen', key])).status).toBe(0)
    if (process.platform !== 'win32') expect(statSync(key).mode & 0o77).toBe(0)
    expect(await runCli(['corroborate', 'keygen', key])).toMatchObject({
      status: 74,
      stderr: expect.stringContaining('is there already') as string
    })
    for (const out of [key, paths[1]]) {
      const before = readFileSync(out)
      expect((await runCli(['corroborate', 'keyed', paths[1], '--key', key, '--out', out])).status).toBe(64)
      expect(readFileSync(out)).toEqual(before)
    }
    const made = await runCli(['corroborate', 'keyed', paths[1], '--key', key, '--out', keyed])
    expect(made.records()).toMatchObject([{ contents: 2, organisation: 'F2' }])
    const only = ['--only', 'shared']
    expect((await runCli(['corroborate', paths[0], keyed, ...only, '--key', key])).records()).toMatchObject([
      { type: 'shared', between: 'forces', sha256: sha256('a') }
    ])
    expect((await runCli(['corroborate', paths[0], keyed, ...only])).status).toBe(64)
  })
})
