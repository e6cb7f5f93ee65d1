// A hasher of the user's own, from the module's file to values in records and matches in a set.

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildHashSet, hashFile, HashSet, photoDnaDistance, scan, scanLines } from 'exhibit-hash'
import type { FileRecord, HeaderRecord, ResultLine, ScanOptions } from 'exhibit-hash'
import { runCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { suiteFolder, tempFolder } from '../support/temp.js'
import { recordOf, writeVics } from '../support/vics.js'
import { COUNTS, GRID, hasherText, writeModule } from './modules.js'

const folder = suiteFolder()
const grid = writeModule(folder, GRID, 'grid.mjs')
const counts = writeModule(folder, COUNTS, 'counts.mjs')
const ORIGINAL = 'edit-00-original.jpg'

async function collect(paths: readonly string[], options: ScanOptions): Promise<FileRecord[]> {
  const records: FileRecord[] = []
  for await (const record of scan(paths, options)) records.push(record)
  return records
}

const ISOLATIONS = ['process', 'none'] as const

describe.each(ISOLATIONS)('with isolation %s', (isolation) => {
  test('values of every hasher stand beside the built-in hashes, for the files each takes', async () => {
    const text = join(tempFolder(), 'note.txt')
    writeFileSync(text, 'abc')
    const paths = [image(ORIGINAL), image('gif-01-320x240.gif'), text]
    const records = await collect(paths, { isolation, hashers: [grid, counts] })
    const [jpeg, gif, note] = records.map(({ hashes }) => hashes)
    expect(jpeg).toMatchObject({ pdq: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
    expect(jpeg?.photoDna).toMatch(/^[0-9a-f]{288}$/)
    expect(jpeg?.counts).toMatch(/^[0-9a-f]{8}$/)
    expect(gif).toMatchObject({ photoDna: expect.stringMatching(/^[0-9a-f]{288}$/) as string, counts: null })
    expect(note).toEqual({ counts: '00030000' })
    expect(records.map(({ error }) => error)).toEqual([null, null, null])
  })

  test('the header names the hashers: name, version, length, module and its digest', async () => {
    const lines: ResultLine[] = []
    for await (const line of scanLines([image(ORIGINAL)], { isolation, hashers: [grid] })) lines.push(line)
    const sha256 = createHash('sha256').update(readFileSync(grid)).digest('hex')
    expect((lines[0] as HeaderRecord).options.hashers).toEqual([
      { name: 'photoDna', version: 'grid 1', bytes: 144, of: 'picture', module: basename(grid), sha256 }
    ])
  })

  test.each([
    ['throws', { hash: "() => { throw new Error('no licence') }" }, 'no licence'],
    ['rejects', { hash: "async () => { throw new Error('no licence') }" }, 'no licence'],
    ['gives a value of another length', { hash: '() => new Uint8Array(2)' }, '2 bytes in place of 1'],
    ['gives no bytes', { hash: "() => 'ff'" }, 'no Uint8Array']
  ])('one that %s is the error of the record, and costs nothing else', async (_, parts, message) => {
    const own = writeModule(tempFolder(), hasherText(parts))
    const [record] = await collect([image(ORIGINAL)], { isolation, hashers: [own, counts] })
    expect(record.error).toMatchObject({ code: 'HASHER_FAILED', stage: 'hash' })
    expect(record.error?.message).toContain(message)
    expect(record.hashes).toMatchObject({ own: null, counts: expect.any(String) as string, pdqQuality: 100 })
    expect(record.digests).not.toBeNull()
  })

  test.each([
    ['that is not there', null, 'cannot be found'],
    ['with a fault of syntax', 'export default {', 'cannot be loaded'],
    ['without a default export', 'export const hash = 1', 'is no object'],
    ['that is named like a built-in hash', hasherText({ name: "'pdq'" }), 'needs a name'],
    ['named with a sign', hasherText({ name: "'a-b'" }), 'needs a name'],
    ['without a version', hasherText({ version: "''" }), 'needs a version'],
    ['with values of no length', hasherText({ bytes: '0' }), 'needs bytes'],
    ['of something else', hasherText({ of: "'video'" }), 'needs of'],
    ['without a function', hasherText({ hash: 'null' }), 'needs hash'],
    ['that is named photoDna with values of another length', hasherText({ name: "'photoDna'" }), '144']
  ])('a module %s is refused before the first file', async (_, text, message) => {
    const dir = tempFolder()
    const own = text === null ? join(dir, 'missing.mjs') : writeModule(dir, text)
    const run = collect([image(ORIGINAL)], { isolation, hashers: [own] })
    await expect(run).rejects.toMatchObject({
      code: 'HASHER_UNUSABLE',
      message: expect.stringContaining(message) as string
    })
  })

  test('two hashers of one name are refused', async () => {
    const twin = writeModule(tempFolder(), GRID, 'twin.mjs')
    await expect(collect([image(ORIGINAL)], { isolation, hashers: [grid, twin] })).rejects.toMatchObject({
      code: 'HASHER_UNUSABLE',
      message: expect.stringContaining('photoDna') as string
    })
  })
})

test('a package is found by its name, and its digest is of all its files', async () => {
  const project = tempFolder()
  const home = join(project, 'node_modules', '@lab', 'grid-hash')
  writeModule(
    home,
    '{ "name": "@lab/grid-hash", "version": "3.0.0", "type": "module", "main": "main.js" }',
    'package.json'
  )
  writeModule(home, "export { default } from './grid.mjs'", 'main.js')
  writeModule(home, GRID, 'grid.mjs')
  const scanned = async () => {
    const args = ['scan', image(ORIGINAL), '--set', await anySet(), '--hasher', '@lab/grid-hash']
    const { stdout, records } = await runCli(args, { cwd: project })
    expect(stdout).toContain('"photoDna":"')
    return records<HeaderRecord>()[0].options.hashers?.[0]
  }
  const first = await scanned()
  expect(first).toMatchObject({ module: '@lab/grid-hash', version: 'grid 1' })
  writeModule(home, `${GRID}// changed`, 'grid.mjs')
  expect((await scanned())?.sha256).not.toBe(first?.sha256)
})

let anySetPath: string | undefined
async function anySet(): Promise<string> {
  if (anySetPath === undefined) {
    anySetPath = join(folder, 'any.ehx')
    await buildHashSet(anySetPath, [writeVics(join(folder, 'any.json'), [recordOf(image(ORIGINAL), 1, 1)])])
  }
  return anySetPath
}

test('CommonJS modules and functions that return promises work too', async () => {
  const own = writeModule(tempFolder(), hasherText({}).replace('export default', 'module.exports ='), 'own.cjs')
  const { hashes } = await hashFile(image(ORIGINAL), { hashers: [own], hashes: [] })
  expect(hashes).toEqual({ own: '00' })
})

describe('a hasher that does not come back', () => {
  test.each([
    ['because it kills its process', "() => process.kill(process.pid, 'SIGKILL')", 'DECODER_CRASHED', {}],
    ['because it ends its thread', '() => process.exit(3)', 'DECODER_CRASHED', {}],
    ['because it never ends', '() => { for (;;); }', 'TIME_LIMIT', { timeoutMs: 3000 }],
    [
      'because it takes all memory',
      '() => { const all = []; for (;;) all.push(Buffer.alloc(16e6, 1)) }',
      'MEMORY_LIMIT',
      { maxMemoryBytes: 600_000_000 }
    ]
  ])('%s: the file keeps its digests, and the others everything', async (_, hash, code, limits) => {
    const root = tempFolder()
    const own = writeModule(
      root,
      hasherText({ hash: `(input) => input.format === 'png' ? (${hash})() : new Uint8Array(1)` })
    )
    const exhibit = join(root, 'exhibit')
    mkdirSync(exhibit)
    for (const name of ['edit-00-original.jpg', 'scene-01-64x64.png', 'gif-01-320x240.gif']) {
      writeFileSync(join(exhibit, name), readFileSync(image(name)))
    }
    const records = await collect([exhibit], { hashers: [own], concurrency: 3, ...limits })
    expect(records.map(({ path, error }) => [path, error?.code ?? null])).toEqual([
      ['edit-00-original.jpg', null],
      ['gif-01-320x240.gif', null],
      ['scene-01-64x64.png', code]
    ])
    expect(records.every(({ digests }) => digests !== null)).toBe(true)
    expect(records[0].hashes).toMatchObject({ own: '00' })
  })
})

describe('values named photoDna', () => {
  let set: HashSet
  let value: string

  beforeAll(async () => {
    const { hashes } = await hashFile(image(ORIGINAL), { hashers: [grid], hashes: [] })
    value = hashes?.photoDna ?? expect.fail('no value')
    const flat = Buffer.alloc(144, 128).toString('base64')
    const record = (MediaID: number, PhotoDNA: string) => ({ MediaID, Category: MediaID, PhotoDNA })
    const records = [record(1, Buffer.from(value, 'hex').toString('base64')), record(2, flat)]
    await buildHashSet(join(folder, 'photodna.ehx'), [writeVics(join(folder, 'photodna.json'), records)])
    set = await HashSet.open(join(folder, 'photodna.ehx'))
    return () => set.close()
  })

  test.each(ISOLATIONS)('match those of a set, with isolation %s', async (isolation) => {
    const paths = [ORIGINAL, 'edit-01-q30.jpg', 'scene-10-512x512.png'].map(image)
    const records = await collect(paths, { isolation, sets: [set], hashers: [grid] })
    const [own, edited, other] = records.map(({ matches }) => matches)
    expect(own).toMatchObject([{ relation: 'similar', by: 'photoDna', squaredDistance: 0, mediaId: '1', category: 1 }])
    const theirs = Buffer.from(records[1].hashes?.photoDna ?? '', 'hex')
    const squaredDistance = photoDnaDistance(Buffer.from(value, 'hex'), theirs)
    expect(edited).toMatchObject([{ relation: 'similar', by: 'photoDna', squaredDistance, mediaId: '1' }])
    expect(other).toEqual([])
  })

  test('match only within the distance that was named', async () => {
    const edited = image('edit-01-q30.jpg')
    const matched = async (near: Record<string, number>) =>
      (await collect([edited], { sets: [set], hashers: [grid], near }))[0].matches?.length
    expect(await matched({ photoDna: 100_000 })).toBe(1)
    expect(await matched({ photoDna: 0 })).toBe(0)
    expect(await matched({ pdq: 31 })).toBe(0)
  })

  test('of a nearly flat picture match nothing, though the set has just these', async () => {
    const flat = writeModule(
      tempFolder(),
      hasherText({ name: "'photoDna'", bytes: '144', hash: '() => new Uint8Array(144).fill(128)' })
    )
    const [record] = await collect([image(ORIGINAL)], { sets: [set], hashers: [flat] })
    expect(record.matches).toEqual([])
  })

  test.each([
    ['hex', () => value],
    ['base64', () => Buffer.from(value, 'hex').toString('base64')]
  ])('are looked up as %s by the command line, which does not print them', async (_, text) => {
    const { status, stdout } = await runCli(['match', '--set', set.path, '--photodna', text()])
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ matches: [{ by: 'photoDna', squaredDistance: 0, mediaId: '1' }] })
    expect(stdout).not.toContain(value)
  })

  test('of records and of CSV rows are looked up in batches', async () => {
    const dir = tempFolder()
    const { stdout } = await runCli(['hash', image(ORIGINAL), '--hasher', grid])
    const sources = [
      writeModule(dir, stdout, 'records.ndjson'),
      writeModule(dir, `id,photodna\n7,${value}\n`, 'rows.csv')
    ]
    for (const source of sources) {
      const { records } = await runCli(['match', '--set', set.path, '--from', source])
      expect(records()).toMatchObject([{ matches: [{ by: 'photoDna', mediaId: '1' }] }])
    }
  })

  test('asked for by distance without a hasher are wrong usage', async () => {
    const { status, stderr } = await runCli(['scan', image(ORIGINAL), '--set', set.path, '--near', 'photoDna'])
    expect(status).toBe(64)
    expect(stderr).toContain('hashers')
  })
})

test('of the command line: a module that cannot be used is exit status 64, and says which', async () => {
  const { status, stderr } = await runCli(['hash', image(ORIGINAL), '--hasher', './nowhere.mjs'])
  expect(status).toBe(64)
  expect(stderr).toContain('./nowhere.mjs')
})
