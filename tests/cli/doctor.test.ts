// `doctor`: what is active here, on either path of the kernels.

import { describe, expect, test } from 'vitest'
import { runCli } from '../support/cli.js'
import { skipLoudly } from '../kernels/paths.js'

interface Facts {
  readonly version: string
  readonly kernels: {
    readonly path: string
    readonly isa: string
    readonly available: string[]
    readonly reason: string | null
  }
  readonly decoders: readonly { readonly name: string; readonly formats: readonly string[] }[]
  readonly limits: Readonly<Record<string, number>>
}

async function doctor(env: Readonly<Record<string, string>>): Promise<Facts> {
  const result = await runCli(['doctor'], { env: { EXHIBIT_HASH_ISA: '', ...env } })
  expect(result).toMatchObject({ status: 0, stderr: '' })
  return result.records<Facts>()[0]
}

describe('doctor', () => {
  test('tells kernels, decoders, limits and versions as JSON on a pipe', async () => {
    const facts = await doctor({})
    expect(facts.version).toMatch(/^\d+\.\d+\.\d+/)
    expect(facts.decoders.flatMap(({ formats }) => formats)).toEqual(
      expect.arrayContaining(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'])
    )
    for (const limit of Object.values(facts.limits)) expect(limit).toBeGreaterThan(0)
  })

  test('with EXHIBIT_HASH_NATIVE=0 says that portable code runs, and why', async () => {
    const { kernels } = await doctor({ EXHIBIT_HASH_NATIVE: '0' })
    expect(kernels).toMatchObject({
      path: 'portable',
      reason: expect.stringContaining('EXHIBIT_HASH_NATIVE=0') as string
    })
  })

  test('names the instruction set that runs, and runs the one that is forced', async (context) => {
    const { kernels } = await doctor({ EXHIBIT_HASH_NATIVE: '' })
    if (kernels.path !== 'native') return skipLoudly(context, 'native', kernels.reason ?? '')
    expect(kernels.available).toContain(kernels.isa)
    const forced = await doctor({ EXHIBIT_HASH_NATIVE: '', EXHIBIT_HASH_ISA: 'scalar' })
    expect(forced.kernels).toMatchObject({ path: 'native', isa: 'scalar' })
  })

  test('ends with 64 where an instruction set is forced that does not exist', async () => {
    const result = await runCli(['doctor'], { env: { EXHIBIT_HASH_NATIVE: '', EXHIBIT_HASH_ISA: 'nonsense' } })
    expect(result).toMatchObject({ status: 64, stdout: '', stderr: expect.stringContaining('nonsense') as string })
    expect(result.stderr).toContain('ISA_UNAVAILABLE')
  })
})
