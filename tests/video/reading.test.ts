// Frames of videos as the decoder gives them: which, when, how large, and how a reading ends.

import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sniffFormat, VideoReading, type FrameOptions, type VideoTool } from '../../src/decode/index.js'
import { mutated } from '../support/bad-files.js'
import { suiteFolder } from '../support/temp.js'
import { canEncode, CODING, ffmpeg, pattern, slides, videoTool } from '../support/videos.js'

const folder = suiteFolder()
const at = (name: string): string => join(folder, name)

const OPTIONS: FrameOptions = { framesPerSecond: 1, sceneChanges: false, maxFrames: 1000, timeoutMs: 60_000 }

interface Read {
  readonly times: number[]
  readonly numbers: number[]
  readonly sizes: string[]
  readonly reading: VideoReading
}

async function read(
  tool: VideoTool,
  path: string,
  given: Partial<FrameOptions & { stream: number; maxPixels: number; format: string }> = {}
): Promise<Read> {
  const { format = sniffFormat(readFileSync(path))?.format ?? 'mp4', ...options } = given
  const descriptor = openSync(path, 'r')
  const reading = new VideoReading(
    tool,
    { descriptor, path, format },
    { ...OPTIONS, maxPixels: 1e8, stream: 0, ...options }
  )
  const [times, numbers, sizes]: [number[], number[], string[]] = [[], [], []]
  try {
    for await (const { timeSeconds, number, raster } of reading.frames()) {
      times.push(timeSeconds)
      numbers.push(number)
      sizes.push(`${raster.width}x${raster.height}`)
    }
  } finally {
    closeSync(descriptor)
  }
  return { times, numbers, sizes, reading }
}

describe('frames', () => {
  test.for<[Partial<FrameOptions>, number[]]>([
    [{}, [0, 25, 50, 75]],
    [{ framesPerSecond: 2 }, [0, 13, 25, 38, 50, 63, 75, 88]],
    [{ framesPerSecond: 0.5 }, [0, 50]],
    [{ framesPerSecond: 25 }, Array.from({ length: 100 }, (_, i) => i)],
    [{ framesPerSecond: 300 }, Array.from({ length: 100 }, (_, i) => i)]
  ])('%j of 4 seconds at 25 a second are those of numbers %j', async ([options, expected], context) => {
    const tool = videoTool(context)
    const { times, numbers, reading } = await read(tool, pattern(at('plain.mp4')), options)
    expect(numbers).toEqual(expected)
    expect(times).toEqual(expected.map((number) => number / 25))
    expect({ end: reading.end, seen: reading.framesSeen }).toEqual({ end: 'whole', seen: 100 })
  })

  test('have true times where the rate is broken, the beginning late, or the rate changes', async (context) => {
    const tool = videoTool(context)
    const ntsc = await read(tool, pattern(at('ntsc.mp4'), { rate: '30000/1001' }))
    // The first frame at or after each second: 30 × 1001 / 30000 = 1.001.
    expect(ntsc.numbers).toEqual([0, 30, 60, 90])
    expect(ntsc.times).toEqual([0, 1.001, 2.002, 3.003])
    const late = await read(tool, pattern(at('late.ts'), {}, '-c:v', 'mpeg2video', '-muxdelay', '5'))
    expect(late.times).toEqual([0, 1, 2, 3])
    ffmpeg('-i', at('plain.mp4'), '-vf', "select='lt(t,1)+gte(t,2.72)'", '-fps_mode', 'vfr', ...CODING, at('gap.mkv'))
    const gap = await read(tool, at('gap.mkv'))
    expect(gap.times).toEqual([0, 2.72, 3])
  })

  test('are those that FFmpeg shows by their numbers, in the size of the picture', async (context) => {
    const tool = videoTool(context)
    const path = pattern(at('large.mkv'), { size: '1280x720', seconds: 2 })
    const descriptor = openSync(path, 'r')
    const source = { descriptor, path, format: 'matroska' }
    const pixels: Buffer[] = []
    const sizes: string[] = []
    for await (const { raster } of new VideoReading(tool, source, { ...OPTIONS, maxPixels: 1e8, stream: 0 }).frames()) {
      pixels.push(Buffer.from(raster.data))
      sizes.push(`${raster.width}x${raster.height}`)
    }
    closeSync(descriptor)
    expect(sizes).toEqual(['512x512', '512x512'])
    const resize = 'scale=512:512:flags=bicubic+accurate_rnd+full_chroma_int+bitexact'
    for (const [i, number] of [0, 25].entries()) {
      const args = ['-v', 'error', '-i', path, '-vf', `select='eq(n,${number})',${resize},format=rgb24`]
      const shown = execFileSync(tool.path, [...args, '-frames:v', '1', '-f', 'rawvideo', '-'], { maxBuffer: 1 << 24 })
      expect(Buffer.compare(shown, pixels[i])).toBe(0)
    }
    expect((await read(tool, pattern(at('small.mkv'), { size: '100x48', seconds: 1 }))).sizes).toEqual(['100x64'])
  })

  test('of scenes are taken beside the others', async (context) => {
    const tool = videoTool(context)
    const scenes = [
      ['scene-13-800x600.jpg', 1.5],
      ['edit-00-original.jpg', 1.2],
      ['progressive-01-900x700.jpg', 1.3]
    ] as const
    const path = slides(at('scenes.mp4'), scenes)
    const sparse = { framesPerSecond: 0.01 }
    expect((await read(tool, path, sparse)).times).toEqual([0])
    expect((await read(tool, path, { ...sparse, sceneChanges: true })).times).toEqual([0, 1.5, 2.7])
    expect((await read(tool, path, { sceneChanges: true })).times).toEqual([0, 1, 1.5, 2, 2.7, 3])
  })

  test('are taken although their times are false', async (context) => {
    const tool = videoTool(context)
    // Matroska holds milliseconds, and FFmpeg writes no two frames of one time: all are within a second.
    ffmpeg('-i', pattern(at('long.mp4'), { seconds: 30 }), '-c', 'copy', '-bsf:v', 'setts=ts=0', at('still.mkv'))
    const { numbers, times } = await read(tool, at('still.mkv'))
    expect(numbers).toEqual([0, 300, 600])
    expect(Math.max(...times)).toBeLessThan(1)
  })

  test('of every stream can be had, and none is there where there is none', async (context) => {
    const tool = videoTool(context)
    const [a, b] = [pattern(at('a.mp4'), { seconds: 2 }), slides(at('b.mp4'), [['edit-00-original.jpg', 2]])]
    ffmpeg('-i', a, '-i', b, '-map', '0:v', '-map', '1:v', '-c', 'copy', at('two.mkv'))
    const first = await read(tool, at('two.mkv'))
    expect(first.reading.streams).toBe(2)
    const second = await read(tool, at('two.mkv'), { stream: 1 })
    expect([first.sizes[0], second.sizes[0]]).toEqual(['320x240', '512x512'])
    expect((await read(tool, at('two.mkv'), { stream: 2 })).reading.end).toBe('absent')
    ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', at('sound.mp4'))
    const sound = await read(tool, at('sound.mp4'))
    expect({ ...sound, reading: sound.reading.end }).toEqual({ times: [], numbers: [], sizes: [], reading: 'absent' })
  })

  test('are of one stream, whatever a file calls its streams', async (context) => {
    const tool = videoTool(context)
    const sound = ['-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac']
    const naming = ['-metadata:s:v:0', 'language=x): Audio: (y', '-metadata', 'title=Stream #0:0: Audio: none']
    ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=128x96:duration=1', ...sound, ...CODING, ...naming, at('named.mkv'))
    expect((await read(tool, at('named.mkv'))).reading.streams).toBe(1)
  })
})

describe('a reading ends', () => {
  test('at the limits of frames, time and pixels, with what it has', async (context) => {
    const tool = videoTool(context)
    const path = pattern(at('limits.mp4'), { seconds: 5 })
    const frames = await read(tool, path, { maxFrames: 3 })
    expect({ times: frames.times, end: frames.reading.end }).toEqual({ times: [0, 1, 2], end: 'frames' })
    const all = await read(tool, path, { maxFrames: 5 })
    expect({ times: all.times, end: all.reading.end }).toEqual({ times: [0, 1, 2, 3, 4], end: 'whole' })
    expect((await read(tool, path, { timeoutMs: 1 })).reading.end).toBe('time')
    const pixels = await read(tool, path, { maxPixels: 320 * 240 - 1 })
    expect({ times: pixels.times, end: pixels.reading.end }).toEqual({ times: [], end: 'pixels' })
    expect((await read(tool, path, { maxPixels: 2 * 320 * 240 })).reading.end).toBe('whole')
  })

  test('where a file is cut, with the frames before', async (context) => {
    const tool = videoTool(context)
    for (const name of ['cut.mkv', 'cut.avi', 'cut.ts', 'cut.mp4']) {
      const coding = name === 'cut.ts' ? ['-c:v', 'mpeg2video', '-q:v', '2'] : [...CODING]
      const path = pattern(at(name), { seconds: 8 }, ...coding, '-movflags', 'faststart')
      truncateSync(path, readFileSync(path).length >> 1)
      const { times, reading } = await read(tool, path)
      expect(times.slice(0, 3), name).toEqual([0, 1, 2])
      expect(times.length, name).toBeLessThan(8)
      expect(['whole', 'damaged'], name).toContain(reading.end)
    }
  })

  test('as damaged where there is nothing to be had', async (context) => {
    const tool = videoTool(context)
    const path = pattern(at('headless.mp4'))
    truncateSync(path, readFileSync(path).length >> 1)
    expect((await read(tool, path)).reading.end).toBe('damaged')
    writeFileSync(at('noise.mp4'), Buffer.concat([readFileSync(path).subarray(0, 64), Buffer.alloc(10_000, 0x55)]))
    expect((await read(tool, at('noise.mp4'))).reading.end).toBe('damaged')
    writeFileSync(at('short.mkv'), Buffer.from('\x1a\x45\xdf\xa3', 'latin1'))
    expect((await read(tool, at('short.mkv'))).reading.end).toBe('damaged')
  })

  test('as undecodable where FFmpeg has no decoder', async (context) => {
    const tool = videoTool(context)
    const bytes = readFileSync(pattern(at('coded.avi')))
    for (const coding of ['FMP4', 'fmp4', 'mp4v']) {
      for (let i = bytes.indexOf(coding); i !== -1; i = bytes.indexOf(coding)) bytes.write('ZZZZ', i, 'latin1')
    }
    writeFileSync(at('uncoded.avi'), bytes)
    expect((await read(tool, at('uncoded.avi'))).reading.end).toBe('undecodable')
  })

  test('whatever is damaged, and never throws', { timeout: 120_000 }, async (context) => {
    const tool = videoTool(context)
    const kinds = [
      ['seed.mp4', [...CODING]],
      ['seed.mkv', [...CODING]],
      ['seed.avi', [...CODING]],
      ['seed.ts', ['-c:v', 'mpeg2video']],
      ['seed.webm', ['-c:v', 'libvpx']]
    ] as const
    for (const [name, coding] of kinds) {
      if (!canEncode(coding[1])) continue
      const path = pattern(at(name), { size: '128x96', seconds: 1 }, ...coding)
      const format = sniffFormat(readFileSync(path))!.format
      const bytes = readFileSync(path)
      for (let seed = 1; seed <= 8; seed++) {
        writeFileSync(at('mutated'), mutated(bytes, seed))
        const { reading } = await read(tool, at('mutated'), { format, framesPerSecond: 25, timeoutMs: 20_000 })
        expect(['whole', 'damaged', 'absent', 'undecodable', 'pixels', 'frames'], `${name}, seed ${seed}`).toContain(
          reading.end
        )
      }
    }
  })
})

describe('a video that names other files', () => {
  /** A QuickTime file whose samples are said to lie in another file. */
  function pointing(to: string): string {
    const [own, other] = [at('pointing.mov'), at(to)]
    pattern(other, { seconds: 2 }, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p')
    const bytes = readFileSync(other)
    // "self-contained" is a flag of the entry in the list of data references.
    const entry = bytes.indexOf('url ', bytes.indexOf('dref'))
    expect(bytes.readUInt32BE(entry + 4)).toBe(1)
    const named = Buffer.from(bytes)
    named.writeUInt32BE(0, entry + 4)
    const moov = named.indexOf('moov') - 4
    writeFileSync(own, Buffer.concat([named.subarray(0, 36), named.subarray(moov)]))
    return own
  }

  test('gives no frame of them', async (context) => {
    const tool = videoTool(context)
    const { times } = await read(tool, pointing('pointed-at.mov'), { format: 'quicktime' })
    expect(times).toEqual([])
  })

  test.for<[string, string]>([
    ['HLS', '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nvictim.ts\n#EXT-X-ENDLIST\n'],
    ['a list to be joined', 'ffconcat version 1.0\nfile victim.ts\n']
  ])('%s is read as what it was said to be, not as a list', async ([, text], context) => {
    const tool = videoTool(context)
    pattern(at('victim.ts'), { seconds: 1 }, '-c:v', 'mpeg2video')
    writeFileSync(at('list'), text)
    for (const format of [
      'mp4',
      'mpeg-ts',
      'mpeg',
      'avi',
      'matroska',
      'flv',
      'asf',
      'ogg',
      'mxf',
      'realmedia',
      'ivf'
    ]) {
      const { times } = await read(tool, at('list'), { format })
      expect(times, format).toEqual([])
    }
  })
})
