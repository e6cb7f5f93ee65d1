// HEIC by FFmpeg: the pictures are WebAssembly's, whatever the tool does, and a tool that fails costs nothing but time.

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { decodeBytes, DEFAULT_DECODE_LIMITS, findHeicTool } from '../../src/decode/index.js'
import type { DecodedImage, HeicTool } from '../../src/decode/index.js'
import { readHeicTiles, type HeicTiles } from '../../src/decode/heic-boxes.js'
import { decodeTiles, isWorthTool } from '../../src/decode/heic-native.js'
import { mutated } from '../support/bad-files.js'
import { buildGrid } from './heif-builder.js'
import { picture } from './pictures.js'

const found = await findHeicTool()
const NOT_HERE = 'FFmpeg 5.1 or newer with a decoder of HEVC is not on PATH'
const NO_SCRIPTS = 'Windows starts no scripts'

const GRID = { heic: picture('large.heic'), tileWidth: 800, tileHeight: 600, columns: 3, rows: 3 }
const tiled = (turns = 0) => buildGrid({ ...GRID, width: 2390, height: 1790, turns })
const LIMITS = { maxPixels: DEFAULT_DECODE_LIMITS.maxPixels, timeoutMs: 60_000 }

function decode(bytes: Uint8Array, heicTool: HeicTool | null, exact = false): Promise<DecodedImage> {
  return decodeBytes(bytes, 'heic', { ...DEFAULT_DECODE_LIMITS, heicTool, exact })
}

function tilesOf(bytes: Uint8Array): HeicTiles {
  const tiles = readHeicTiles(bytes)
  if (tiles === null) throw new Error('no tiles')
  return tiles
}

/** Without a comparison byte by byte, which takes vitest seconds. */
function expectSame({ raster, ...facts }: DecodedImage, { raster: expected, ...others }: DecodedImage): void {
  expect(facts).toEqual(others)
  expect(Buffer.compare(raster.data, expected.data)).toBe(0)
}

const folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-heic-tool-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** A program in a folder of its own. */
function script(...lines: readonly string[]): string {
  const path = join(mkdtempSync(join(folder, 'tool-')), 'ffmpeg')
  writeFileSync(path, `#!/bin/sh\n${lines.join('\n')}\n`)
  chmodSync(path, 0o755)
  return path
}
const fake = (...lines: readonly string[]): HeicTool => ({ kind: 'ffmpeg', path: script(...lines) })

describe('the tool that is installed', () => {
  test.for([0, 1, 2, 3])('gives the pixels of WebAssembly, turned %i times', async (turns, { skip }) => {
    if (found === null) return skip(NOT_HERE)
    const bytes = tiled(turns)
    const own = await decode(bytes, null, true)
    const { data, width, height } = await decodeTiles(found, tilesOf(bytes), LIMITS)
    expect({ width, height }).toEqual({ width: own.width, height: own.height })
    expect(Buffer.compare(data, own.full?.raster.data ?? own.raster.data)).toBe(0)
    expectSame(await decode(bytes, found), await decode(bytes, null))
  })

  test('gives them where the size is odd', async ({ skip }) => {
    if (found === null) return skip(NOT_HERE)
    const bytes = buildGrid({ ...GRID, width: 2391, height: 1793 })
    const own = await decode(bytes, null, true)
    const { data } = await decodeTiles(found, tilesOf(bytes), LIMITS)
    expect(Buffer.compare(data, own.full?.raster.data ?? own.raster.data)).toBe(0)
  })

  test('refuses a tile that is damaged or missing, and WebAssembly says what the picture is', async ({ skip }) => {
    if (found === null) return skip(NOT_HERE)
    const damaged = buildGrid({ ...GRID, width: 2400, height: 1800, destroyed: [4] })
    const whole = tilesOf(tiled())
    const fewer = tilesOf(buildGrid({ ...GRID, rows: 2, width: 2390, height: 1190 }))
    await expect(decodeTiles(found, { ...whole, stream: fewer.stream }, LIMITS)).rejects.toThrow(/6 tiles of/)
    await expect(decodeTiles(found, { ...whole, tileWidth: 900 }, LIMITS)).rejects.toThrow('800x600')
    const [own, byTool] = [await decode(damaged, null), await decode(damaged, found)]
    expect(own.partial).toBe(true)
    expectSame(byTool, own)
  })

  test('is not asked for what is small or not of tiles', () => {
    const small = buildGrid({ ...GRID, columns: 2, rows: 2, width: 1600, height: 1200 })
    expect(isWorthTool(tilesOf(small), LIMITS.maxPixels)).toBe(false)
    expect(isWorthTool(tilesOf(picture('large.heic')), LIMITS.maxPixels)).toBe(false)
    expect(isWorthTool(tilesOf(tiled()), LIMITS.maxPixels)).toBe(true)
    expect(isWorthTool(tilesOf(tiled()), 2390 * 1790)).toBe(false)
    // Chroma of an odd size turns onto other pixels.
    const odd = { ...GRID, width: 2391, height: 1793 }
    expect(isWorthTool(tilesOf(buildGrid(odd)), LIMITS.maxPixels)).toBe(true)
    expect(isWorthTool(tilesOf(buildGrid({ ...odd, turns: 1 })), LIMITS.maxPixels)).toBe(false)
  })

  test('does not move the limit of pixels', async ({ skip }) => {
    if (found === null) return skip(NOT_HERE)
    const decoding = decodeBytes(tiled(), 'heic', { maxPixels: 1_000_000, heicTool: found })
    await expect(decoding).rejects.toMatchObject({ code: expect.stringMatching(/PIXEL_LIMIT|DECODE_FAILED/) as string })
  })
})

const PICTURE_BYTES = 2390 * 1790 * 1.5

/** What a sound run would write: what the stream is, a report of nine tiles, and a black picture. */
const ABOUT = `echo '[info] Stream #0:0: Video: hevc (Main), yuvj420p(pc, bt709/bt709/unknown), 800x600' >&2`
const REPORT = `echo '#dimensions 0: 800x600' >&3; for i in 1 2 3 4 5 6 7 8 9; do echo '0, 1, 1' >&3; done`
const picturePart = (bytes: number) => `/usr/bin/head -c ${bytes} /dev/zero >&4`
const PICTURE = picturePart(PICTURE_BYTES)
const READ = `/bin/cat > /dev/null`
const SOUND = [READ, ABOUT, REPORT, PICTURE]

describe.skipIf(process.platform === 'win32')(`a tool (${NO_SCRIPTS})`, () => {
  const tiles = tilesOf(tiled())
  const run = (tool: HeicTool, timeoutMs = LIMITS.timeoutMs) => decodeTiles(tool, tiles, { ...LIMITS, timeoutMs })

  test('that does what it is asked is believed', async () => {
    const { data } = await run(fake(...SOUND))
    // No luma, and chroma of -128: less than no red and blue, and some green.
    expect([...data.subarray(0, 3)]).toEqual([0, 84, 0])
  })

  test.each<[string, string, HeicTool]>([
    ['is not there', 'ENOENT', { kind: 'ffmpeg', path: join(folder, 'none') }],
    ['fails', 'ended with 3', fake(...SOUND, 'exit 3')],
    ['reads nothing', 'ended with 1', fake('exit 1')],
    ['is killed', 'ended with SIGTERM', fake(READ, 'kill $$')],
    ['complains', 'no such tile', fake(...SOUND, 'echo "[hevc @ 0x1] [error] no such tile" >&2')],
    ['gives too little', 'not all pixels', fake(READ, ABOUT, REPORT, picturePart(PICTURE_BYTES - 1))],
    ['never stops giving', 'not all pixels', fake(READ, ABOUT, REPORT, '/bin/cat /dev/zero >&4')],
    ['never stops reporting', 'not all pixels', fake(READ, ABOUT, '/bin/cat /dev/zero >&3')],
    ['never stops talking', 'not all pixels', fake(READ, '/bin/cat /dev/zero >&2')],
    ['reports a tile too few', '8 tiles', fake(READ, ABOUT, REPORT.replace('1 2', '2'), PICTURE)],
    ['reports other tiles', '512x512', fake(READ, ABOUT, REPORT.replace('800x600', '512x512'), PICTURE)],
    ['reports nothing', '0 tiles', fake(READ, ABOUT, PICTURE)],
    ['says nothing of colours', 'colours', fake(READ, REPORT, PICTURE)],
    ['says colours of limited range', 'limited', fake(READ, ABOUT.replace('pc', 'tv'), REPORT, PICTURE)],
    ['says colours unknown here', 'bt2020nc', fake(READ, ABOUT.replace('bt709', 'bt2020nc'), REPORT, PICTURE)]
  ])('that %s is not', async (_, message, tool) => {
    await expect(run(tool)).rejects.toThrow(message)
  })

  test.each<[string, HeicTool]>([
    ['is not there', { kind: 'ffmpeg', path: join(folder, 'none') }],
    ['fails after all', fake(...SOUND, 'exit 3')],
    ['gives too much', fake(READ, ABOUT, REPORT, '/bin/cat /dev/zero >&4')]
  ])('that %s leaves the picture to WebAssembly', async (_, tool) => {
    expectSame(await decode(tiled(), tool), await decode(tiled(), null))
  })

  test('that hangs, and one whose children hold the pipes, are ended', async () => {
    await expect(run(fake('exec /bin/sleep 600'), 300)).rejects.toThrow('SIGKILL')
    await expect(run(fake('/bin/sleep 5 & /bin/sleep 5'), 300)).rejects.toThrow('SIGKILL')
  })

  test('has no environment, and the stream as its input', async () => {
    const seen = join(folder, 'seen')
    const tool = fake(`/usr/bin/env > ${seen}.env`, `/bin/cat > ${seen}.hevc`, ABOUT, REPORT, PICTURE)
    await run(tool)
    const names = readFileSync(`${seen}.env`, 'utf8').match(/^\w+(?==)/gm) ?? []
    // What a shell sets by itself.
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name))).toEqual([])
    expect(Buffer.compare(readFileSync(`${seen}.hevc`), tiles.stream)).toBe(0)
  })
})

describe.skipIf(process.platform === 'win32')(`looking for a tool (${NO_SCRIPTS})`, () => {
  const answers = (version: string, decoders: string) =>
    script(`echo 'ffmpeg version ${version} (c)' >&2`, `echo '${decoders}'`)
  const HEVC = ' VFS..D hevc                 HEVC'
  const folderOf = (path: string) => join(path, '..')

  test.each(['5.1.9-0+deb12u1', '5.2', '7.1.1', '10.0', 'n6.0'])('finds version %s', async (version) => {
    const path = answers(version, HEVC)
    expect(await findHeicTool(folderOf(path))).toEqual({ kind: 'ffmpeg', path, version })
  })

  test.each([
    ['is too old', () => answers('4.4.2', HEVC)],
    ['is a little too old', () => answers('5.0.1', HEVC)],
    ['is of no version known', () => answers('unknown', HEVC)],
    ['does not decode HEVC', () => answers('7.1', ' V..... hevc_v4l2m2m')],
    ['fails', () => script('exit 1')]
  ])('passes over one that %s', async (_, make) => {
    const good = answers('6.1', HEVC)
    expect(await findHeicTool(folderOf(make()))).toBeNull()
    expect((await findHeicTool([make(), good].map(folderOf).join(delimiter)))?.path).toBe(good)
  })

  test('runs nothing of the current folder', async () => {
    const trace = join(folder, 'was-run')
    const path = script(`echo run > ${trace}`)
    expect(await findHeicTool(['', '.', relative(process.cwd(), folderOf(path))].join(delimiter))).toBeNull()
    expect(existsSync(trace)).toBe(false)
  })
})

describe('the tiles of a file', () => {
  test.each(['lossless.heic', 'deep.heic'])('of %s are not 8 bits of 4:2:0', (name) => {
    expect(readHeicTiles(picture(name))).toBeNull()
  })

  test('that is damaged are read as some tiles or none', () => {
    const bytes = tiled()
    const tables = bytes.subarray(0, bytes.indexOf('mdat'))
    let read = 0
    for (let seed = 1; seed <= 2000; seed++) {
      const damaged = Buffer.concat([mutated(Buffer.from(tables), seed), bytes.subarray(tables.length)])
      const tiles = readHeicTiles(damaged)
      if (tiles !== null) expect(tiles.stream.length, `seed ${seed}`).toBeLessThan(2 * bytes.length)
      read += Number(tiles !== null)
    }
    for (let cut = 0; cut < tables.length; cut += 7) expect(readHeicTiles(bytes.subarray(0, cut)), `${cut}`).toBeNull()
    expect(read).toBeGreaterThan(0)
  })

  test('that lie over each other are not read', () => {
    const bytes = tiled()
    const second = bytes.indexOf('iloc') + 12 + 14 + 6
    const large = Buffer.from(bytes)
    // Every tile is all of the file's data.
    for (let at = second; at < second + 14 * 8; at += 14) {
      large.writeUInt32BE(bytes.readUInt32BE(second), at)
      large.writeUInt32BE(bytes.length - bytes.readUInt32BE(second), at + 4)
    }
    expect(readHeicTiles(large)).toBeNull()
  })
})
