// Luma of JPEGs: every path gives the samples of the coefficients, and takes the same files, sound or damaged.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nativeAddon } from '../../src/kernels/addon.js'
import { portableKernels } from '../../src/kernels/index.js'
import { mutated } from '../support/bad-files.js'
import { segment, type JpegPlan } from '../support/jpeg-builder.js'
import {
  built,
  expectNaiveLuma,
  expectSameLuma,
  LARGE_PLANS,
  lumaOf,
  PLANS,
  PROGRESSIVE_PLANS,
  REDUCTIONS
} from './jpeg-cases.js'
import { NATIVE_PATH, requirePath, testEachPath } from './paths.js'

describe('luma of coefficients', () => {
  for (const [name, plan] of Object.entries({ ...PLANS, ...LARGE_PLANS })) {
    testEachPath(name, (kernels) => {
      for (const reduction of REDUCTIONS) expectNaiveLuma(kernels, plan, reduction)
    })
  }

  for (const [name, plan] of Object.entries(PROGRESSIVE_PLANS)) {
    testEachPath(name, (kernels) => {
      expectNaiveLuma(kernels, plan, 8)
      for (const reduction of [1, 4] as const) expect(lumaOf(kernels, built(plan).bytes, reduction)).toBeNull()
    })
  }

  test('any plan, the same on every path', () => {
    const component = fc.record({ h: fc.constant(1), v: fc.constant(1), table: fc.nat(2) })
    const sampling = fc.constantFrom([1, 1], [2, 1], [1, 2], [2, 2], [4, 1])
    const components = fc.oneof(
      fc.constant([{ h: 1, v: 1, table: 0 }]),
      fc.tuple(sampling, component, component).map(([[h, v], b, c]) => [{ h, v, table: 0 }, b, c])
    )
    const side = fc.integer({ min: 1, max: 120 })
    const plan: fc.Arbitrary<JpegPlan> = fc.record({
      width: side,
      height: side,
      components,
      density: fc.constantFrom(0, 0.05, 0.4, 1),
      seed: fc.nat()
    })
    fc.assert(
      fc.property(plan, fc.option(fc.integer({ min: 1, max: 40 })), (any, restartInterval) => {
        const { bytes } = built({ ...any, ...(restartInterval !== null && { restartInterval }) })
        expect(expectSameLuma(bytes, JSON.stringify(any))).toEqual([true, true, true])
      }),
      { numRuns: 40 }
    )
  })
})

const SMALL = { width: 40, height: 24, components: PLANS['4:2:0'].components, restartInterval: 2, seed: 40 }
const small = built(SMALL).bytes
const START = 2

/** Where the n-th segment with this marker begins. */
function at(bytes: Buffer, marker: number, skip = 0): number {
  let found = START
  for (let left = skip; ; left--) {
    found = bytes.indexOf(Buffer.of(0xff, marker), found)
    if (left === 0) return found
    found += 2
  }
}

function edited(edit: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(small)
  edit(copy)
  return copy
}

function cut(from: number, to: number, insert: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([small.subarray(0, from), insert, small.subarray(to)])
}

const afterStart = (insert: Uint8Array): Buffer => cut(START, START, insert)
const SOF = at(small, 0xc0)
const DHT = at(small, 0xc4)
const SOS = at(small, 0xda)
const RST0 = at(small, 0xd0)
const RST1 = at(small, 0xd1)

describe('what is refused on every path', () => {
  const cases: Readonly<Record<string, Buffer>> = {
    nothing: Buffer.alloc(0),
    'no JPEG': Buffer.from('this is not a picture'),
    'a width of 0': edited((bytes) => bytes.writeUInt16BE(0, SOF + 7)),
    'a height of 0': edited((bytes) => bytes.writeUInt16BE(0, SOF + 5)),
    'sides of 65535': edited((bytes) => bytes.writeUInt32BE(0xffffffff, SOF + 5)),
    'a side that is too large for the data': edited((bytes) => bytes.writeUInt16BE(65535, SOF + 7)),
    'a side that is too small for the data': edited((bytes) => bytes.writeUInt16BE(8, SOF + 7)),
    'samples of 12 bits': edited((bytes) => bytes.writeUInt8(12, SOF + 4)),
    'arithmetic coding': edited((bytes) => bytes.writeUInt8(0xc9, SOF + 1)),
    'a lossless frame': edited((bytes) => bytes.writeUInt8(0xc3, SOF + 1)),
    'four components': edited((bytes) => bytes.writeUInt8(4, SOF + 9)),
    'unusual sampling': edited((bytes) => bytes.writeUInt8(0x21, SOF + 14)),
    'a component twice': edited((bytes) => bytes.writeUInt8(1, SOF + 13)),
    'components called RGB': edited((bytes) => {
      for (const [i, name] of Buffer.from('RGB').entries()) {
        bytes.writeUInt8(name, SOF + 10 + 3 * i)
        bytes.writeUInt8(name, SOS + 5 + 2 * i)
      }
    }),
    'two frames': cut(SOF, SOF, small.subarray(SOF, SOF + 19)),
    'no frame': cut(SOF, SOF + 19),
    'no quantisation': cut(START, START + 69),
    'a quantisation table of 16 bits': edited((bytes) => bytes.writeUInt8(0x10, START + 4)),
    'no Huffman tables': cut(DHT, SOS),
    'more codes than their bits allow': edited((bytes) => bytes.writeUInt8(3, DHT + 5)),
    'more symbols than the segment has': edited((bytes) => bytes.writeUInt8(200, DHT + 20)),
    'a fifth table': edited((bytes) => bytes.writeUInt8(4, DHT + 4)),
    'a segment of length 0': afterStart(Buffer.of(0xff, 0xe5, 0, 0)),
    'a segment of length 1': afterStart(Buffer.of(0xff, 0xe5, 0, 1)),
    'a segment beyond the end': afterStart(Buffer.of(0xff, 0xe5, 0xff, 0xff)),
    'bytes between segments': afterStart(Buffer.of(7)),
    'a second start': afterStart(Buffer.of(0xff, 0xd8)),
    'colours that Adobe says are untransformed': afterStart(
      segment(0xee, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 0)
    ),
    'a restart marker too few': cut(RST0, RST0 + 2),
    'a restart marker twice': cut(RST0, RST0, Buffer.of(0xff, 0xd0)),
    'restart markers out of order': edited((bytes) => {
      bytes.writeUInt8(0xd1, RST0 + 1)
      bytes.writeUInt8(0xd0, RST1 + 1)
    }),
    'restart markers that nobody announced': cut(at(small, 0xdd), at(small, 0xdd) + 6),
    'a byte too many before a marker': cut(RST0, RST0, Buffer.of(0x55)),
    'a marker within the data': cut(RST0 - 1, RST0 - 1, Buffer.of(0xff, 0xe0)),
    'part of a scan': edited((bytes) => bytes.writeUInt8(62, SOS + 12)),
    'a scan of a component that is not there': edited((bytes) => bytes.writeUInt8(9, SOS + 5)),
    'another quantisation behind the scan': cut(
      small.length - 2,
      small.length - 2,
      segment(0xdb, 0, ...Array.from({ length: 64 }, () => 200))
    ),
    'another scan behind it': cut(small.length - 2, small.length - 2, small.subarray(SOS, small.length - 2)),
    'no end': small.subarray(0, -2)
  }

  for (const [name, bytes] of Object.entries(cases)) {
    test(name, () => {
      expect(expectSameLuma(bytes, name)).toEqual([false, false, false])
    })
  }

  test('a file cut at any byte', () => {
    for (let size = 0; size < small.length; size++) {
      expect(expectSameLuma(small.subarray(0, size), `cut at ${size}`)).toEqual([false, false, false])
    }
  })

  test('a raster of another size', () => {
    const taken = [119, 120, 121].map((size) =>
      portableKernels().jpegLuma(built({ ...SMALL, width: 96, height: 80 }).bytes, 8, new Uint8Array(size))
    )
    expect(taken).toEqual([false, true, false])
  })
})

describe('what is taken on every path', () => {
  const behind = (...bytes: number[]): Buffer => cut(small.length - 2, small.length - 2, Buffer.from(bytes))
  const cases: Readonly<Record<string, Buffer>> = {
    'bytes behind the end': Buffer.concat([small, Buffer.from('trailing')]),
    'a second picture behind the first': Buffer.concat([small, small]),
    'a picture within a segment': afterStart(segment(0xe1, ...small.subarray(0, 200))),
    'markers with fill before them': cut(SOF, SOF, Buffer.of(0xff, 0xff)),
    'colours that Adobe says are transformed': afterStart(
      segment(0xee, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 1)
    ),
    'another restart interval behind the scan': behind(0xff, 0xdd, 0, 4, 0, 5),
    'no restart interval behind the scan': behind(0xff, 0xdd, 0, 4, 0, 0),
    'a comment': afterStart(segment(0xfe, 1, 2, 3))
  }

  for (const [name, bytes] of Object.entries(cases)) {
    test(name, () => {
      expect(expectSameLuma(bytes, name)).toEqual([true, true, true])
      expect(lumaOf(portableKernels(), bytes, 1)).toEqual(lumaOf(portableKernels(), small, 1))
    })
  }
})

describe('damage', () => {
  const files = Object.entries({ ...PLANS, ...PROGRESSIVE_PLANS, 'large 4:2:0': LARGE_PLANS['large 4:2:0'] })
  test.each(files)('to %s has the same outcome on every path', (name, plan) => {
    const { bytes } = built(plan)
    const count = bytes.length > 20_000 ? 6 : 40
    for (let seed = 0; seed < count; seed++) expectSameLuma(mutated(bytes, seed), `${name}, seed ${seed}`)
  })
})

describe('the addon refuses', () => {
  const cases: Readonly<Record<string, readonly unknown[]>> = {
    'a reduction that is none': ['scalar', small, 2, new Uint8Array(1)],
    'a file that is no bytes': ['scalar', 'file', 8, new Uint8Array(1)],
    'a raster that is no bytes': ['scalar', small, 8, new Uint16Array(1)]
  }
  for (const [name, args] of Object.entries(cases)) {
    test(name, (context) => {
      requirePath(NATIVE_PATH, context)
      const { jpegLuma } = nativeAddon().addon as unknown as Record<string, (...args: readonly unknown[]) => boolean>
      expect(() => jpegLuma(...args)).toThrow(expect.objectContaining({ code: 'USAGE' }))
    })
  }
})
