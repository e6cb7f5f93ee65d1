// The package as others meet it: both entries, their types, the command, and no script that runs at installation.

import { execFileSync } from 'node:child_process'
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** A folder of somebody who has installed the package. */
let consumer: string

beforeAll(() => {
  consumer = mkdtempSync(join(tmpdir(), 'exhibit-hash-consumer-'))
  mkdirSync(join(consumer, 'node_modules'))
  symlinkSync(ROOT, join(consumer, 'node_modules', 'exhibit-hash'))
  symlinkSync(join(ROOT, 'node_modules', '@types'), join(consumer, 'node_modules', '@types'))
})

afterAll(() => rmSync(consumer, { recursive: true, force: true }))

/** What a program of the consumer prints. */
function run(file: string, text: string): string {
  writeFileSync(join(consumer, file), text)
  return execFileSync(process.execPath, [file], { cwd: consumer, encoding: 'utf8' })
}

const HASHES_PIXELS = `
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7) & 255)
  console.log(JSON.stringify([Object.keys(api).sort(), api.pdq({ data, width: 64, height: 64, channels: 3 }).hex]))`

describe('the package', () => {
  test('import and require give the same functions with the same results', () => {
    const imported = run('imports.mjs', `import * as api from 'exhibit-hash'\n${HASHES_PIXELS}`)
    const required = run('requires.cjs', `const api = require('exhibit-hash')\n${HASHES_PIXELS}`)
    expect(required).toBe(imported)
    expect(JSON.parse(imported)[0]).toContain('scan')
  })

  test('a scan started from CommonJS finds its workers', () => {
    const text = `const { scan } = require('exhibit-hash')
      ;(async () => { for await (const record of scan([__filename], {})) console.log(record.path ?? '') })()`
    expect(run('scans.cjs', text)).toContain('scans.cjs')
  })

  test.each(['node16', 'bundler'])(
    'TypeScript finds the types of both entries (%s)',
    (resolution) => {
      const text = `import { pdq, scan, type Raster } from 'exhibit-hash'
      export const hash = (raster: Raster): string => pdq(raster).hex
      export const wrong: number = scan`
      const files = resolution === 'bundler' ? ['types.mts'] : ['types.mts', 'types.cts']
      for (const file of files) writeFileSync(join(consumer, file), text)
      const module = resolution === 'bundler' ? 'preserve' : 'node16'
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
      const options = [
        '--noEmit',
        '--strict',
        '--target',
        'es2023',
        '--module',
        module,
        '--moduleResolution',
        resolution
      ]
      // One run checks our declaration files too; the second need not.
      const skip = resolution === 'bundler' ? ['--skipLibCheck'] : []
      const complaints = complaintsOf([tsc, ...options, '--types', 'node', ...skip, ...files])
      // Just the planted mistake: so the types are there, and are not `any`.
      expect(complaints.map((line) => /^types\.[mc]ts\(3,\d+\): error TS2322/.test(line))).toEqual(
        files.map(() => true)
      )
    },
    60_000
  )

  test('publint finds no error and no warning', async () => {
    const { messages } = await publint({ pkgDir: ROOT, pack: false, strict: true, level: 'warning' })
    expect(messages).toEqual([])
  })

  test('the command can be started as a program', () => {
    const command = join(ROOT, manifest.bin['exhibit-hash'])
    accessSync(command, constants.X_OK)
    expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(execFileSync(command, ['--version'], { encoding: 'utf8' }).trim()).toBe(manifest.version)
  })

  test('nothing runs where the published package is installed', () => {
    for (const script of ['preinstall', 'install', 'postinstall']) expect(manifest.scripts).not.toHaveProperty(script)
    // npm runs node-gyp by itself where this file is at the top.
    expect(() => accessSync(join(ROOT, 'binding.gyp'))).toThrow('ENOENT')
  })
})

/** Error lines of a compiler run, without their details. */
function complaintsOf(arguments_: readonly string[]): string[] {
  try {
    execFileSync(process.execPath, arguments_, { cwd: consumer, encoding: 'utf8' })
    return []
  } catch (error) {
    const lines = String((error as { stdout: unknown }).stdout).split('\n')
    return lines.filter((line) => /^\S.*error TS/.test(line))
  }
}
