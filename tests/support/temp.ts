// A folder of its own for each test or each file of tests, gone afterwards.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

/** A new empty folder, removed when the test that asked for it ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A new empty folder for all tests of a file, removed after the last. */
export function suiteFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
