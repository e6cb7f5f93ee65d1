// The gates of the code's structure can fail: every rule of the linters is seen to catch a planted fault.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ESLint } from 'eslint'
import { afterEach, describe, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

interface CruiseConfig {
  readonly forbidden: readonly { readonly name: string; readonly comment: string; readonly severity: string }[]
}
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as CruiseConfig
const ruleNames = config.forbidden.map((rule) => rule.name)

/** A fault for every rule: file, and what it contains. A room's own rule is broken by an import of index.ts. */
const FAULTS: Readonly<Record<string, readonly [path: string, text: string]>> = {
  ...Object.fromEntries(
    ruleNames
      .filter((name) => name.endsWith('-imports-only-earlier-rooms'))
      .map((name) => [name, [`src/${name.split('-')[0]}/planted-upward.ts`, "import '../index.js'"]] as const)
  ),
  'every-file-is-in-a-room': ['src/attic/planted.ts', "import '../core/hex.js'"],
  'no-cycles': ['src/core/planted-cycle.ts', "import './planted-recycle.js'"],
  'src-imports-only-what-is-published': ['src/match/planted.ts', "import '../../tests/planted.js'"],
  'no-dev-dependencies-in-src': ['src/digest/planted-dev.ts', "import 'hash-wasm'"],
  'no-unresolvable-imports': ['src/match/planted-missing.ts', "import './no-such-file.js'"],
  'core-does-no-io': ['src/core/planted-io.ts', "import 'node:fs/promises'"],
  'core-has-no-dependencies': ['src/core/planted-package.ts', "import 'blurhash'"],
  'perceptual-does-no-io': ['src/perceptual/planted-io.ts', "import 'node:fs'"],
  'only-kernels-load-the-addon': ['src/perceptual/planted-addon.ts', "import 'node-gyp-build'"],
  'only-decode-uses-sharp': ['src/exhibit/planted-sharp.ts', "export const load = () => import('sharp')"],
  'only-archives-unpack': ['src/exhibit/planted-unpack.ts', "export const load = () => import('yauzl')"],
  'decode-does-not-hash': ['src/decode/planted.ts', "import '../digest/planted-dev.js'"],
  'perceptual-sees-only-rasters': ['src/perceptual/planted-decode.ts', "import '../decode/planted.js'"],
  'sets-hold-no-pictures': ['src/index/planted.ts', "import '../perceptual/planted-io.js'"],
  'exhibit-only-walks': ['src/exhibit/planted-digest.ts', "import '../digest/planted-dev.js'"],
  'children-see-no-sets': ['src/pipeline/child/planted-index.ts', "import '../planted-way-to-index.js'"],
  'children-have-no-network': ['src/pipeline/child/planted-network.ts', "import 'node:https'"]
}

/** Files that the faults above need to be faults. */
const ACCOMPLICES: readonly (readonly [path: string, text: string])[] = [
  ['src/core/planted-recycle.ts', "import './planted-cycle.js'"],
  ['src/pipeline/planted-way-to-index.ts', "import '../index/planted.js'"],
  ['tests/planted.ts', 'export {}']
]

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A copy of what the rules look at, with some files added. */
function copyOfTree(extra: readonly (readonly [path: string, text: string])[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'exhibit-hash-structure-'))
  folders.push(copy)
  for (const name of ['src', 'profiles', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  for (const [path, text] of extra) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    writeFileSync(join(copy, path), `${text}\n`)
  }
  return copy
}

/** What `npm run lint:rooms` finds in a folder, as "rule: file". */
function violations(folder: string): string[] {
  const run = spawnSync(
    process.execPath,
    [CRUISER, 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 }
  )
  expect(run.error).toBeUndefined()
  const report = JSON.parse(run.stdout) as {
    summary: { violations: { from: string; to: string; rule: { name: string } }[] }
  }
  return report.summary.violations.map((each) => `${each.rule.name}: ${each.from}`)
}

describe('import direction between rooms', () => {
  test('the tree keeps every rule', () => {
    expect(violations(copyOfTree([]))).toEqual([])
  })

  test('an import from a later room is caught', () => {
    const copy = copyOfTree([
      ['src/core/planted.ts', "import type { Late } from '../results/planted.js'\nexport type Early = Late"],
      ['src/results/planted.ts', 'export type Late = string']
    ])
    expect(violations(copy)).toContain('core-imports-only-earlier-rooms: src/core/planted.ts')
  })

  test('every rule catches the fault it is there for', () => {
    expect(Object.keys(FAULTS).sort()).toEqual([...ruleNames].sort())
    const index = ['src/index.ts', 'export {}'] as const
    const found = violations(copyOfTree([index, ...ACCOMPLICES, ...Object.values(FAULTS)]))
    for (const [rule, [path]] of Object.entries(FAULTS)) expect(found).toContain(`${rule}: ${path}`)
  })

  test('every rule is an error and says why it is there', () => {
    for (const rule of config.forbidden) {
      expect(rule.severity, rule.name).toBe('error')
      expect(rule.comment.length, rule.name).toBeGreaterThan(30)
    }
  })

  test('every folder of src is a room', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    for (const { name } of folders) expect(ruleNames).toContain(`${name}-imports-only-earlier-rooms`)
  })
})

describe('lint', () => {
  const lines = (count: number) => 'console.log(1)\n'.repeat(count)

  test.each([
    ['@typescript-eslint/no-explicit-any', 'export const loose: any = 1\n'],
    ['@typescript-eslint/no-floating-promises', 'Promise.resolve(1)\n'],
    ['max-lines-per-function', `export function monster(): void {\n${lines(70)}}\n`],
    ['max-lines', lines(301)]
  ])('%s catches its fault', async (rule, text) => {
    const [result] = await new ESLint({ cwd: ROOT }).lintText(text, { filePath: 'src/core/hex.ts' })
    expect(result?.messages.filter((message) => message.severity === 2).map((message) => message.ruleId)).toContain(
      rule
    )
  })
})
