// Several paths at once: how their files are named, and in which order they come.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { scan, type FileRecord } from 'exhibit-hash'
import { skipOnWindows } from '../support/processes.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

function exhibit(...names: string[]): string {
  const root = tempFolder()
  for (const name of names) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), name)
  }
  return root
}

async function scanned(paths: readonly string[]): Promise<FileRecord[]> {
  const records: FileRecord[] = []
  for await (const record of scan(paths, { isolation: 'none', hashes: [] })) records.push(record)
  return records
}

const pathsOf = async (paths: readonly string[]) => (await scanned(paths)).map(({ path }) => path)

describe('paths that are scanned together', () => {
  test('keep the order in which they were named, folders under their own names', async () => {
    const root = exhibit('b/2.txt', 'b/1.txt', 'a/1.txt', 'c.txt')
    expect(await pathsOf(['b', 'c.txt', 'a'].map((name) => join(root, name)))).toEqual([
      'b/1.txt',
      'b/2.txt',
      'c.txt',
      'a/1.txt'
    ])
  })

  test('are told apart by their folders where they have the same name, and never show where the exhibit lay', async () => {
    const root = exhibit('card-1/DCIM/1.jpg', 'card-2/DCIM/1.jpg')
    const paths = await pathsOf(['card-1', 'card-2'].map((card) => join(root, card, 'DCIM')))
    expect(paths).toEqual(['card-1/DCIM/1.jpg', 'card-2/DCIM/1.jpg'])
  })

  test('include a missing one as a record in its place; all missing is an error', async () => {
    const root = exhibit('a.txt', 'c.txt')
    const records = await scanned(['a.txt', 'gone', 'c.txt'].map((name) => join(root, name)))
    expect(records.map(({ seq, path, error }) => [seq, path, error?.code])).toEqual([
      [0, 'a.txt', undefined],
      [1, 'gone', 'INPUT_NOT_FOUND'],
      [2, 'c.txt', undefined]
    ])
    const gone = join(root, 'gone')
    await expect(scanned([gone, join(root, 'lost')])).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND', path: gone })
    await expect(scanned([])).rejects.toMatchObject({ name: 'ExhibitHashError' })
  })

  test('may be patterns, where no file has that name', async () => {
    const root = exhibit('a/1.jpg', 'a/2.txt', 'a/.x/3.JPG', 'b/4.jpg', '[1].jpg')
    expect(await pathsOf([join(root, '**/*.jpg')])).toEqual(['[1].jpg', 'a/1.jpg', 'b/4.jpg'])
    expect(await pathsOf([join(root, 'a', '**', '*.{JPG,txt}')])).toEqual(['.x/3.JPG', '2.txt'])
    expect(await pathsOf([join(root, '[1].jpg')])).toEqual(['[1].jpg'])
    expect(await pathsOf([join(root, 'a', '*.jpg'), join(root, 'b', '*')])).toEqual(['a/1.jpg', 'b/4.jpg'])
    const [none] = await scanned([join(root, '*.png')])
    expect(none).toMatchObject({ seq: 0, error: { code: 'INPUT_NOT_FOUND', stage: 'walk' } })
  })

  test('are told where they stand in a list: whoever lists a folder lists what is in it', async (context) => {
    skipOnWindows(context)
    const root = tempFolder()
    writeFileSync(join(root, 'a.txt'), 'a')
    symlinkSync('a.txt', join(root, 'b.txt'))
    symlinkSync('gone', join(root, 'c.txt'))
    const names = ['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name) => join(root, name))
    const outcomes: unknown[] = []
    for await (const { path, skipped, digests, error } of scan({ names: Readable.from([names.join('\n')]) })) {
      outcomes.push([path, skipped ?? error?.code ?? digests?.md5])
    }
    const kinds = [digestHex('md5', 'a'), 'symlink', 'symlink', 'INPUT_NOT_FOUND']
    expect(outcomes).toEqual(names.map((name, i) => [name, kinds[i]]))
  })

  test('are followed where the user named a link, while links found inside are told', async (context) => {
    skipOnWindows(context)
    const root = exhibit('real/a.txt')
    symlinkSync('real', join(root, 'link'))
    symlinkSync('a.txt', join(root, 'real', 'b.txt'))
    const records = await scanned([join(root, 'link')])
    expect(records.map(({ path, skipped }) => [path, skipped])).toEqual([
      ['a.txt', undefined],
      ['b.txt', 'symlink']
    ])
  })
})
