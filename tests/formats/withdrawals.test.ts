// What a source takes back is in no set that was built of it, and roles follow from formats that can have only one.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildHashSet, HashSet } from 'exhibit-hash'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../support/temp.js'
import { fixture, hex64, md5, sha1 } from './read-all.js'

const NS = 'xmlns="https://hashsharing.ncmec.org/hashsharing/v2"'
const page = (...entries: string[]): string => `<queryResult ${NS}><images>${entries.join('')}</images></queryResult>`
const image = (member: number, id: string, number: number): string =>
  `<image><member id="${member}">M</member><id>${id}</id><fingerprints><md5>${md5(number)}</md5></fingerprints></image>`
const deleted = (member: number, id: string): string =>
  `<deletedImage><member id="${member}">M</member><id>${id}</id></deletedImage>`

/** Builds a set of these texts; which numbers' MD5s or PDQs are in it, and what is said of each source. */
async function built(...texts: string[]) {
  const folder = tempFolder()
  const paths = texts.map((text, i) => {
    writeFileSync(join(folder, `${i}`), text)
    return join(folder, `${i}`)
  })
  const report = await buildHashSet(join(folder, 'set.ehx'), paths)
  const set = await HashSet.open(report.path)
  const held = Array.from({ length: set.size }, (_, i) => parseInt(set.record(i).digests.md5?.slice(0, 4) ?? '-1', 16))
  await set.close()
  return { held, report, counts: report.sources.map(({ counts }) => counts) }
}

describe('a withdrawal', () => {
  test('takes out what stands before it, in its own source and in earlier ones', async () => {
    const { held, counts } = await built(
      page(image(1, 'a', 1), image(1, 'b', 2)),
      page(image(1, 'c', 3), deleted(1, 'a'), deleted(1, 'c'))
    )
    expect(held).toEqual([2])
    expect(counts[0]).toMatchObject({ taken: 2, takenBack: 1 })
    expect(counts[1]).toMatchObject({ taken: 1, withdrawn: 2, takenBack: 1 })
  })

  test('does not take out what is listed again after it', async () => {
    expect((await built(page(image(1, 'a', 1), deleted(1, 'a')), page(image(1, 'a', 2)))).held).toEqual([2])
  })

  test('of one member does not take out what another lists by the same id', async () => {
    expect((await built(page(image(1, 'a', 1), image(2, 'a', 1), deleted(2, 'a')))).held).toEqual([1])
  })

  test('in one format does not take out what another lists', async () => {
    const list = `${md5(1)}\n`
    const withdrawal = JSON.stringify({
      hashRecords: [{ signalType: 'VideoMD5', hashValue: md5(1), hashStatus: 'Deleted' }]
    })
    const { held, counts } = await built(list, withdrawal)
    expect(held).toEqual([1])
    expect(counts[1]).toMatchObject({ records: 1, taken: 0, withdrawn: 1 })
  })

  test('of a hash takes it out whatever page lists it', async () => {
    const entry = (number: number, hashStatus: string) => ({
      signalType: 'VideoMD5',
      hashValue: md5(number),
      hashStatus
    })
    const pages = [[entry(1, 'Active'), entry(2, 'Active')], [entry(1, 'Withdrawn')]]
    expect((await built(...pages.map((hashRecords) => JSON.stringify({ hashRecords })))).held).toEqual([2])
  })

  test('of everything leaves nothing to build', async () => {
    await expect(built(page(image(1, 'a', 1), deleted(1, 'a')))).rejects.toMatchObject({ code: 'SET_EMPTY' })
  })
})

describe('an NSRL delta', () => {
  const header = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\n'
  const full = header + [1, 2, 3].map((i) => `"${sha1(i)}","${md5(i)}","0","f",1,1,"",""\n`).join('')

  test('adds, removes and replaces digests of the full set before it', async () => {
    const { held, report } = await built(
      full,
      `BEGIN;
       INSERT INTO FILE (sha256, sha1, md5) VALUES ('${hex64(4)}', '${sha1(4)}', '${md5(4)}');
       DELETE FROM FILE WHERE sha1 = '${sha1(1)}';
       DELETE FROM "FILE" WHERE (package_id = 5) AND (md5 = '${md5(9)}');
       UPDATE FILE SET md5 = '${md5(5)}', sha1 = '${sha1(5)}' WHERE md5 = '${md5(2)}' AND package_id = 1;
       UPDATE FILE SET file_name = 'x' WHERE md5 = '${md5(3)}';
       COMMIT;`
    )
    expect(held).toEqual([3, 4, 5])
    expect(report.role).toBe('known-good')
    expect(report.sources[1].counts).toMatchObject({ records: 6, taken: 2, withdrawn: 3, skipped: 1, rejected: 0 })
  })

  test('with statements that are not understood says so by line', async () => {
    const text = `INSERT INTO FILE (md5) VALUES ('${md5(1)}');\n-- x\nDELETE FROM FILE WHERE md5 LIKE 'a%';\nINSERT INTO FILE SELECT * FROM x;\nINSERT INTO FILE VALUES (1, 2);\nINSERT INTO FILE (md5, sha1) VALUES ('a');\n`
    const { report } = await built(text)
    expect(report.sources[0].counts).toMatchObject({ taken: 1, rejected: 4 })
    expect(report.sources[0].warnings.map(({ position }) => position)).toEqual([3, 4, 5, 6])
  })
})

describe('the role of a set', () => {
  const nsrl = ['nsrl-1.5.txt', 'nsrl-2.0.txt', 'nsrl-3-full.db', 'nsrl-3-minimal.db', 'nsrl-3-delta.sql'].map(fixture)

  test('is known-good where all sources are of NSRL, unless it is named', async () => {
    const index = join(tempFolder(), 'x.ehx')
    expect((await buildHashSet(index, nsrl)).role).toBe('known-good')
    expect((await buildHashSet(index, nsrl, { role: 'known' })).role).toBe('known')
    expect((await buildHashSet(index, [fixture('hashdeep.txt')])).role).toBe('known')
  })

  test('must be named where sources of both are together', async () => {
    const index = join(tempFolder(), 'x.ehx')
    const mixed = [fixture('nsrl-2.0.txt'), fixture('list-md5.txt')]
    await expect(buildHashSet(index, mixed)).rejects.toMatchObject({ code: 'SOURCE_REFUSED' })
    await expect(buildHashSet(index, mixed.toReversed())).rejects.toMatchObject({ code: 'SOURCE_REFUSED' })
    expect((await buildHashSet(index, mixed, { role: 'known-good' })).entries).toBe(12)
  })
})
