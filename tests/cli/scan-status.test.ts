// The exit status of `scan`: what a batch script learns of a run without reading its output.

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildHashSet, type FileRecord } from 'exhibit-hash'
import { runCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'
import { digestHex, recordOf } from '../support/vics.js'

const KNOWN = 'edit-00-original.jpg'
const SIMILAR = 'edit-02-half.jpg'
const FORGED = 'scene-03-100x75.png'
const UNKNOWN = 'scene-05-256x256.png'

const folder = suiteFolder()
let set: string

beforeAll(async () => {
  const forged = recordOf(image(FORGED), 2, 1, { SHA1: 'F'.repeat(40) })
  set = await buildSet(folder, [fixtureRecord(KNOWN, 1, 2), forged])
})

/** A new folder with copies of fixtures, and a text that calls itself a picture where it is asked for. */
function exhibit(images: readonly string[], broken = false): string {
  const root = tempFolder()
  for (const name of images) copyFileSync(image(name), join(root, name))
  if (broken) writeFileSync(join(root, 'broken.jpg'), 'no picture')
  return root
}

describe('scan ends with', () => {
  test.each<[number, string, readonly string[], boolean]>([
    [0, 'nothing matches', [UNKNOWN], false],
    [0, 'there is nothing to read', [], false],
    [1, 'a file is identical', [KNOWN, UNKNOWN], false],
    [1, 'a file is only similar', [SIMILAR], false],
    [1, 'a digest conflicts', [FORGED], false],
    [2, 'a file could not be processed', [UNKNOWN], true],
    [3, 'one file matches and another could not be processed', [KNOWN], true]
  ])('%i where %s', async (status, _, images, broken) => {
    expect((await runCli(['scan', exhibit(images, broken), '--set', set])).status).toBe(status)
  })

  test('2 where one of several paths is missing, which becomes a record', async () => {
    const root = exhibit([UNKNOWN])
    const result = await runCli(['scan', root, join(root, 'gone'), '--set', set])
    expect(result.status).toBe(2)
    const records = result.records<FileRecord>().filter(({ type }) => type === 'file')
    expect(records.map(({ path, error }) => [path.split('/').at(-1), error?.code ?? null])).toEqual([
      [UNKNOWN, null],
      ['gone', 'INPUT_NOT_FOUND']
    ])
  })

  test('0 where there was no file, and says that nothing was looked at', async () => {
    const empty = tempFolder()
    const result = await runCli(['scan', empty, '--set', set, '--quiet'])
    expect(result).toMatchObject({
      status: 0,
      stderr: `note: no file was found in ${empty}: nothing was looked at\n`
    })
  })

  test('0 where only a known-good set matches', async () => {
    const root = exhibit([KNOWN])
    const list = join(root, 'good.txt')
    writeFileSync(list, `${digestHex('md5', readFileSync(image(KNOWN)))}\n`)
    const good = join(tempFolder(), 'good.ehx')
    await buildHashSet(good, [list], { role: 'known-good' })
    const result = await runCli(['scan', join(root, KNOWN), '--set', good])
    expect(result.status).toBe(0)
    expect(result.records().at(-1)).toMatchObject({ type: 'summary', files: 1, identical: 0, knownGood: 1 })
  })
})
