// Names come from suspects: a terminal is shown them with their control characters made visible.

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oneLine, printable } from '../../src/cli/output.js'
import { CLI, runCli } from '../support/cli.js'
import { skipOnWindows } from '../support/processes.js'
import { tempFolder } from '../support/temp.js'

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

test('standard output that is a file on a full disk is WRITE_FAILED, in the middle of a line too', async (context) => {
  skipOnWindows(context)
  const folder = tempFolder()
  const [list, index, out] = ['list.txt', 'set.ehx', 'out.ndjson'].map((name) => join(folder, name))
  writeFileSync(list, Array.from({ length: 500 }, (_, i) => `${i.toString(16).padStart(32, '0')}\n`).join(''))
  expect((await runCli(['set', 'build', index, list])).status).toBe(0)
  const command = `trap '' XFSZ; ulimit -f 10; "$0" "$1" match --set "$2" --from "$3" > "$4"`
  const { status, stderr } = spawnSync('bash', ['-c', command, process.execPath, CLI, index, list, out])
  expect(status).toBe(74)
  expect(String(stderr)).toMatch(/WRITE_FAILED: standard output: /)
  expect(readFileSync(out)).toHaveLength(10 * 1024)
  const whole = spawnSync('bash', ['-c', command.replace('ulimit -f 10;', ''), process.execPath, CLI, index, list, out])
  expect(whole.status).toBe(1)
  expect(readFileSync(out, 'utf8').match(/\n/g)).toHaveLength(500)
})
