// Forcing a path, and proof that it ran: a child process for each setting of the variables, on the built package.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test, type TestContext } from 'vitest'
import type { KernelFacts, NativeIsa } from '../../src/kernels/index.js'
import { whyNoWasm } from '../../src/kernels/wasm-module.js'
import { BUILT_ISAS, skipLoudly } from './paths.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

type Answer = Partial<KernelFacts> & {
  readonly code?: string
  readonly message?: string
  readonly hash?: string
  readonly addonsBefore?: number
}

/** What the kernels of a package say of themselves under these variables, and the hash of a fixed raster. */
function ask(variables: Record<string, string>, root = ROOT, flags: readonly string[] = []): Answer {
  const library = pathToFileURL(path.join(root, 'dist/index.js')).href
  const script = `
    const { pdq, kernelFacts } = await import(${JSON.stringify(library)})
    const addonsBefore = process.report.getReport().sharedObjects.filter((file) => file.includes('exhibit_hash')).length
    try {
      const data = new Uint8Array(200 * 150 * 3).map((_, i) => (i * i) >> 5)
      const hash = pdq({ data, width: 200, height: 150, channels: 3 }).hex
      console.log(JSON.stringify({ ...kernelFacts(), hash, addonsBefore }))
    } catch ({ code, message }) {
      console.log(JSON.stringify({ code, message }))
    }`
  const env = { ...process.env, EXHIBIT_HASH_NATIVE: '', EXHIBIT_HASH_ISA: '', ...variables }
  const args = [...flags, '--input-type=module', '-e', script]
  const output = execFileSync(process.execPath, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return JSON.parse(output) as Answer
}

const portableHash = ask({ EXHIBIT_HASH_ISA: 'portable' }).hash
const unforced = ask({})

/** What this machine has, whatever path the test run itself is on. */
function requireIsa(context: TestContext, isa: NativeIsa): void {
  if (unforced.available?.includes(isa)) return
  skipLoudly(context, `native ${isa}`, unforced.reason ?? 'this processor lacks the instruction set')
}

function requireWasm(context: TestContext): void {
  const why = whyNoWasm()
  if (why !== null) skipLoudly(context, 'wasm', why)
}

describe('EXHIBIT_HASH_ISA', () => {
  for (const isa of BUILT_ISAS) {
    test(`forces ${isa}, and that is what runs`, (context) => {
      requireIsa(context, isa)
      const answer = ask({ EXHIBIT_HASH_ISA: isa })
      expect(answer).toMatchObject({ path: 'native', isa, reason: null, hash: portableHash })
    })
  }

  for (const variables of [{}, { EXHIBIT_HASH_NATIVE: '0' }]) {
    const why = 'EXHIBIT_HASH_NATIVE' in variables ? 'EXHIBIT_HASH_NATIVE=0' : 'EXHIBIT_HASH_ISA='

    test(`forces wasm, and that is what runs (${why})`, (context) => {
      requireWasm(context)
      const answer = ask({ ...variables, EXHIBIT_HASH_ISA: 'wasm' })
      expect(answer).toMatchObject({ path: 'portable', isa: 'wasm', hash: portableHash })
      if (unforced.path === 'native') expect(answer.reason).toContain(why)
    })

    test(`forces TypeScript, and that is what runs (${why})`, () => {
      const answer = ask({ ...variables, EXHIBIT_HASH_ISA: 'portable' })
      expect(answer).toMatchObject({ path: 'portable', isa: 'portable', hash: portableHash })
      if (unforced.path === 'native') expect(answer.reason).toContain(why)
    })
  }

  test('unset gives the best arm, and importing alone loads nothing', (context) => {
    requireIsa(context, 'scalar')
    const best = BUILT_ISAS.findLast((isa) => unforced.available?.includes(isa))
    expect(unforced).toMatchObject({
      path: 'native',
      isa: best,

      addonsBefore: 0,
      hash: portableHash
    })
  })

  test('is an error that names what is available where it is unknown', (context) => {
    requireIsa(context, 'scalar')
    const { code, message } = ask({ EXHIBIT_HASH_ISA: 'mmx' })
    expect(code).toBe('ISA_UNAVAILABLE')
    expect(message).toMatch(/mmx.*scalar/)
  })

  test('is an error that names what is available where this machine lacks it', (context) => {
    requireIsa(context, 'scalar')
    const { code, message } = ask({ EXHIBIT_HASH_ISA: process.arch === 'arm64' ? 'avx2' : 'neon' })
    expect(code).toBe('ISA_UNAVAILABLE')
    expect(message).toContain('scalar')
  })
})

describe('EXHIBIT_HASH_NATIVE=0', () => {
  test('uses the portable code in WebAssembly and says why', (context) => {
    requireWasm(context)
    const answer = ask({ EXHIBIT_HASH_NATIVE: '0' })
    expect(answer).toMatchObject({ path: 'portable', isa: 'wasm', available: [], hash: portableHash })
    expect(answer.reason).toContain('EXHIBIT_HASH_NATIVE=0')
  })

  test('wins over a forced instruction set', () => {
    expect(ask({ EXHIBIT_HASH_NATIVE: '0', EXHIBIT_HASH_ISA: 'avx2' })).toMatchObject({ path: 'portable' })
  })
})

describe('where WebAssembly', () => {
  test('is missing, PDQ runs in TypeScript and doctor can say why', () => {
    const answer = ask({ EXHIBIT_HASH_NATIVE: '0' }, ROOT, ['--jitless'])
    expect(answer).toMatchObject({ path: 'portable', isa: 'portable', hash: portableHash })
    expect(answer.reason).toMatch(/EXHIBIT_HASH_NATIVE=0.*without WebAssembly/)
  })

  test('is missing and asked for, that is an error that names what is available', () => {
    const { code, message } = ask({ EXHIBIT_HASH_NATIVE: '0', EXHIBIT_HASH_ISA: 'wasm' }, ROOT, ['--jitless'])
    expect(code).toBe('ISA_UNAVAILABLE')
    expect(message).toMatch(/without WebAssembly; available: portable$/)
  })

  test('is given too little memory for a raster, that raster is hashed in TypeScript', (context) => {
    requireWasm(context)
    const answer = ask({ EXHIBIT_HASH_ISA: 'wasm' }, ROOT, ['--wasm-max-mem-pages=1'])
    expect(answer).toMatchObject({ isa: 'wasm', hash: portableHash })
  })

  test('is given no memory at all, everything is', () => {
    const answer = ask({ EXHIBIT_HASH_NATIVE: '0' }, ROOT, ['--wasm-max-mem-pages=0'])
    expect(answer).toMatchObject({ path: 'portable', isa: 'portable', hash: portableHash })
  })
})

describe('a package without an addon', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'exhibit-hash-no-addon-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  for (const part of ['dist', 'package.json'])
    cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true })
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))

  test('falls back to the portable code and keeps the reason', () => {
    const answer = ask({}, folder)
    expect(answer).toMatchObject({ path: 'portable', available: [], hash: portableHash })
    expect(answer.reason).toMatch(/No native build was found/)
  })

  test('refuses a forced instruction set', () => {
    const { code, message } = ask({ EXHIBIT_HASH_ISA: 'scalar' }, folder)
    expect(code).toBe('NATIVE_UNAVAILABLE')
    expect(message).toContain('No native build was found')
  })
})
