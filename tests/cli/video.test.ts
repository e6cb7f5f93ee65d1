// Videos, as a process: matched at the right seconds, digests only where there is no FFmpeg, asked again from results, and
// nothing left running when it ends.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { updateHashSet, type FileRecord, type HeaderRecord, type ResultLine, type SummaryRecord } from 'exhibit-hash'
import { runCli, startCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { childrenOf, isAlive, skipOnWindows, skipUnlessLinux, until } from '../support/processes.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'
import { fakeTool, ffmpeg, hasVideoTool, slides, videoTool } from '../support/videos.js'
import { recordOf, writeVics } from '../support/vics.js'
import { zip } from '../support/zip-builder.js'

const KNOWN = 'edit-00-original.jpg'
const LATER = 'progressive-01-900x700.jpg'

const folder = suiteFolder()
const exhibit = join(folder, 'AB-1')
let set = ''

beforeAll(async () => {
  mkdirSync(exhibit)
  set = await buildSet(folder, [fixtureRecord(KNOWN, 1001, 2)], { name: 'Set' })
  if (!hasVideoTool) return
  const shown = [
    ['scene-13-800x600.jpg', 3],
    [KNOWN, 2],
    [LATER, 3],
    [KNOWN, 1]
  ] as const
  slides(join(exhibit, 'shown.mp4'), shown)
  // The same, turned and renamed.
  ffmpeg('-i', join(exhibit, 'shown.mp4'), '-vf', 'hflip', '-c:v', 'mpeg4', '-q:v', '2', join(folder, 'turned.avi'))
  copyFileSync(join(folder, 'turned.avi'), join(exhibit, 'turned.dat'))
  slides(join(exhibit, 'zz-unknown.mkv'), [['scene-13-800x600.jpg', 2]])
})

const fileLines = (lines: readonly ResultLine[]): FileRecord[] => lines.filter((line) => line.type === 'file')

describe('where FFmpeg is', { timeout: 120_000 }, () => {
  beforeEach((context) => void videoTool(context))

  test('a video that shows a known picture matches at its seconds, turned too, and the header names the version', async (context) => {
    const { version } = videoTool(context)
    const { status, stderr, records } = await runCli(['scan', exhibit, '--set', set])
    expect(status).toBe(1)
    const [header, ...rest] = records<ResultLine>()
    const facts = { ffmpeg: version, framesPerSecond: 1, sceneChanges: false, maxFrames: 20_000, timeoutMs: 1_800_000 }
    expect((header as HeaderRecord).options.video).toEqual(facts)
    const [shown, turned, unknown] = fileLines(rest)
    expect(shown.media).toMatchObject({ kind: 'video', format: 'mp4', frames: 90 })
    expect(shown.frames?.map(({ timeSeconds, untilSeconds, frame }) => [timeSeconds, untilSeconds, frame])).toEqual([
      [0, 2, 0],
      [3, 4, 30],
      [5, 7, 50],
      [8, undefined, 80]
    ])
    const match = { relation: 'similar', by: 'pdq', mediaId: '1001', timeSeconds: [3, 8] }
    expect(shown.matches).toEqual([expect.objectContaining({ ...match, variant: 'original' })])
    expect(turned).toMatchObject({ path: 'turned.dat', media: { kind: 'video', format: 'avi' } })
    expect(turned.matches).toEqual([expect.objectContaining({ ...match, variant: 'flipY' })])
    expect(unknown.matches).toEqual([])
    expect(rest.at(-1)).toMatchObject({ files: 3, similar: 2, errors: 0, videos: 3 })
    expect(stderr).toMatch(/videos, frames hashed\s*│ 3/)
  })

  test('keeps its access time, wherever its table stands', async (context) => {
    skipUnlessLinux(context, 'nothing else opens files without leaving a trace')
    const own = tempFolder()
    copyFileSync(join(exhibit, 'shown.mp4'), join(own, 'behind.mp4'))
    ffmpeg('-i', join(exhibit, 'shown.mp4'), '-c', 'copy', '-movflags', 'faststart', join(own, 'before.mp4'))
    ffmpeg('-i', join(exhibit, 'shown.mp4'), '-c', 'copy', join(own, 'other.mkv'))
    const names = readdirSync(own)
    // Older than the day after which Linux writes it at the latest.
    for (const name of names) utimesSync(join(own, name), new Date(2020, 1, 1), new Date(2020, 1, 2))
    const times = () => names.map((name) => statSync(join(own, name)).atimeMs)
    const before = times()
    const { records } = await runCli(['scan', own, '--set', set])
    expect(times()).toEqual(before)
    const found = fileLines(records<ResultLine>())
    expect(found.map(({ frames }) => frames)).toEqual(names.map(() => found[0].frames))
    expect(found[0].frames).toHaveLength(4)
  })

  test('options say which frames, how many, or none', async () => {
    const frames = async (...args: string[]) => {
      const { status, records } = await runCli(['hash', join(exhibit, 'shown.mp4'), '--hashes', 'pdq', ...args])
      const [{ frames, error }] = records<FileRecord>()
      return { status, times: frames?.map(({ timeSeconds }) => timeSeconds), error: error?.code }
    }
    // What is shown at 8 is what was at 4.
    expect(await frames('--video-fps', '0.25')).toEqual({ status: 0, times: [0, 4], error: undefined })
    const scenes = await frames('--video-fps', '0.01', '--video-scenes')
    expect(scenes).toEqual({ status: 0, times: [0, 3, 5, 8], error: undefined })
    expect(await frames('--video-limits', 'frames=4')).toEqual({ status: 2, times: [0, 3], error: 'VIDEO_LIMIT' })
    expect(await frames('--no-video')).toEqual({ status: 0, times: undefined, error: undefined })
    expect(await frames('--hashes', 'phash')).toEqual({ status: 0, times: undefined, error: undefined })
    const off = await runCli(['scan', exhibit, '--set', set, '--no-video'])
    expect(off.status).toBe(0)
    expect(off.records<HeaderRecord>()[0].options.video).toBe(false)
  })

  test('a damaged video keeps what it gave, and one that gives nothing is an error', async () => {
    const own = tempFolder()
    ffmpeg('-i', join(exhibit, 'shown.mp4'), '-c', 'copy', join(own, 'cut.mkv'))
    const whole = readFileSync(join(own, 'cut.mkv'))
    writeFileSync(join(own, 'cut.mkv'), whole.subarray(0, Math.floor(whole.length * 0.6)))
    const mp4 = readFileSync(join(exhibit, 'shown.mp4'))
    writeFileSync(join(own, 'headless.mp4'), mp4.subarray(0, mp4.length >> 1))
    const { status, records } = await runCli(['scan', own, '--set', set])
    expect(status).toBe(3)
    const [cut, headless] = fileLines(records<ResultLine>())
    expect(cut).toMatchObject({ matches: [{ mediaId: '1001', timeSeconds: [3] }], error: null })
    expect(headless).toMatchObject({ frames: [], media: { partial: true }, error: { code: 'VIDEO_DAMAGED' } })
    expect(headless.digests?.md5).toHaveLength(32)
  })

  test('a run that was killed goes on to the same bytes', async () => {
    const target = tempFolder()
    const [out, whole] = [join(target, 'r.ndjson'), join(target, 'whole.ndjson')]
    expect((await runCli(['scan', exhibit, '--set', set, '--out', whole])).status).toBe(1)
    const run = startCli(['scan', exhibit, '--set', set, '--out', out, '--concurrency', '1'])
    await until(() => existsSync(`${out}.journal`) && readFileSync(`${out}.journal`, 'utf8').split('\n').length > 2)
    run.kill('SIGKILL')
    await run.result
    const resumed = await runCli(['scan', exhibit, '--set', set, '--out', out, '--resume'])
    expect(resumed.stderr).not.toContain('FATAL')
    expect(resumed.status).toBe(1)
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(whole, 'utf8'))
    expect((await runCli(['verify', out])).status).toBe(0)
  })

  test('earlier results are asked again with their frames, without the videos', async () => {
    const own = tempFolder()
    const video = join(own, 'exhibit', 'shown.mp4')
    mkdirSync(join(own, 'exhibit'))
    copyFileSync(join(exhibit, 'shown.mp4'), video)
    const results = join(own, 'r.ndjson')
    const base = await buildSet(own, [fixtureRecord('scene-01-64x64.png', 1, 1)], { name: 'Base' })
    expect((await runCli(['scan', join(own, 'exhibit'), '--set', base, '--out', results])).status).toBe(0)
    rmSync(video)
    await updateHashSet(base, {
      add: [writeVics(join(own, 'later.json'), [fixtureRecord(LATER, 7, 1)])],
      source: 'set.json'
    })
    for (const way of ['layers', 'files']) {
      const { status, records } = await runCli(['rematch', results, '--set', base, '--way', way])
      expect(status).toBe(1)
      expect(fileLines(records<ResultLine>())).toMatchObject([
        { path: 'shown.mp4', matches: [{ mediaId: '7', timeSeconds: [5], news: 'record' }] }
      ])
    }
    const { status, records } = await runCli(['match', '--set', set, '--from', results])
    expect(status).toBe(1)
    expect(records<FileRecord>()[0].matches).toMatchObject([{ mediaId: '1001', timeSeconds: [3, 8] }])
  })

  test('a frame in results that is none is refused', async () => {
    const path = join(tempFolder(), 'frames.ndjson')
    const frame = { timeSeconds: 1, pdq: 'x', pdqQuality: 100 }
    writeFileSync(path, `${JSON.stringify({ type: 'file', frames: [frame] })}\n`)
    const { status, records } = await runCli(['match', '--set', set, '--from', path])
    expect(status).toBe(2)
    expect(records()).toMatchObject([
      { error: { code: 'DIGEST_INVALID', message: expect.stringContaining('frame 0') as string } }
    ])
  })

  test('doctor tells which FFmpeg it is', async (context) => {
    const { path, version } = videoTool(context)
    const { records } = await runCli(['doctor'])
    expect(records()[0].videoTool).toMatchObject({ kind: 'ffmpeg', path, version })
  })

  test('a video in an archive has digests only, and says so', async () => {
    const own = tempFolder()
    const video = readFileSync(join(exhibit, 'shown.mp4'))
    writeFileSync(join(own, 'a.zip'), zip([{ name: 'inner.mp4', bytes: video }]))
    const record = recordOf(join(exhibit, 'shown.mp4'), 5, 1)
    const exact = await buildSet(own, [record], { file: 'exact' })
    const { status, records } = await runCli(['scan', join(own, 'a.zip'), '--set', exact])
    expect(status).toBe(1)
    const [, inner] = fileLines(records<ResultLine>())
    expect(inner).toMatchObject({ frames: null, media: { framesMissing: 'not-a-file' }, error: null })
    expect(inner.matches).toMatchObject([{ relation: 'identical', mediaId: '5' }])
  })
})

test('where FFmpeg is not, there are digests only, the record and the summary say so, and it is no error', async () => {
  const own = tempFolder()
  const video = join(own, 'exhibit', 'a.mp4')
  mkdirSync(join(own, 'exhibit'))
  writeFileSync(video, Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'))
  const exact = await buildSet(own, [recordOf(video, 5, 1)])
  const env = { PATH: join(own, 'nowhere') }
  const { status, stderr, records } = await runCli(['scan', join(own, 'exhibit'), '--set', exact], { env })
  expect(status).toBe(1)
  const [header, record, summary] = records<ResultLine>()
  expect((header as HeaderRecord).options.video).toMatchObject({ ffmpeg: null })
  expect(record).toMatchObject({
    media: { kind: 'video', format: 'mp4', framesMissing: 'no-ffmpeg' },
    frames: null,
    matches: [{ relation: 'identical', mediaId: '5' }],
    error: null
  })
  expect((summary as SummaryRecord).videosWithoutFrames).toBe(1)
  expect(stderr).toMatch(/videos without frames, digests only\s*│ 1/)
  expect((await runCli(['doctor'], { env })).records()[0].videoTool).toBeNull()
})

describe('a tool that hangs', { timeout: 60_000 }, () => {
  const hanging = (): string => fakeTool(folder, 'exec /bin/sleep 600')
  const video = (): string => {
    const path = join(tempFolder(), 'a.mp4')
    writeFileSync(path, Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'))
    return path
  }

  test('is ended at the limit of time, and the file that follows is hashed', async (context) => {
    skipOnWindows(context)
    const args = ['scan', video(), image(KNOWN), '--set', set, '--video-limits', 'seconds=1']
    const { status, records } = await runCli(args, { env: { PATH: hanging() } })
    expect(status).toBe(3)
    const [first, second] = fileLines(records<ResultLine>())
    expect(first).toMatchObject({
      frames: [],
      error: { code: 'VIDEO_LIMIT', message: 'the video takes longer than 1000 ms' }
    })
    expect(second.matches).not.toEqual([])
  })

  test('may take longer than the time limit of other files', async (context) => {
    skipOnWindows(context)
    const args = ['scan', video(), '--set', set, '--timeout', '2000', '--video-limits', 'seconds=3']
    const { records } = await runCli(args, { env: { PATH: fakeTool(folder, 'exec /bin/sleep 600') } })
    expect(fileLines(records<ResultLine>())[0].error?.code).toBe('VIDEO_LIMIT')
  })

  test.for<NodeJS.Signals>(['SIGINT', 'SIGKILL'])('is gone when the scan is ended by %s', async (signal, context) => {
    skipUnlessLinux(context, 'it looks for processes')
    const run = startCli(['scan', video(), '--set', set], { env: { PATH: hanging() } })
    const tool = await until(() => childrenOf(run.pid).flatMap(childrenOf).find(isSleeping))
    run.kill(signal)
    await run.result
    await until(() => !isAlive(tool))
  })

  test('is gone when the child dies', async (context) => {
    skipUnlessLinux(context, 'it looks for processes')
    const run = startCli(['scan', video(), '--set', set], { env: { PATH: hanging() } })
    const tool = await until(() => childrenOf(run.pid).flatMap(childrenOf).find(isSleeping))
    const [child] = childrenOf(run.pid)
    process.kill(child, 'SIGKILL')
    await until(() => !isAlive(tool))
    run.kill('SIGKILL')
    await run.result
  })
})

function isSleeping(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('sleep')
  } catch {
    return false // it has ended
  }
}
