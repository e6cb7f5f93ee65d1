// The border to the scanner of records holds: no memory, state or source that does not fit reaches it.

import { describe, expect, test } from 'vitest'
import { PackedMemory, STATE_AT } from '../../src/core/packed-memory.js'
import { nativeAddon, type NativeAddon } from '../../src/kernels/addon.js'
import { portableKernels } from '../../src/kernels/index.js'
import { NATIVE_PATH, requirePath } from './paths.js'

const SOURCE = Buffer.from(`{"MD5":"${'0123456789abcdef'.repeat(2)}"},{"MD5":"${'00'.repeat(16)}"},{"SHA1":1}`)
const USAGE = expect.objectContaining({ code: 'USAGE' }) as unknown

function withAddon(name: string, run: (addon: NativeAddon) => void): void {
  test(name, (context) => {
    requirePath(NATIVE_PATH, context)
    run(nativeAddon().addon as NativeAddon)
  })
}

test('portable code has no scanner: the readers do it all', () => {
  expect(portableKernels().recordScanner).toBeNull()
})

describe('the scanner of the addon', () => {
  withAddon('takes ordinary records and says where it stopped', (addon) => {
    const memory = new PackedMemory(8)
    const scanner = new addon.RecordScanner(memory.layout)
    const scan = (from: number) => scanner.scanJson(SOURCE, from, SOURCE.length, memory.bytes, memory.state)
    // Before it knows the key, every record is odd.
    expect(scan(0)).toBe(-1)
    scanner.learn(0, Buffer.from('MD5'), 0)
    const end = SOURCE.indexOf(',{"SHA1')
    expect(scan(0)).toBe(-end - 1)
    expect(memory.state[STATE_AT.count]).toBe(2)
    expect(memory.columns[0].values.subarray(0, 8)).toEqual(Uint8Array.of(1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef))
  })

  withAddon('stops where the memory is full, with nothing odd', (addon) => {
    const memory = new PackedMemory(1)
    const scanner = new addon.RecordScanner(memory.layout)
    scanner.learn(0, Buffer.from('MD5'), 0)
    expect(scanner.scanJson(SOURCE, 0, SOURCE.length, memory.bytes, memory.state)).toBe(SOURCE.indexOf(',{'))
    expect(scanner.scanJson(SOURCE, 0, SOURCE.length, memory.bytes, memory.state)).toBe(0)
  })

  withAddon('refuses layouts that do not fit', (addon) => {
    const { layout } = new PackedMemory(8)
    const changed = (index: number, value: number) => layout.map((word, i) => (i === index ? value : word))
    const bad = [
      undefined,
      [...layout],
      new Uint8Array(30),
      layout.subarray(1),
      changed(0, 1 << 20),
      changed(1, 100),
      changed(2, 0xffffffff),
      ...Array.from({ length: layout.length - 4 }, (_, i) => changed(4 + i, 0xfffffff0))
    ]
    for (const each of bad) expect(() => new addon.RecordScanner(each as Uint32Array)).toThrow(USAGE)
  })

  withAddon('refuses memory, states and places that do not fit', (addon) => {
    const { layout, bytes, state } = new PackedMemory(8)
    const scanner = new addon.RecordScanner(layout)
    const full = (index: number, value: number) => state.map((word, i) => (i === index ? value : word))
    const bad: readonly (readonly unknown[])[] = [
      ['text', 0, 1, bytes, state],
      [SOURCE, -1, 1, bytes, state],
      [SOURCE, 2, 1, bytes, state],
      [SOURCE, 0, SOURCE.length + 1, bytes, state],
      [SOURCE, 0.5, 1, bytes, state],
      [SOURCE, 0, NaN, bytes, state],
      [SOURCE, 0, 1, bytes.subarray(1), state],
      [SOURCE, 0, 1, null, state],
      [SOURCE, 0, 1, bytes, state.subarray(1)],
      [SOURCE, 0, 1, bytes, new Float32Array(state.length)],
      [SOURCE, 0, 1, bytes, full(STATE_AT.count, 9)],
      [SOURCE, 0, 1, bytes, full(STATE_AT.strings, 49)],
      [SOURCE, 0, 1, bytes, full(STATE_AT.textBytes, 1 << 30)],
      [SOURCE, 0, 1, bytes, full(STATE_AT.columnCounts + 10, 1)]
    ]
    for (const args of bad) {
      expect(() => (scanner.scanJson as (...args: unknown[]) => unknown)(...args), String(args)).toThrow(USAGE)
      expect(() => (scanner.scanLines as (...args: unknown[]) => unknown)(...args, 0), String(args)).toThrow(USAGE)
    }
    for (const column of [-1, 10, 1.5, undefined]) {
      expect(() => scanner.scanLines(SOURCE, 0, 1, bytes, state, column as number)).toThrow(USAGE)
    }
    for (const [table, spelling, code] of [
      [3, Buffer.from('x'), 0],
      [0, 'x', 0],
      [0, Buffer.from('x'), 29],
      [1, Buffer.from('x'), 4],
      [2, Buffer.from('x'), -1]
    ]) {
      expect(() => scanner.learn(table as number, spelling as Uint8Array, code as number)).toThrow(USAGE)
    }
  })

  withAddon('survives texts whose places are nonsense', (addon) => {
    const memory = new PackedMemory(8)
    const scanner = new addon.RecordScanner(memory.layout)
    scanner.learn(0, Buffer.from('MD5'), 0)
    memory.bytes.fill(0xff)
    memory.state[STATE_AT.strings] = 40
    expect(scanner.scanJson(SOURCE, 0, SOURCE.length, memory.bytes, memory.state)).toBeLessThan(0)
  })

  withAddon('is not fooled by another object', (addon) => {
    const memory = new PackedMemory(8)
    const { scanJson } = addon.RecordScanner.prototype
    for (const other of [new addon.DigestStream('scalar'), {}, Object.create(addon.RecordScanner.prototype)]) {
      expect(() => scanJson.call(other as never, SOURCE, 0, 1, memory.bytes, memory.state)).toThrow()
    }
  })
})
