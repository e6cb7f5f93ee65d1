// The border holds: no raster that does not fit its sizes reaches a kernel, in TypeScript or in C++.

import { describe, expect, test } from 'vitest'
import { nativeAddon, type NativeAddon } from '../../src/kernels/addon.js'
import { NATIVE_PATH, requirePath, testEachPath } from './paths.js'

type Sizes = readonly [width: unknown, height: unknown, channels: unknown]

function detached(bytes: number): Uint8Array {
  const data = new Uint8Array(bytes)
  structuredClone(data.buffer, { transfer: [data.buffer] })
  return data
}

/** A Uint8Array that lies about its length: TypeScript believes it, C++ must not. */
function lying(bytes: number, claimed: number): Uint8Array {
  const data = new Uint8Array(bytes)
  Object.defineProperty(data, 'length', { value: claimed })
  return data
}

const BAD: Readonly<Record<string, readonly [data: unknown, ...sizes: Sizes]>> = {
  'too few bytes': [new Uint8Array(299), 10, 10, 3],
  'too many bytes': [new Uint8Array(301), 10, 10, 3],
  'no bytes': [new Uint8Array(0), 10, 10, 3],
  'a detached buffer': [detached(300), 10, 10, 3],
  'no data': [undefined, 10, 10, 3],
  'a plain array': [new Array(300).fill(0), 10, 10, 3],
  'wider samples': [new Uint16Array(300), 10, 10, 3],
  'clamped samples': [new Uint8ClampedArray(300), 10, 10, 3],
  'a width of zero': [new Uint8Array(0), 0, 10, 3],
  'a negative width': [new Uint8Array(300), -10, -10, 3],
  'a width of NaN': [new Uint8Array(300), NaN, 10, 3],
  'a fraction of a pixel': [new Uint8Array(300), 12.5, 8, 3],
  'an endless width': [new Uint8Array(300), Infinity, 10, 3],
  'sizes whose product overflows 32 bits': [new Uint8Array(0), 65536, 65536, 1],
  'sizes whose product overflows 64 bits': [new Uint8Array(0), 2 ** 33, 2 ** 31, 1],
  'the largest whole number': [new Uint8Array(300), Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 3],
  'sizes as text': [new Uint8Array(300), '10', '10', 3],
  'two channels': [new Uint8Array(200), 10, 10, 2],
  'four channels': [new Uint8Array(400), 10, 10, 4],
  'no sizes': [new Uint8Array(300), undefined, undefined, undefined]
}

describe('kernels refuse what does not fit', () => {
  testEachPath('with RASTER_INVALID', (kernels) => {
    for (const [what, args] of Object.entries(BAD)) {
      for (const name of ['pdq', 'pdqDihedral'] as const) {
        const call = () => (kernels[name] as (...args: readonly unknown[]) => unknown)(...args)
        expect(call, what).toThrow(expect.objectContaining({ name: 'ExhibitHashError', code: 'RASTER_INVALID' }))
      }
    }
  })
})

describe('the addon itself refuses', () => {
  function withAddon(name: string, run: (addon: NativeAddon) => void): void {
    test(name, (context) => {
      requirePath(NATIVE_PATH, context)
      run(nativeAddon().addon as NativeAddon)
    })
  }

  const refused = (code: string) => expect.objectContaining({ code })

  withAddon('everything that TypeScript refuses', (addon) => {
    for (const [what, args] of Object.entries(BAD)) {
      for (const name of ['pdq', 'pdqDihedral'] as const) {
        const out = new Uint8Array(name === 'pdq' ? 32 : 256)
        const call = () => (addon[name] as (...args: readonly unknown[]) => unknown)('scalar', ...args, out)
        expect(call, what).toThrow(refused('RASTER_INVALID'))
      }
    }
  })

  withAddon('an array that lies about its length', (addon) => {
    expect(() => addon.pdq('scalar', lying(10, 300), 10, 10, 3, new Uint8Array(32))).toThrow(refused('RASTER_INVALID'))
  })

  withAddon('a place for the hash that is not of its size', (addon) => {
    const data = new Uint8Array(300)
    for (const out of [new Uint8Array(31), new Uint8Array(33), detached(32), undefined, null, 'out']) {
      expect(() => addon.pdq('scalar', data, 10, 10, 3, out as Uint8Array)).toThrow(refused('RASTER_INVALID'))
    }
    expect(() => addon.pdqDihedral('scalar', data, 10, 10, 3, new Uint8Array(32))).toThrow(refused('RASTER_INVALID'))
  })

  withAddon('an instruction set that is not there', (addon) => {
    for (const isa of ['', 'sse9', 'SCALAR', 3, undefined]) {
      const call = () => addon.pdq(isa as string, new Uint8Array(300), 10, 10, 3, new Uint8Array(32))
      expect(call).toThrow(refused('ISA_UNAVAILABLE'))
    }
  })

  withAddon('a resizable buffer that has shrunk', (addon) => {
    // In Node 20, and not yet in the types of ES2023.
    const Resizable = ArrayBuffer as unknown as new (
      bytes: number,
      options: { maxByteLength: number }
    ) => ArrayBuffer & { resize(bytes: number): void }
    const buffer = new Resizable(300, { maxByteLength: 300 })
    const data = new Uint8Array(buffer, 0, 300)
    buffer.resize(100)
    expect(() => addon.pdq('scalar', data, 10, 10, 3, new Uint8Array(32))).toThrow(refused('RASTER_INVALID'))
  })

  withAddon('nothing of shared memory, and reads it like any other', (addon) => {
    const plain = new Uint8Array(300).map((_, i) => i * 7)
    const shared = new Uint8Array(new SharedArrayBuffer(300))
    shared.set(plain)
    const [fromPlain, fromShared] = [new Uint8Array(32), new Uint8Array(32)]
    addon.pdq('scalar', plain, 10, 10, 3, fromPlain)
    addon.pdq('scalar', shared, 10, 10, 3, fromShared)
    expect(fromShared).toEqual(fromPlain)
  })
})
