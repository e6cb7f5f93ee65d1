// Results written and read again: whole files or none, and every line accounted for.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readResults, type FileRecord, type ResultLine } from 'exhibit-hash'
import { ResultsFile } from '../../src/results/index.js'
import { tempFolder } from '../support/temp.js'

const record = (seq: number): FileRecord => ({
  type: 'file',
  seq,
  path: `Bild-${seq}-ü\u2028.jpg`,
  sizeBytes: 1,
  digests: null,
  media: null,
  hashes: null,
  error: null
})

async function read(path: string): Promise<ResultLine[]> {
  const lines: ResultLine[] = []
  for await (const line of readResults(path)) lines.push(line)
  return lines
}

describe('a results file', () => {
  test('reads back as it was written, though it is larger than its buffer', async () => {
    const target = join(tempFolder(), 'results.ndjson')
    const records = Array.from({ length: 5000 }, (_, seq) => record(seq))
    const file = await ResultsFile.create(target)
    for (const one of records) await file.write(one)
    expect(existsSync(target)).toBe(false)
    await file.finish()
    expect(await read(target)).toEqual(records)
    expect(readFileSync(target, 'utf8').split('\n')).toHaveLength(records.length + 1)
  })

  test('that is discarded leaves nothing, and one that was there as it was', async () => {
    const folder = tempFolder()
    const target = join(folder, 'results.ndjson')
    writeFileSync(target, 'earlier')
    const file = await ResultsFile.create(target)
    await file.write(record(0))
    await file.discard()
    expect(readdirSync(folder)).toEqual(['results.ndjson'])
    expect(readFileSync(target, 'utf8')).toBe('earlier')
  })

  test('in a folder that is missing, or over a folder, is WRITE_FAILED naming the target', async () => {
    const folder = tempFolder()
    const lost = join(folder, 'gone', 'results.ndjson')
    await expect(ResultsFile.create(lost)).rejects.toMatchObject({ code: 'WRITE_FAILED', path: lost })
    // Before anything is written: the name is given last, and a long run would end without one.
    await expect(ResultsFile.create(folder)).rejects.toMatchObject({ code: 'WRITE_FAILED', path: folder })
  })
})

describe('reading results', () => {
  test('passes over empty lines, a byte order mark and carriage returns', async () => {
    const path = join(tempFolder(), 'results.ndjson')
    writeFileSync(path, '\ufeff{"type":"header"}\r\n\n{"type":"summary"}')
    expect(await read(path)).toEqual([{ type: 'header' }, { type: 'summary' }])
  })

  test.each([
    ['a line that is no JSON', '{"type":"header"}\n{"type":"fi', 'line 2'],
    ['a line that is no object', '[1]\n', 'line 1'],
    ['a line that is null', '{}\nnull\n', 'line 2']
  ])('refuses %s, naming file and line', async (_, text, where) => {
    const path = join(tempFolder(), 'results.ndjson')
    writeFileSync(path, text)
    const message = expect.stringContaining(where) as string
    await expect(read(path)).rejects.toMatchObject({ code: 'RESULTS_INVALID', path, message })
  })

  test('of a file that is missing is INPUT_NOT_FOUND', async () => {
    const path = join(tempFolder(), 'gone.ndjson')
    await expect(read(path)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND', path })
  })

  test('may be left in the middle', async () => {
    const path = join(tempFolder(), 'results.ndjson')
    writeFileSync(path, '{"type":"header"}\nbroken\n')
    for await (const line of readResults(path)) {
      expect(line.type).toBe('header')
      break
    }
  })
})
