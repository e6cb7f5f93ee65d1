// VICS documents that are broken, cut off or hostile: told apart, at the right byte, after all records before.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstJsonFault } from '../../src/formats/json-check.js'
import { fixture, md5, readBeginnings, readContent, readPath } from './read-all.js'

const A = `{"MD5":"${md5(1)}"}`
const B = `{"MD5":"${md5(2)}","Tags":{"a":["x"]}}`
const C = `{"MD5":"${md5(3)}"}`

/** Documents with the mark ¦ where the fault is, the records before it, and the code. */
const DAMAGED: [name: string, text: string, records: number, code: string][] = [
  ['a missing comma', `{"value":[${A}¦${B}]}`, 1, 'SOURCE_MALFORMED'],
  ['a comma after the last record', `{"value":[${A},${B},¦]}`, 2, 'SOURCE_MALFORMED'],
  ['two commas', `{"value":[${A},¦,${B}]}`, 1, 'SOURCE_MALFORMED'],
  ['a comma before the first record', `{"value":[¦,${B}]}`, 0, 'SOURCE_MALFORMED'],
  ['garbage between records', `{"value":[${A}, ¦oops,${B}]}`, 1, 'SOURCE_MALFORMED'],
  ['garbage after a record', `{"value":[${A} ¦x ,${B}]}`, 1, 'SOURCE_MALFORMED'],
  ['a broken record in the middle', `{"value":[${A},{"MD5" ¦"x"},${C}]}`, 1, 'SOURCE_MALFORMED'],
  ['a record with a bare word', `{"value":[${A},{"MD5":¦oops},${C}]}`, 1, 'SOURCE_MALFORMED'],
  ['a record with a comma at its end', `{"value":[${A},{"MD5":"x",¦},${C}]}`, 1, 'SOURCE_MALFORMED'],
  ['a record that is not closed', `{"value":[${A},{"MD5":"x" ,¦${C}]}`, 1, 'SOURCE_MALFORMED'],
  ['a string that is not closed', `{"value":[${A},{"MD5":"x},\n${C}]}`.replace('x},', 'x},¦'), 1, 'SOURCE_MALFORMED'],
  ['a bracket of the wrong kind', `{"value":[${A},{"Tags":["x"¦}],${C}]}`, 1, 'SOURCE_MALFORMED'],
  ['an unknown escape', `{"value":[${A},{"Tags":"¦\\x"},${C}]}`, 1, 'SOURCE_MALFORMED'],
  ['a number that is none', `{"value":[${A},{"MediaID":¦01},${C}]}`, 1, 'SOURCE_MALFORMED'],
  ['data after the document', `{"value":[${A}]}\n¦{"value":[]}`, 1, 'SOURCE_MALFORMED'],
  ['a bracket after the document', `[${A}]¦]`, 1, 'SOURCE_MALFORMED'],
  ['NULs and then data', `[${A}]\0\0¦x`, 1, 'SOURCE_MALFORMED'],
  ['a fault before the records', `{"odata.x":¦x,"value":[${A}]}`, 0, 'SOURCE_MALFORMED'],
  ['a fault after the records', `{"value":[${A}],¦}`, 1, 'SOURCE_MALFORMED'],
  ['a list without a key', `{"value":[${A}]¦[${B}]}`, 1, 'SOURCE_MALFORMED'],
  ['a fault between cases', `{"value":[{"Media":[${A}]},¦,{"Media":[${B}]}]}`, 1, 'SOURCE_MALFORMED'],
  ['a fault in a case', `{"value":[{"Media":[${A}],"CaseID" ¦1},{"Media":[${B}]}]}`, 1, 'SOURCE_MALFORMED'],
  ['an end in a record', `{"value":[${A},{"MD5":"ab¦`, 1, 'SOURCE_TRUNCATED'],
  ['an end in an escape', `{"value":[${A},{"Tags":"\\u00¦`, 1, 'SOURCE_TRUNCATED'],
  ['an end between records', `{"value":[${A},¦`, 1, 'SOURCE_TRUNCATED'],
  ['an end after the list', `{"value":[${A}]¦`, 1, 'SOURCE_TRUNCATED'],
  ['an end in a case', `{"value":[{"Media":[${A},${B}]¦`, 2, 'SOURCE_TRUNCATED'],
  ['an end in a word', `{"value":[${A},nul¦`, 1, 'SOURCE_TRUNCATED']
]

test.each(DAMAGED)('%s', async (_, marked, count, code) => {
  const place = Buffer.byteLength(marked.slice(0, marked.indexOf('¦')))
  const text = marked.replace('¦', '')
  for (const bytes of [1 << 20, 1, 5]) {
    const { records, fault, report } = await readContent(text, { format: 'vics' }, { chunkBytes: () => bytes })
    expect(fault).toMatchObject({ code })
    expect(fault?.message).toContain(`at record ${count + 1}, at byte ${place}`)
    expect(records).toHaveLength(count)
    expect(report?.counts.taken).toBe(count)
    expect(fault?.message).not.toContain(md5(2))
  }
})

test('a fault in UTF-16 is placed in the file', async () => {
  const text = Buffer.from(`\ufeff[${A} x]`, 'utf16le')
  const { fault } = await readContent(text)
  expect(fault?.message).toContain(`about byte ${2 + 2 * (A.length + 2)} (UTF-16LE)`)
})

test('what follows a fault among many records is not handed out, and all before it is', async () => {
  const good = Array.from({ length: 6000 }, (_, i) => `{"MediaID":${i},"MD5":"${md5(i)}"}`)
  for (const broken of [0, 1, 255, 256, 1999, 3000, 5999]) {
    const all = [...good]
    all[broken] = `{"MediaID":${broken} "MD5":"${md5(1)}"}`
    const { records, fault } = await readContent(`{"value":[${all.join(',')}]}`)
    expect(fault?.code).toBe('SOURCE_MALFORMED')
    expect(fault?.message).toContain(`record ${broken + 1},`)
    expect(records.map(({ mediaId }) => Number(mediaId))).toEqual(good.slice(0, broken).map((_, i) => i))
  }
})

test.each(['vics-2.0-uk-media.json', 'vics-2.0-us-cases.json', 'vics-1.1-cases.json'])(
  '%s cut at any byte is never read as whole',
  async (name) => {
    const whole = await readPath(fixture(name))
    await readBeginnings(readFileSync(fixture(name)), ({ records, fault }) => {
      expect(['SOURCE_TRUNCATED', 'SOURCE_UNRECOGNISED']).toContain(fault?.code)
      expect(records).toEqual(whole.records.slice(0, records.length))
    })
  }
)

describe('hostile documents', () => {
  test.each([
    ['deep lists in a record', `{"value":[${A},{"Tags":${'['.repeat(1000)}`],
    ['deep lists in place of records', `{"value":[${A},${'['.repeat(100_000)}`],
    ['deep lists around', `{"value":[${A}],"x":${'['.repeat(1000)}`]
  ])('%s', async (_, text) => {
    const { records, fault } = await readContent(text)
    expect(fault).toMatchObject({ code: 'SOURCE_MALFORMED', message: expect.stringContaining('nested') })
    expect(records).toHaveLength(1)
  })

  test('deep tags in a run of records do no harm', async () => {
    const deep = `{"MD5":"${md5(1)}","Tags":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
    const { fault } = await readContent(`{"value":[${deep},${deep},${deep}]}`)
    if (fault !== null) expect(fault.code).toBe('SOURCE_MALFORMED')
  })

  test('a record without end is given up', async () => {
    const text = Buffer.concat([Buffer.from(`{"value":[${A},{"MD5":"`), Buffer.alloc(70_000_000, 'a')])
    const { records, fault } = await readContent(text)
    expect(fault).toMatchObject({ code: 'SOURCE_MALFORMED', message: expect.stringContaining('longer than') })
    expect(records).toHaveLength(1)
  })

  test('a list that is repeated for ever is given up', async () => {
    const { fault, records } = await readContent(`{${Array.from({ length: 500 }, () => `"value":[${A}]`).join(',')}}`)
    expect(fault).toMatchObject({ code: 'SOURCE_MALFORMED', message: expect.stringContaining('repeated') })
    expect(records.length).toBeGreaterThan(0)
  })
})

describe('the syntax check', () => {
  const accepts = (text: string): boolean => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }

  /** True where something can be put after a text to make it JSON. */
  const canGoOn = (text: string): boolean => {
    const strings = /"(?:[^"\\]|\\.)*(?:"|\\?$)/g
    const brackets = text.replace(strings, '').match(/[[\]{}]/g) ?? []
    const open: string[] = []
    for (const bracket of brackets)
      if ('[{'.includes(bracket)) open.push(bracket)
      else open.pop()
    const closers = open.reverse().map((bracket) => (bracket === '[' ? ']' : '}'))
    const inStrings = ['', '"', 'n"', ...['0', '00', '000', '0000'].map((digits) => `${digits}"`)]
    const after = ['', 'e', 'ue', 'rue', 'l', 'll', 'ull', 'se', 'lse', 'alse', '0', ':0', '"":0']
    return inStrings.some((end) => after.some((more) => accepts(text + end + more + closers.join(''))))
  }

  const pieces = ['', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', '.', 't', '\n', '\u0001', 'é']

  test('takes every beginning of a good document for good', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, seed) => {
        expect(firstJsonFault(Buffer.from(json))).toBe(-1)
        expect(firstJsonFault(Buffer.from(json.slice(0, seed % (json.length + 1))))).toBe(-1)
      }),
      { numRuns: 1000 }
    )
  })

  test('finds the first byte that no document can have there, and nothing where JSON.parse finds none', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom(...pieces), (json, seed, piece) => {
        const at = seed % (json.length + 1)
        const damaged = json.slice(0, at) + piece + json.slice(at + 1)
        const fault = firstJsonFault(Buffer.from(damaged))
        if (accepts(damaged)) expect(fault).toBe(-1)
        else if (fault < 0) expect(canGoOn(damaged)).toBe(true)
        else {
          const before = Buffer.from(damaged).subarray(0, fault).toString()
          expect(canGoOn(before)).toBe(true)
        }
      }),
      { numRuns: 3000 }
    )
  })
})
