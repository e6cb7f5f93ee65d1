// Category profiles as files: those that come with the package, those of users, and mappings between them.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BUILT_IN_PROFILES,
  buildHashSet,
  categoryLabel,
  categoryMeaning,
  HashSet,
  loadProfile,
  mapCategory,
  profileIdentity,
  UNMAPPED_LABEL
} from 'exhibit-hash'
import { checkCategoryMapping, loadCategoryMapping } from 'exhibit-hash/casework'
import { tempFolder } from '../support/temp.js'
import { digestHex, writeVics } from '../support/vics.js'

const PROFILES = resolve(import.meta.dirname, '../../profiles')

function write(value: unknown): string {
  const path = join(tempFolder(), 'given.json')
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

describe('profiles', () => {
  test('of the package are the files in profiles/, read by name or by path', async () => {
    const names = readdirSync(PROFILES).map((file) => file.replace('.json', ''))
    expect(names.sort()).toEqual(Object.keys(BUILT_IN_PROFILES).sort())
    for (const name of names) {
      expect(JSON.parse(readFileSync(join(PROFILES, `${name}.json`), 'utf8'))).toEqual(await loadProfile(name))
      expect(await loadProfile(join(PROFILES, `${name}.json`))).toEqual(await loadProfile(name.toUpperCase()))
    }
  })

  test('of the UK say that their codes are an assumption to be confirmed', async () => {
    const { version, note } = await loadProfile('uk')
    expect(version).toContain('assumed')
    expect(note).toMatch(/not public.*assumption.*confirm/)
    expect(profileIdentity(await loadProfile('us'))).toBe('us 2.0')
  })

  test.each<[number | string | null, string | null, string | null]>([
    [1, 'Category A', 'Penetrative sexual activity, sexual activity with an animal, or sadism.'],
    ['2', 'Category B', 'Non-penetrative sexual activity.'],
    [0, 'Uncategorised', 'Nobody has graded it, or the grade is not known.'],
    [9, UNMAPPED_LABEL, null],
    ['constructor', UNMAPPED_LABEL, null],
    ['__proto__', UNMAPPED_LABEL, null],
    [null, null, null]
  ])('give the code %j the label %j', (code, label, meaning) => {
    expect(categoryLabel(BUILT_IN_PROFILES.uk, code)).toBe(label)
    expect(categoryMeaning(BUILT_IN_PROFILES.uk, code)).toBe(meaning)
  })

  test('of a file label the records of a set that is built with it', async () => {
    const folder = tempFolder()
    const source = writeVics(join(folder, 's.json'), [{ MediaID: 1, Category: 6, MD5: digestHex('md5', 'a') }])
    const profile = write({ id: 'force-12', version: '3', labels: { '6': 'Local: for comparison' } })
    await buildHashSet(join(folder, 's.ehx'), [source], { profile })
    await using set = await HashSet.open(join(folder, 's.ehx'))
    expect(set.record(0)).toMatchObject({ category: 6, label: 'Local: for comparison' })
    expect(set.identity.profile).toBe('force-12 3')
  })

  test.each<[string, unknown, string]>([
    ['no JSON', 'id: x', 'not JSON'],
    ['a list', [], 'is no object'],
    ['null', null, 'is no object'],
    ['no version', { id: 'x', labels: {} }, '"version"'],
    ['an id that is none', { id: '', version: '1', labels: {} }, '"id"'],
    ['labels that are null', { id: 'x', version: '1', labels: null }, '"labels" is no object'],
    ['labels in a list', { id: 'x', version: '1', labels: ['A'] }, '"labels" is no object'],
    ['a label that is a number', { id: 'x', version: '1', labels: { '1': 5 } }, 'no text for the code "1"'],
    ['a meaning that is none', { id: 'x', version: '1', labels: {}, meanings: { '1': [] } }, '"meanings"'],
    ['a note that is none', { id: 'x', version: '1', labels: {}, note: 5 }, '"note"'],
    ['five megabytes', ' '.repeat(5 * 2 ** 20), 'bytes']
  ])('with %s are refused, with the path', async (_, value, why) => {
    const path = write(value)
    await expect(loadProfile(path)).rejects.toMatchObject({
      code: 'PROFILE_UNKNOWN',
      path,
      message: expect.stringContaining(why) as string
    })
  })

  test('that are no file are refused, with what there is', async () => {
    await expect(loadProfile('fr')).rejects.toMatchObject({ code: 'PROFILE_UNKNOWN', path: 'fr' })
  })
})

describe('mappings', () => {
  test('map what they list, and nothing else', async () => {
    const path = write({ from: 'us 2.0', to: 'uk 1-assumed', categories: { '1': 1, '2': 'x' }, note: 'agreed 2026-10' })
    const mapping = await loadCategoryMapping(path)
    expect(['1', 1, 2, 3, 'constructor', '__proto__'].map((code) => mapCategory(mapping, code))).toEqual([
      '1',
      '1',
      'x',
      null,
      null,
      null
    ])
    expect(mapping.note).toBe('agreed 2026-10')
  })

  test('keep every code, whatever it is called', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ minLength: 1 })), fc.string(), (categories, other) => {
        const mapping = checkCategoryMapping({ from: 'a 1', to: 'b 1', categories }, 'mapping')
        for (const [code, target] of Object.entries(categories)) expect(mapCategory(mapping, code)).toBe(target)
        if (!Object.hasOwn(categories, other)) expect(mapCategory(mapping, other)).toBe(null)
      })
    )
  })

  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'not JSON'],
    ['a list', [], 'is no object'],
    ['no source', { to: 'b 1', categories: {} }, '"from"'],
    ['a target that is none', { from: 'a 1', to: 5, categories: {} }, '"to"'],
    ['one profile', { from: 'a 1', to: 'a 1', categories: {} }, 'one profile'],
    ['no categories', { from: 'a 1', to: 'b 1' }, '"categories"'],
    ['a code that is none', { from: 'a 1', to: 'b 1', categories: { '1': null } }, 'maps "1"'],
    ['a broken code', { from: 'a 1', to: 'b 1', categories: { '1': 1.5 } }, 'maps "1"']
  ])('with %s are refused, with the path', async (_, value, why) => {
    const path = write(value)
    await expect(loadCategoryMapping(path)).rejects.toMatchObject({
      code: 'MAPPING_INVALID',
      path,
      message: expect.stringContaining(why) as string
    })
  })
})
