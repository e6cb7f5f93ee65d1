// The list of distances that a user writes.

import { describe, expect, test } from 'vitest'
import { DEFAULT_NEAR, parseNear } from 'exhibit-hash'

const refusal = (name: string) =>
  expect.objectContaining({ code: 'USAGE', path: name, message: expect.stringContaining(name) as string })

describe('a list of distances', () => {
  test('is PDQ at 31 and PhotoDNA at 40,000 by default', () => {
    expect(DEFAULT_NEAR).toEqual({ pdq: 31, photoDna: 40_000 })
  })

  test.each([
    ['none', {}],
    [' none ', {}],
    ['pdq', { pdq: 31 }],
    ['phash', { phash: 6 }],
    ['blockhash', { blockhash: 20 }],
    ['pdq=0', { pdq: 0 }],
    ['pdq=64', { pdq: 64 }],
    ['pdq=20, phash=10,dhash,dhashVertical=1', { pdq: 20, phash: 10, dhash: 6, dhashVertical: 1 }]
  ])("'%s' is read", (list, expected) => {
    expect(parseNear(list)).toEqual(expected)
  })

  test.each([
    ['pdq=65', 'pdq'],
    ['phash=11', 'phash'],
    ['phash=6.5', 'phash'],
    ['phash=-1', 'phash'],
    ['phash=six', 'phash'],
    ['md5', 'md5'],
    ['pdq,nonsense=3', 'nonsense'],
    ['pdq,none', 'none'],
    ['toString', 'toString'],
    ['__proto__=3', '__proto__']
  ])("'%s' is refused, naming %s", (list, culprit) => {
    expect(() => parseNear(list)).toThrow(refusal(culprit))
  })

  test('that is empty is refused', () => {
    expect(() => parseNear('')).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  // BUG src/match/policy.ts: Number('') is 0 and Number('0x6') is 6, and what follows a second '=' is dropped.
  test.each(['pdq=', 'phash=0x6', 'pdq=31=5', 'phash=1e1', 'pdq=,phash'])("'%s' is refused", (list) => {
    expect(() => parseNear(list)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
