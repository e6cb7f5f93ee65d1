// `match` with hashes given by options, and what it refuses.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hashFile, PERCEPTUAL_KINDS } from 'exhibit-hash'
import { knownPicture, type Answer } from '../support/ask.js'
import { runCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { buildSet } from '../support/sets.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

const KNOWN = 'edit-00-original.jpg'
const FAR = 'f'.repeat(64)

const picture = knownPicture(KNOWN)
const { ask } = picture

const found = ({ matches }: Answer) => matches.map(({ relation, by }) => `${relation} ${by}`)

describe('match by an option', () => {
  test('of a kind that no set holds is not looked up, and says so: no match would mean nothing', async () => {
    const folder = tempFolder()
    const set = await buildSet(folder, [{ MediaID: 1, Category: 1, MD5: digestHex('md5', '1') }])
    const asked = await runCli(['match', '--set', set, '--sha256', FAR])
    expect(asked).toMatchObject({
      status: 2,
      stderr: 'warning: 1 hash or row was not looked up: the sets can be asked by md5 only\n'
    })
    expect(await runCli(['match', '--set', set, '--sha256', FAR, '--md5', 'f'.repeat(32)])).toMatchObject({
      status: 0,
      stderr: ''
    })
  })

  test.each(['md5', 'sha1', 'sha256'] as const)('--%s finds the record of the digest, in any case', async (kind) => {
    const { status, answers } = await ask(`--${kind}`, picture.known.digests?.[kind].toUpperCase() ?? '')
    expect(status).toBe(1)
    expect(answers).toMatchObject([{ hashes: { [kind]: picture.known.digests?.[kind] }, matches: [{ set: 'Known' }] }])
    expect(answers.map(found)).toEqual([[`identical ${kind}`]])
  })

  test.each(PERCEPTUAL_KINDS)('--%s finds what is near by that hash, and by no other', async (kind) => {
    const option = kind === 'dhashVertical' ? 'dhash-vertical' : kind
    const { status, answers } = await ask(`--${option}`, picture.known.hashes?.[kind] ?? '')
    expect(status).toBe(1)
    expect(answers.map(found)).toEqual([[`similar ${kind}`]])
    expect(answers[0].matches).toMatchObject([{ distanceBits: 0, variant: 'original' }])
  })

  test('of several kinds asks with all of them', async () => {
    const { answers } = await ask('--md5', picture.known.digests?.md5 ?? '', '--pdq', picture.known.hashes?.pdq ?? '')
    expect(answers.map(found)).toEqual([['identical md5', 'similar pdq']])
  })

  test('--near limits the distance', async () => {
    const { hashes } = await hashFile(image('edit-03-thumb.jpg'))
    expect((await ask('--pdq', hashes?.pdq ?? '')).answers.map(found)).toEqual([['similar pdq']])
    expect((await ask('--pdq', hashes?.pdq ?? '', '--near', 'pdq=3')).answers.map(found)).toEqual([[]])
    expect((await ask('--pdq', hashes?.pdq ?? '', '--near', 'none')).answers.map(found)).toEqual([[]])
  })

  test('a set that is named twice matches once', async () => {
    const twice = await ask('--md5', picture.known.digests?.md5 ?? '', '--set', picture.set)
    expect(twice.answers.map(found)).toEqual([['identical md5']])
    expect(twice.stderr).toContain('named twice')
  })

  test('ends with 0 where nothing is found', async () => {
    expect(await ask('--sha256', FAR)).toMatchObject({ status: 0, answers: [{ matches: [] }] })
  })
})

describe('match refuses', () => {
  const csv = '(a file)'
  test.each<[number, string, string[], string]>([
    [64, 'neither a hash nor a file', [], '--from'],
    [64, 'a hash and a file', ['--md5', '0'.repeat(32), '--from', csv], '--from'],
    [64, 'a hash of the wrong length', ['--sha1', 'abc'], 'sha1'],
    [64, 'a hash that is no hex', ['--md5', 'g'.repeat(32)], 'md5'],
    [64, 'an unknown distance', ['--md5', '0'.repeat(32), '--near', 'md5=3'], 'md5'],
    [74, 'a file that is missing', ['--from', join('gone', 'rows.csv')], 'rows.csv'],
    [65, 'a file of no known format', ['--from', image(KNOWN)], KNOWN]
  ])('with %i %s, named', async (status, _, args, culprit) => {
    const result = await ask(...args)
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(culprit) as string })
  })
})
