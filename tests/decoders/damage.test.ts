// Damaged and cut files of every format: a result or a coded error in time, and the decoder works on.

import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mutated } from '../support/bad-files.js'
import { packRows, writeBmp } from './bmp-writer.js'
import { picture } from './pictures.js'

const LIMIT_MS = 15_000
const MUTATIONS = 40
const CUTS = 12

const bmp = (bits: number) => {
  const values = Array.from({ length: 20 }, (_, y) => Array.from({ length: 30 }, (__, x) => (x * 7 + y) % 2 ** bits))
  const palette = Array.from({ length: bits > 8 ? 0 : 2 ** bits }, (_, i) => [i, 255 - i, i] as const)
  return writeBmp({ width: 30, height: 20, bits, palette, data: packRows(values, bits) })
}
const RLE = Buffer.from([6, 3, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0, 2, 2, 1, 9, 7, 0, 1])
const rle = writeBmp({ width: 11, height: 5, bits: 8, compression: 1, palette: [[1, 2, 3]], data: RLE })

const SAMPLES: Readonly<Record<string, Buffer>> = {
  'bmp of 4 bits': bmp(4),
  'bmp of 24 bits': bmp(24),
  'bmp of runs': rle,
  heic: picture('lossless.heic'),
  'heic with alpha': picture('alpha.heic'),
  jxl: picture('container.jxl'),
  jp2: picture('lossless.jp2'),
  psd: picture('rgb.psd'),
  psb: picture('rgb.psb'),
  'cmyk tiff': picture('cmyk.tif')
}

interface Answer {
  readonly code: string | null
  readonly message?: string
  readonly partial?: boolean
}

let child: ChildProcess

beforeAll(() => {
  child = fork(join(import.meta.dirname, 'decode-child.mjs'), [], { serialization: 'advanced', execArgv: [] })
})
afterAll(() => child.kill('SIGKILL'))

async function decoded(bytes: Buffer): Promise<Answer> {
  child.send(new Uint8Array(bytes))
  const answer = once(child, 'message', { signal: AbortSignal.timeout(LIMIT_MS) })
  const [message] = (await answer) as [Answer]
  return message
}

/** A changed signature makes another file of it: that is an answer too. */
const CODES = ['DECODE_FAILED', 'PIXEL_LIMIT', 'FORMAT_UNSUPPORTED', 'NOT_AN_IMAGE', null]

describe.each(Object.entries(SAMPLES))('%s', (name, bytes) => {
  const seed = Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)

  test('that is sound is decoded', async () => {
    expect(await decoded(bytes)).toEqual({ code: null, partial: false })
  })

  test(`that is damaged gives a result or a code (seeds from ${seed})`, { timeout: 120_000 }, async () => {
    for (let i = 0; i < MUTATIONS; i++) {
      const { code, message } = await decoded(mutated(bytes, seed + i))
      expect(CODES, `seed ${seed + i}: ${message}`).toContain(code)
    }
  })

  test('that is cut is partial or has a code', { timeout: 60_000 }, async () => {
    for (let i = 1; i <= CUTS; i++) {
      const length = Math.floor((bytes.length * i) / (CUTS + 1))
      const { code, partial, message } = await decoded(bytes.subarray(0, length))
      expect(CODES, `${length} bytes: ${message}`).toContain(code)
      if (code === null) expect(partial, `${length} bytes`).toBe(true)
    }
  })

  test('is decoded as before after all that', async () => {
    expect(await decoded(bytes)).toEqual({ code: null, partial: false })
  })
})
