// `match --from`: any number of hashes from a CSV, a list or records, answered row by row.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { knownPicture, type Answer } from '../support/ask.js'
import { runCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

const KNOWN = 'edit-00-original.jpg'
const SIMILAR = 'edit-02-half.jpg'

const picture = knownPicture(KNOWN)
const { ask } = picture

function fileOf(name: string, text: string): string {
  const path = join(tempFolder(), name)
  writeFileSync(path, text)
  return path
}

const found = ({ matches }: Answer) => matches.map(({ relation, by }) => `${relation} ${by}`)

describe('match from a file', () => {
  test('takes a CSV whose header names the kinds, and answers row by row', async () => {
    const { md5 } = picture.known.digests ?? {}
    const csv = fileOf('rows.csv', `Id,MD5,PDQ\n7,${md5},\n8,,${picture.known.hashes?.pdq}\n9,${'0'.repeat(32)},\n`)
    const { status, answers } = await ask('--from', csv)
    expect(status).toBe(1)
    expect(answers.map((answer) => [answer.id, ...found(answer)])).toEqual([
      ['7', 'identical md5'],
      ['8', 'similar pdq'],
      ['9']
    ])
  })

  test('takes a plain list of digests', async () => {
    const lines = Array.from({ length: 600 }, (_, i) => digestHex('sha1', String(i)))
    lines[599] = picture.known.digests?.sha1 ?? ''
    const { status, answers } = await ask('--from', fileOf('list.txt', lines.join('\n')))
    expect(status).toBe(1)
    expect(answers).toHaveLength(600)
    expect(answers.flatMap((answer, i) => (answer.matches.length > 0 ? [[i, ...found(answer)]] : []))).toEqual([
      [599, 'identical sha1']
    ])
  })

  test('takes the records that hash writes, and those of an earlier scan with their matches replaced', async () => {
    const hashed = await runCli(['hash', image(KNOWN), image(SIMILAR), image('scene-05-256x256.png')])
    const { status, answers } = await ask('--from', fileOf('hashes.ndjson', hashed.stdout))
    expect(status).toBe(1)
    expect(answers.map((answer) => [answer.path, ...found(answer)])).toEqual([
      [KNOWN, 'identical md5', 'similar pdq'],
      [SIMILAR, 'similar pdq'],
      ['scene-05-256x256.png']
    ])
    const out = join(tempFolder(), 'results.ndjson')
    await runCli(['scan', image(KNOWN), '--set', picture.set, '--out', out])
    const again = await ask('--from', out, '--near', 'none')
    expect(again.answers.map((answer) => [answer.path, ...found(answer)])).toEqual([[KNOWN, 'identical md5']])
    expect(readFileSync(out, 'utf8')).toContain('"similar"')
  })

  test('takes plain objects with hashes by kind', async () => {
    const path = fileOf(
      'plain.ndjson',
      `{"note":"x","sha1":"${picture.known.digests?.sha1}"}\n{"phash":"${'0'.repeat(16)}"}\n`
    )
    const { answers } = await ask('--from', path)
    expect(answers).toMatchObject([{ note: 'x', matches: [{ relation: 'identical', by: 'sha1' }] }, { matches: [] }])
  })

  test.each<[number, string, (md5: string) => string, string]>([
    [2, 'a CSV row without a hash', () => `md5\n${'0'.repeat(32)}\nnonsense\n`, 'rows.csv'],
    [3, 'a broken row beside one that matches', (md5) => `md5\n${md5}\nnonsense\n`, 'rows.csv'],
    [2, 'a record with a broken hash', () => `{"md5":"${'0'.repeat(31)}"}\n{"md5":"${'0'.repeat(32)}"}\n`, 'r.ndjson'],
    [2, 'a record without a hash', () => '{"type":"file","path":"a","digests":null,"hashes":null}\n', 'r.ndjson']
  ])('ends with %i for %s, and answers the others', async (status, _, text, name) => {
    const result = await ask('--from', fileOf(name, text(picture.known.digests?.md5 ?? '')))
    expect(result.status).toBe(status)
    const broken = result.answers.filter(({ error }) => error !== undefined)
    if (name.endsWith('.csv')) expect(result.stderr).toMatch(/warning: .*rows\.csv/)
    else expect(broken).toMatchObject([{ error: { code: 'DIGEST_INVALID' }, matches: [] }])
  })

  test('refuses results that were cut off: what is missing would not be asked', async () => {
    const header = '{"type":"header"}\n'
    const { status, stderr } = await ask('--from', fileOf('cut.ndjson', `${header}${JSON.stringify(picture.known)}\n`))
    expect(status).toBe(65)
    expect(stderr).toContain('end without a summary')
  })

  test('takes --kind for a list that does not tell, and --column for odd headers, as its advice says', async () => {
    const pdq = picture.known.hashes?.pdq ?? ''
    const list = fileOf('list.txt', `${pdq}\n`)
    const untold = await ask('--from', list)
    expect(untold).toMatchObject({ status: 65, stderr: expect.stringContaining('--kind pdq') as string })
    expect((await ask('--from', list, '--kind', 'pdq')).answers.map(found)).toEqual([['similar pdq']])
    const phashes = fileOf('phashes.txt', `${picture.known.hashes?.phash}\n`)
    expect((await ask('--from', phashes, '--kind', 'phash')).answers.map(found)).toEqual([['similar phash']])
    const csv = fileOf('odd.csv', `Checksum;Name\n${picture.known.digests?.md5};x\n`)
    expect((await ask('--from', csv, '--column', 'Checksum=md5')).answers.map(found)).toEqual([['identical md5']])
    expect((await ask('--md5', '0'.repeat(32), '--kind', 'pdq')).status).toBe(64)
  })
})
