// Importing the package costs little: no decoder, no addon and no thread pool are loaded before they are used.

import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../support/temp.js'
import { zip } from '../support/zip-builder.js'

const ROOT = resolve(import.meta.dirname, '..', '..')

/** Tells on standard output every module that is resolved or loaded, ES module, CommonJS or addon. */
const OBSERVER = `
  import Module, { register } from 'node:module'
  import { writeSync } from 'node:fs'
  const tell = (what) => writeSync(1, what + '\\n')
  const hooks = \`
    import { writeSync } from 'node:fs'
    export async function load(url, context, next) {
      writeSync(1, url + '\\\\n')
      return next(url, context)
    }\`
  register('data:text/javascript,' + encodeURIComponent(hooks))
  const load = Module._load
  Module._load = (request, ...rest) => (tell(request), load(request, ...rest))
  const dlopen = process.dlopen
  process.dlopen = (module, file, ...rest) => (tell('addon ' + file), dlopen(module, file, ...rest))
`

/** What a program that runs in the package's folder loads. */
async function loadedBy(program: string, type: 'module' | 'commonjs'): Promise<string> {
  const observer = join(tempFolder(), 'observer.mjs')
  writeFileSync(observer, OBSERVER)
  const args = ['--import', pathToFileURL(observer).href, `--input-type=${type}`, '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT })
  return stdout
}

const HEAVY = { sharp: /sharp/, piscina: /piscina/, addon: /addon .*\.node/ }
const heavyIn = (loaded: string): string[] =>
  Object.entries(HEAVY).flatMap(([name, pattern]) =>
    pattern.test(loaded.replaceAll('sharp-decoder', '')) ? [name] : []
  )

const PIXELS = `{ data: new Uint8Array(64 * 64 * 3), width: 64, height: 64, channels: 3 }`

describe('importing the package', () => {
  test.each<['module' | 'commonjs', string]>([
    ['module', `import { scan } from 'exhibit-hash'; if (typeof scan !== 'function') throw scan`],
    ['commonjs', `const { scan } = require('exhibit-hash'); if (typeof scan !== 'function') throw scan`]
  ])('as %s loads neither sharp, nor piscina, nor the addon', async (type, program) => {
    const loaded = await loadedBy(program, type)
    expect(loaded).toMatch(/exhibit-hash|dist\/index\.js/)
    expect(heavyIn(loaded)).toEqual([])
  })

  test('and hashing pixels loads the addon, if it is wanted, and no decoder', async () => {
    const program = `import { kernelFacts, pdq } from 'exhibit-hash'; pdq(${PIXELS}); console.log(kernelFacts().path)`
    const loaded = await loadedBy(program, 'module')
    const isNative = loaded.trimEnd().endsWith('native')
    expect(heavyIn(loaded)).toEqual(isNative ? ['addon'] : [])
  })

  test('and hashing a file loads sharp: so the observer sees what is loaded', async () => {
    const program = `import { hashFile } from 'exhibit-hash'; await hashFile('fixtures/conformance/images/scene-01-64x64.png')`
    expect(heavyIn(await loadedBy(program, 'module'))).toContain('sharp')
  })

  test('and scanning an archive loads what reads archives in the child, and not here', async () => {
    const path = join(tempFolder(), 'a.zip')
    writeFileSync(path, zip([{ name: 'x', bytes: Buffer.from('x') }]))
    const program = (isolation: string) => `import { scan } from 'exhibit-hash'
      let count = 0
      for await (const { error } of scan([${JSON.stringify(path)}], { isolation: '${isolation}' })) if (error === null) count++
      if (count !== 2) throw count`
    expect(await loadedBy(program('process'), 'module')).not.toMatch(/yauzl|sharp\/lib/)
    expect(await loadedBy(program('none'), 'module')).toMatch(/yauzl/)
  })
})
