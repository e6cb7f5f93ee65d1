// The border holds: nothing but bytes that are there reaches an arm, and what is wrong is said with a code.

import { describe, expect, test, type TestContext } from 'vitest'
import { bytesToHex } from '../../src/core/hex.js'
import { nativeAddon, type NativeAddon } from '../../src/kernels/addon.js'
import { nativeKernels, portableKernels } from '../../src/kernels/index.js'
import { skipLoudly } from '../kernels/paths.js'
import { batchHex, DIGEST_PATHS, expected, noise, testEachPath } from './arms.js'

const refused = (code: string) => expect.objectContaining({ code })

const NOT_BYTES: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  text: 'abc',
  'a number': 3,
  'a plain array': [1, 2, 3],
  'an object': { length: 3, byteLength: 3 },
  'an ArrayBuffer': new ArrayBuffer(3),
  'wider samples': new Uint16Array(3),
  'clamped samples': new Uint8ClampedArray(3),
  'a DataView': new DataView(new ArrayBuffer(3))
}

function detach(bytes: Uint8Array): void {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] })
}

function withAddon(name: string, run: (addon: NativeAddon) => void): void {
  test(name, (context: TestContext) => {
    const { addon, reason } = nativeAddon()
    run(addon ?? skipLoudly(context, 'native', reason))
  })
}

describe('USAGE', () => {
  testEachPath('for what is not bytes', ({ digestBatch, digestStream }) => {
    for (const [what, value] of Object.entries(NOT_BYTES)) {
      const bytes = value as Uint8Array
      expect(() => digestBatch([noise(3, 1), bytes]), what).toThrow(refused('USAGE'))
      expect(() => digestStream().update(bytes), what).toThrow(refused('USAGE'))
    }
  })

  testEachPath('for what is not an array', ({ digestBatch }) => {
    for (const files of [undefined, null, 'files', 3, {}, { length: 1, 0: noise(3, 1) }, noise(3, 1)]) {
      expect(() => digestBatch(files as unknown as Uint8Array[])).toThrow(refused('USAGE'))
    }
  })

  testEachPath('for an array with holes', ({ digestBatch }) => {
    expect(() => digestBatch(new Array<Uint8Array>(3))).toThrow(refused('USAGE'))
  })

  testEachPath('for a stream that has ended', ({ digestStream }) => {
    const stream = digestStream()
    stream.update(noise(100, 1))
    stream.finish()
    expect(() => stream.update(noise(1, 1))).toThrow(refused('USAGE'))
    expect(() => stream.finish()).toThrow(refused('USAGE'))
  })

  test('is of the one error class, whatever the path', (context) => {
    const native = nativeKernels()
    if (native === null) skipLoudly(context, 'native', nativeAddon().reason ?? '')
    for (const kernels of [portableKernels(), native]) {
      const ofClass = expect.objectContaining({ name: 'ExhibitHashError', code: 'USAGE' })
      expect(() => kernels.digestBatch(['abc' as unknown as Uint8Array])).toThrow(ofClass)
      expect(() => kernels.digestBatch('abc' as unknown as Uint8Array[])).toThrow(ofClass)
      expect(() => kernels.digestStream().update('abc' as unknown as Uint8Array)).toThrow(ofClass)
    }
  })

  withAddon('for a batch without end', (addon) => {
    expect(() => addon.digestBatch('scalar', new Array<Uint8Array>(2 ** 32 - 1))).toThrow(refused('USAGE'))
  })

  withAddon('for a method on an object that is something else', (addon) => {
    const { update, finish } = addon.DigestStream.prototype as unknown as Record<'update' | 'finish', () => void>
    const lookalike = Object.create(addon.DigestStream.prototype) as object
    for (const other of [{}, lookalike, undefined, noise(3, 1), addon.DigestStream]) {
      expect(() => Reflect.apply(update, other, [noise(3, 1)])).toThrow(Error)
      expect(() => Reflect.apply(finish, other, [])).toThrow(Error)
    }
  })
})

describe('ISA_UNAVAILABLE', () => {
  withAddon('for an instruction set that is not there', (addon) => {
    for (const isa of ['', 'sse9', 'SCALAR', 3, undefined] as string[]) {
      expect(() => addon.digestBatch(isa, [])).toThrow(refused('ISA_UNAVAILABLE'))
      expect(() => addon.digestArm(isa)).toThrow(refused('ISA_UNAVAILABLE'))
      expect(() => new addon.DigestStream(isa)).toThrow(refused('ISA_UNAVAILABLE'))
    }
  })
})

describe('buffers that change', () => {
  testEachPath('a detached one has no bytes', ({ digestBatch, digestStream }) => {
    const gone = noise(300, 1)
    detach(gone)
    expect(batchHex({ digestBatch, digestStream }, [noise(70, 2), gone])[1]).toBe(expected(new Uint8Array(0)))
    const stream = digestStream()
    stream.update(gone)
    expect(bytesToHex(stream.finish())).toBe(expected(new Uint8Array(0)))
  })

  testEachPath('a shared one is read like any other', (path) => {
    const shared = new Uint8Array(new SharedArrayBuffer(1000))
    shared.set(noise(1000, 3))
    expect(batchHex(path, [shared])).toEqual([expected(noise(1000, 3))])
  })

  testEachPath('one whose array lies about its length is as long as it is', (path) => {
    const lying = noise(10, 1)
    Object.defineProperty(lying, 'length', { value: 10_000_000 })
    Object.defineProperty(lying, 'byteLength', { value: 10_000_000 })
    expect(batchHex(path, [lying])).toEqual([expected(noise(10, 1))])
  })

  withAddon('one that has shrunk has no bytes outside it', (addon) => {
    // In Node 20, and not yet in the types of ES2023.
    const Resizable = ArrayBuffer as unknown as new (
      bytes: number,
      options: { maxByteLength: number }
    ) => ArrayBuffer & { resize(bytes: number): void }
    const buffer = new Resizable(8192, { maxByteLength: 8192 })
    const fixed = new Uint8Array(buffer, 0, 8192)
    const tracking = new Uint8Array(buffer)
    buffer.resize(100)
    const answers = [fixed, tracking].map((file) => bytesToHex(addon.digestBatch('scalar', [file])))
    expect(answers).toEqual([expected(new Uint8Array(0)), expected(new Uint8Array(100))])
  })

  for (const { name, path, why } of DIGEST_PATHS) {
    test(`${name}: one detached by the array that holds the next`, (context) => {
      const { digestBatch } = path ?? skipLoudly(context, name, why)
      const victim = noise(1_000_000, 1)
      const files = [victim, victim]
      Object.defineProperty(files, 1, {
        get() {
          if (victim.length > 0) detach(victim)
          return noise(100, 2)
        }
      })
      expect(digestBatch(files)).toHaveLength(2 * 68)
    })
  }
})
