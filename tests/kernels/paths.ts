// Every path that kernels can take on this machine, and loud skips for those that are missing.

import { readFileSync } from 'node:fs'
import { expect, test, type TestContext } from 'vitest'
import { nativeAddon } from '../../src/kernels/addon.js'
import { nativeKernels, portableKernels, wasmKernels, type Kernels, type NativeIsa } from '../../src/kernels/index.js'
import { whyNoWasm } from '../../src/kernels/wasm-module.js'

/** The arms that a build for this processor has. */
export const BUILT_ISAS: readonly NativeIsa[] =
  process.arch === 'arm64' ? ['scalar', 'neon'] : ['scalar', 'avx2', 'avx512']

export interface KernelPath {
  readonly name: string
  /** `null` where this machine or this run lacks it. */
  readonly kernels: Kernels | null
  readonly why: string
}

const { addon, reason } = nativeAddon()

const LACKING = 'this processor lacks the instruction set'

/** Without an addon its arms are one missing path, not several. */
const nativePaths: readonly KernelPath[] =
  addon === null
    ? [{ name: 'native', kernels: null, why: reason }]
    : BUILT_ISAS.map((isa) => ({ name: `native ${isa}`, kernels: nativeKernels(isa), why: LACKING }))

export const NATIVE_PATH = nativePaths[0]

export const KERNEL_PATHS: readonly KernelPath[] = [
  { name: 'portable', kernels: portableKernels(), why: '' },
  { name: 'wasm', kernels: wasmKernels(), why: whyNoWasm() ?? '' },
  ...nativePaths
]

/** What the system says of the processor when an arm may run on it; nothing is known of other systems than Linux. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  avx2: ['avx2'],
  avx512: ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl', 'avx512_vbmi']
}

/** True where it is the processor that lacks an arm, and no build could have it run. */
function isBeyondProcessor(missing: string): boolean {
  const isa = Object.keys(FLAGS).find((name) => missing.split(' ').includes(name))
  if (isa === undefined || process.platform !== 'linux') return false
  const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(/\s+/) ?? [])
  return FLAGS[isa].some((flag) => !flags.has(flag))
}

/** Skips the test with the reason; a run that requires native code fails where this machine could run it. */
export function skipLoudly({ skip }: Pick<TestContext, 'skip'>, missing: string, why: string): never {
  const isRequired = process.env['EXHIBIT_HASH_REQUIRE_NATIVE'] === '1' && !isBeyondProcessor(missing)
  expect(isRequired, `EXHIBIT_HASH_REQUIRE_NATIVE=1, but ${missing} is missing: ${why}`).toBe(false)
  return skip(`${missing} is missing: ${why}`)
}

export function requirePath(path: KernelPath, context: Pick<TestContext, 'skip'>): Kernels {
  return path.kernels ?? skipLoudly(context, path.name, path.why)
}

/** One test a path. */
export function testEachPath(name: string, run: (kernels: Kernels) => void | Promise<void>): void {
  for (const path of KERNEL_PATHS) {
    test(`${path.name}: ${name}`, async (context) => {
      await run(requirePath(path, context))
    })
  }
}
