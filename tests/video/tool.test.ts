// A tool that misbehaves: it costs the video its frames, and nothing outlives the reading. And looking for a tool.

import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { findVideoTool, VideoReading, type VideoTool } from '../../src/decode/index.js'
import { FrameReport } from '../../src/decode/video-report.js'
import { ppmFrames } from '../../src/decode/ppm-frames.js'
import { childrenOf, skipUnlessLinux, until } from '../support/processes.js'
import { suiteFolder } from '../support/temp.js'
import { fakeTool } from '../support/videos.js'

const folder = suiteFolder()
const video = join(folder, 'video')
beforeAll(() => writeFileSync(video, 'bytes of a video'))

const toolOf = (...lines: string[]): VideoTool => ({
  kind: 'ffmpeg',
  path: join(fakeTool(folder, ...lines), 'ffmpeg'),
  version: '6.1',
  readsDescriptors: false
})

/** What a sound run writes: a frame that was seen and taken, and its picture. */
const seen = (number: number, mark: string) => `printf 'frame:${number}    pts:0       pts_time:0\\nframe=${mark}\\n'`
const PICTURE = `printf 'P6\\n8 8\\n255\\n' >&3; /usr/bin/head -c 192 /dev/zero >&3`
const SOUND = [seen(0, 'seen'), seen(0, 'taken'), PICTURE]

async function read(tool: VideoTool, timeoutMs = 60_000, signal?: AbortSignal) {
  const descriptor = openSync(video, 'r')
  const options = { framesPerSecond: 1, sceneChanges: false, maxFrames: 10, timeoutMs, maxPixels: 1e6, stream: 0 }
  const reading = new VideoReading(tool, { descriptor, path: video, format: 'mp4' }, options)
  let frames = 0
  for await (const _ of reading.frames(signal)) frames++
  closeSync(descriptor)
  return { frames, end: reading.end }
}

describe.skipIf(process.platform === 'win32')('a tool (Windows starts no scripts)', () => {
  test.each<[string, string[], { frames: number; end: string }]>([
    ['does what it is asked', SOUND, { frames: 1, end: 'whole' }],
    ['complains', [...SOUND, `echo '[h264 @ 0x1] [error] no' >&2`], { frames: 1, end: 'damaged' }],
    [
      'quotes what looks like a complaint',
      [...SOUND, `echo '[info]  title: [error] x' >&2`],
      { frames: 1, end: 'whole' }
    ],
    ['fails at once', ['exit 1'], { frames: 0, end: 'damaged' }],
    ['fails after a frame', [...SOUND, 'exit 1'], { frames: 1, end: 'damaged' }],
    ['is killed', [...SOUND, 'kill -9 $$'], { frames: 1, end: 'damaged' }],
    ['gives no picture', [...SOUND.slice(0, 2), '/usr/bin/head -c 100 /dev/zero >&3'], { frames: 0, end: 'damaged' }],
    [
      'gives a huge picture',
      [...SOUND.slice(0, 2), `printf 'P6\\n9999 9999\\n255\\n' >&3`],
      { frames: 0, end: 'damaged' }
    ],
    ['gives a picture without a word', [PICTURE], { frames: 0, end: 'whole' }],
    ['never stops talking', [...SOUND, '/usr/bin/head -c 9000000 /dev/zero >&2'], { frames: 1, end: 'whole' }],
    ['never stops reporting', [...SOUND, '/bin/cat /dev/zero'], { frames: 1, end: 'damaged' }],
    ['gives more than it may', Array.from({ length: 12 }, () => SOUND).flat(), { frames: 10, end: 'frames' }]
  ])('that %s', async (_, lines, expected) => {
    expect(await read(toolOf(...lines))).toEqual(expected)
  })

  test('that is not there gives nothing', async () => {
    expect(await read({ ...toolOf(), path: join(folder, 'none') })).toEqual({ frames: 0, end: 'damaged' })
  })

  test('that hangs is ended when its time is over, with the frames that it gave', async () => {
    expect(await read(toolOf(...SOUND, 'exec /bin/sleep 600'), 1500)).toEqual({ frames: 1, end: 'time' })
    expect(await read(toolOf(...SOUND, '/bin/sleep 5 & /bin/sleep 5'), 1500)).toEqual({ frames: 1, end: 'time' })
  })

  test('is ended by a signal, and by whoever leaves the loop', async (context) => {
    skipUnlessLinux(context, 'it looks for processes')
    const others = new Set(childrenOf(process.pid))
    const running = () => childrenOf(process.pid).filter((pid) => !others.has(pid))
    const stop = new AbortController()
    const reading = read(toolOf('exec /bin/sleep 600'), 60_000, stop.signal)
    await until(() => running().length > 0)
    stop.abort()
    expect(await reading).toEqual({ frames: 0, end: 'stopped' })
    expect(running()).toEqual([])
    expect(await read(toolOf('exec /bin/sleep 600'), 60_000, AbortSignal.abort())).toEqual({
      frames: 0,
      end: 'stopped'
    })
    const descriptor = openSync(video, 'r')
    const options = {
      framesPerSecond: 1,
      sceneChanges: false,
      maxFrames: 10,
      timeoutMs: 60_000,
      maxPixels: 1e6,
      stream: 0
    }
    const left = new VideoReading(
      toolOf(...SOUND, 'exec /bin/sleep 600'),
      { descriptor, path: video, format: 'mp4' },
      options
    )
    for await (const _ of left.frames()) break
    closeSync(descriptor)
    expect(running()).toEqual([])
  })

  test('has the file as its input, no environment, and on Linux no file of its own', async () => {
    const path = join(folder, 'written')
    const names = `env=$(/usr/bin/env | /bin/sed 's/=.*//' | /bin/grep -vE '^(PWD|OLDPWD|SHLVL|_)$')`
    const check = [names, `[ -z "$env" ] || exit 1`, `[ "$(/bin/cat)" = 'bytes of a video' ] || exit 1`]
    expect(await read(toolOf(...check, ...SOUND))).toEqual({ frames: 1, end: 'whole' })
    if (process.platform !== 'linux') return
    await read(toolOf(`echo a file of its own > ${path}`, ...SOUND))
    expect(readFileSync(path, 'utf8')).toBe('')
  })
})

describe.skipIf(process.platform === 'win32')('looking for a tool (Windows starts no scripts)', () => {
  test('finds one, and whether it reads descriptors', async () => {
    const path = fakeTool(folder)
    expect(await findVideoTool(path)).toEqual({
      kind: 'ffmpeg',
      path: join(path, 'ffmpeg'),
      version: '6.1',
      readsDescriptors: false
    })
  })

  test.each(['', '/nowhere', '.'])('finds none in %j', async (path) => {
    expect(await findVideoTool(path)).toBeNull()
  })
})

describe('pictures in a stream', () => {
  const picture = (width: number, height: number, value: number) =>
    Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), Buffer.alloc(width * height * 3, value)])

  /** Sizes and first bytes of the pictures in a stream that comes in parts of so many bytes. */
  async function framesIn(stream: Buffer, part: number): Promise<string[]> {
    async function* parts() {
      for (let at = 0; at < stream.length; at += part) yield stream.subarray(at, at + part)
    }
    const found: string[] = []
    for await (const { width, height, data } of ppmFrames(parts(), 512)) {
      expect(data.every((byte) => byte === data[0])).toBe(true)
      found.push(`${width}x${height}:${data[0]}`)
    }
    return found
  }

  test.each([1, 2, 7, 33, 100, 1e6])('come out whole, in parts of %i bytes', async (part) => {
    const stream = Buffer.concat([picture(4, 3, 7), picture(4, 3, 8), picture(1, 1, 9), picture(20, 10, 10)])
    expect(await framesIn(stream, part)).toEqual(['4x3:7', '4x3:8', '1x1:9', '20x10:10'])
    expect(await framesIn(stream.subarray(0, -1), part)).toEqual(['4x3:7', '4x3:8', '1x1:9'])
  })

  test.each(['P5\n1 1\n255\n', 'P6\n0 1\n255\n', 'P6\n1 1\n65535\n', 'P6\n513 1\n255\n', '\0'.repeat(40)])(
    'that begin with %j are refused',
    async (head) => {
      await expect(framesIn(Buffer.concat([Buffer.from(head), Buffer.alloc(40)]), 5)).rejects.toThrow()
    }
  )
})

describe('the report of frames', () => {
  const line = (number: number, at: number, mark: string) =>
    `frame:${number}    pts:${at}       pts_time:0.1\nframe=${mark}\n`

  test('gives number and time of those that were taken, however it is cut', async () => {
    const text = [
      ...[line(0, 0, 'seen'), line(0, 0, 'taken'), line(1, 33_367, 'seen'), line(2, 66_733, 'seen')],
      ...[line(1, 66_733, 'taken'), line(3, -100_000, 'seen'), line(2, -100_000, 'taken'), line(4, 1, 'seen')]
    ].join('')
    for (const part of [1, 10, 1000]) {
      const report = new FrameReport()
      for (let at = 0; at < text.length; at += part) report.push(text.slice(at, at + part))
      report.end()
      const places = [await report.next(), await report.next(), await report.next(), await report.next()]
      expect(places).toEqual([
        { number: 0, timeSeconds: 0 },
        { number: 2, timeSeconds: 0.067 },
        { number: 3, timeSeconds: -0.1 },
        null
      ])
      expect(report.seen).toBe(5)
    }
  })

  test.each(['frame=seen\n', 'frame:1 pts:2 x\nframe=other\n', 'x'.repeat(300), line(0, 5, 'taken'), 'pts\n'])(
    'refuses %j',
    (text) => {
      expect(() => new FrameReport().push(text)).toThrow()
    }
  )
})
