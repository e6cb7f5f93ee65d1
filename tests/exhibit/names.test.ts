// Names as bytes: lists cut anywhere give the same names, and a shown name can be opened again.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { displayName, readNames } from '../../src/exhibit/index.js'

async function namesOf(parts: readonly (Uint8Array | string)[], nul: boolean): Promise<string[]> {
  const names: string[] = []
  async function* input() {
    yield* parts
  }
  for await (const name of readNames(input(), nul)) names.push(Buffer.from(name).toString('latin1'))
  return names
}

/** Bytes without those that separate, and without a carriage return at the end. */
const byteName = fc
  .array(
    fc.integer({ min: 1, max: 255 }).filter((byte) => byte !== 0x0a && byte !== 0x0d),
    { minLength: 1, maxLength: 20 }
  )
  .map((bytes) => Buffer.from(bytes).toString('latin1'))

describe('a list of names', () => {
  test('gives the same names wherever it is cut into chunks, with or without a last separator', async () => {
    const list = fc.record({
      names: fc.array(byteName, { maxLength: 20 }),
      nul: fc.boolean(),
      ended: fc.boolean(),
      chunk: fc.integer({ min: 1, max: 9 })
    })
    await fc.assert(
      fc.asyncProperty(list, async ({ names, nul, ended, chunk }) => {
        const separator = nul ? '\0' : '\n'
        const bytes = Buffer.from(names.join(separator) + (ended ? separator : ''), 'latin1')
        const parts = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
          bytes.subarray(i * chunk, (i + 1) * chunk)
        )
        expect(await namesOf(parts, nul)).toEqual(names)
      })
    )
  })

  test.each<[string, string, boolean, string[]]>([
    ['carriage returns before line breaks are no part of a name', 'a\r\nb\r\n', false, ['a', 'b']],
    ['a carriage return in the middle is', 'a\rb\n', false, ['a\rb']],
    ['with NUL, line breaks and carriage returns are part of names', 'a\n\0b\r\0', true, ['a\n', 'b\r']],
    ['empty names are passed over', '\n\r\na\n\n', false, ['a']],
    ['nothing is no name', '', false, []]
  ])('%s', async (_, text, nul, expected) => {
    expect(await namesOf([text], nul)).toEqual(expected)
  })
})

test('a shown name is text alone where text carries it, and otherwise has the bytes beside it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
      const { path, pathBase64 } = displayName(bytes)
      const back = pathBase64 === undefined ? Buffer.from(path) : Buffer.from(pathBase64, 'base64')
      expect(back.equals(bytes)).toBe(true)
    })
  )
  expect(displayName(Buffer.from('Fotos/ü.jpg'))).toEqual({ path: 'Fotos/ü.jpg' })
  expect(displayName(Buffer.from([0xff]))).toEqual({ path: '\ufffd', pathBase64: '/w==' })
})
