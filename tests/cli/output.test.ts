// Names come from suspects: a terminal is shown them with their control characters made visible.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oneLine, printable } from '../../src/cli/output.js'

/** Characters that a terminal obeys, and those that turn the direction of text. */
const OBEYED = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

test.each([
  ['an escape sequence', '\u001b[2J.jpg', '\\u001b[2J.jpg'],
  ['a carriage return', 'evidence\rnothing', 'evidence\\u000dnothing'],
  ['reversed text', 'photo\u202egpj.exe', 'photo\\u202egpj.exe'],
  ['a C1 control', '\u009b31m', '\\u009b31m'],
  ['a line break, in a name', 'two\nlines', 'two\\u000alines'],
  ['letters of any script', 'Fotos/ü 日本 😀.jpg', 'Fotos/ü 日本 😀.jpg']
])('%s is shown harmless', (_, name, shown) => {
  expect(oneLine(name)).toBe(shown)
})

test('no text makes a terminal do anything but break lines', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text).replaceAll('\n', '')).not.toMatch(OBEYED)
      expect(oneLine(text)).not.toMatch(OBEYED)
    })
  )
})
