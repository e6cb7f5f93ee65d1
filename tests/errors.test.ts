// The error table and its page are one.

import { expect, test } from 'vitest'
import { ERROR_CODES } from 'exhibit-hash'

test('ERRORS.md lists every code with its meaning and advice', async () => {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { meaning, advice }]) => `| \`${code}\` | ${meaning} | ${advice} |`
  )
  const page = [
    '# Error codes',
    '',
    'The `code` of an `ExhibitHashError`, and of the `error` of a record. Made from `src/core/errors.ts`.',
    '',
    '| code | what it means | what to do |',
    '|---|---|---|',
    ...rows,
    ''
  ].join('\n')
  await expect(page).toMatchFileSnapshot('../ERRORS.md')
})
