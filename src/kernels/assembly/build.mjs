// Compiles the sources here to WebAssembly and writes the bytes into wasm-bytes.ts, which is committed: who
// installs the package needs no compiler, and a bundle needs no file beside it. A test compiles again and compares.

import asc from 'assemblyscript/asc'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = import.meta.dirname
const output = path.join(path.dirname(here), 'wasm-bytes.ts')
const CHARACTERS_A_LINE = 110

// No runtime: the sources use raw memory. SIMD is fixed-width; relaxed SIMD would let machines differ in the last bits.
const OPTIONS = '--optimizeLevel 3 --shrinkLevel 1 --converge --noAssert --runtime stub --enable simd --initialMemory 1'

/** The bytes of the compiled module. */
export async function compile() {
  let bytes
  const { error, stderr } = await asc.main(
    ['module.ts', '--baseDir', here, '--outFile', 'module.wasm', ...OPTIONS.split(' ')],
    { writeFile: (_name, contents) => (bytes = contents) }
  )
  const complaints = stderr.toString()
  if (error !== null || complaints !== '') throw new Error(`asc: ${complaints}`, { cause: error })
  return bytes
}

/** The text of wasm-bytes.ts. */
export function textOf(bytes) {
  const base64 = Buffer.from(bytes).toString('base64')
  const lines = base64.match(new RegExp(`.{1,${CHARACTERS_A_LINE}}`, 'g')).map((line) => `  '${line}'`)
  return [
    '// Written by `npm run build:wasm` from assembly/: the WebAssembly module in base64. Not to be edited.',
    '',
    'export const WASM_BYTES =',
    lines.join(' +\n'),
    ''
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(output, textOf(await compile()))
