// FFmpeg as a reader of videos: found where it is installed, and how it is called. It gets one open file, no environment,
// and limits of the system where there are any.

import { spawn, type ChildProcess } from 'node:child_process'
import { dirname } from 'node:path'
import { RASTER_SIDE } from './decoder.js'
import { findFfmpeg, NO_ENVIRONMENT, type FoundFfmpeg } from './ffmpeg.js'
import type { VideoInput } from './video-input.js'
import { SEEN, TAKEN } from './video-report.js'

/** A program of the system, not part of this package. */
export interface VideoTool extends FoundFfmpeg {
  /** It can seek in a descriptor that it inherits, and so needs no way to open any file (FFmpeg 6.0 and later). */
  readonly readsDescriptors: boolean
}

/** The first FFmpeg on PATH of version 5.1 or later; `null` where there is none. */
export async function findVideoTool(path = process.env['PATH'] ?? ''): Promise<VideoTool | null> {
  return findFfmpeg(path, '-protocols', (found, answer) => ({ ...found, readsDescriptors: /^ *fd$/m.test(answer) }))
}

/** Which frames are taken of a video, and where that ends. */
export interface FrameOptions {
  /** How many a second. */
  readonly framesPerSecond: number
  /** Take the first frame of every new scene too. */
  readonly sceneChanges: boolean
  /** Frames that are taken, all in all. */
  readonly maxFrames: number
  /** From the start of the tool, for all of a file. */
  readonly timeoutMs: number
}

export interface VideoRun extends FrameOptions {
  readonly maxPixels: number
  /** Which of the video streams. */
  readonly stream: number
}

/** FFmpeg's readers by the format that was sniffed. None of them opens anything but its input. */
const DEMUXERS: Readonly<Record<string, string>> = {
  mp4: 'mov',
  quicktime: 'mov',
  '3gp': 'mov',
  matroska: 'matroska',
  webm: 'matroska',
  avi: 'avi',
  flv: 'flv',
  asf: 'asf',
  mpeg: 'mpeg',
  'mpeg-video': 'mpegvideo',
  'mpeg-ts': 'mpegts',
  ogg: 'ogg',
  realmedia: 'rm',
  mxf: 'mxf',
  ivf: 'ivf'
}

/** True where FFmpeg's reader wants to go back, or the file in the order of reading. */
export function isMov(format: string): boolean {
  return DEMUXERS[format] === 'mov'
}

export function hasVideoReader(format: string): boolean {
  return Object.hasOwn(DEMUXERS, format)
}

/** Limits besides ours: of one allocation, and of processor time should this process have been killed. */
const MAX_ALLOC_BYTES = 2 ** 30
const CPU_SECONDS_A_SECOND = 4
/** Of its address space: a picture of 8K in 10 bits is 100 MB, and 16 may be held. */
const MAX_MEMORY_BYTES = 2 ** 32

/** Pictures on descriptor 3, the report of frames on standard output, the log on standard error. */
export function startVideoTool(tool: VideoTool, format: string, input: VideoInput, run: VideoRun): ChildProcess {
  const args = toolArguments(input.url, DEMUXERS[format], run)
  const [program, ...rest] =
    process.platform === 'linux' ? ['/bin/sh', ...LIMITED, tool.path, ...args] : [tool.path, ...args]
  return spawn(program, rest, {
    env: NO_ENVIRONMENT,
    // Not where it was started from, which may be an exhibit.
    cwd: dirname(tool.path),
    stdio: [input.pieces === null ? input.handle.fd : 'pipe', 'pipe', 'pipe', 'pipe'],
    shell: false,
    windowsHide: true
  })
}

/** No file of its own, no core, a bounded memory; what a shell cannot set stays as it was. */
const LIMITED = ['-c', `ulimit -f 0; ulimit -c 0; ulimit -v ${MAX_MEMORY_BYTES / 1024} 2>&-; exec "$0" "$@"`] as const

function toolArguments(input: string, demuxer: string, run: VideoRun): string[] {
  const { maxPixels, maxFrames, timeoutMs, stream } = run
  const cpuSeconds = Math.ceil(timeoutMs / 1000) * CPU_SECONDS_A_SECOND
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', 'level+info', '-timelimit', String(cpuSeconds)],
    ...['-max_alloc', String(MAX_ALLOC_BYTES), '-filter_threads', '1'],
    ...['-protocol_whitelist', input === 'fd:' ? 'fd,pipe' : 'file,pipe'],
    ...['-max_pixels', String(Math.min(maxPixels, 2 ** 31 - 1)), '-threads', '1', '-flags', '+bitexact'],
    // Frames are hashed as stored, like pictures.
    ...['-noautorotate', '-f', demuxer, '-i', input],
    // V: without pictures that are covers.
    ...['-map', `0:V:${stream}`, '-vf', filters(run), '-fps_mode', 'passthrough'],
    // One more, to know that there are more.
    ...['-frames:v', String(maxFrames + 1), '-c:v', 'ppm', '-f', 'image2pipe', 'pipe:3']
  ]
}

/** What FFmpeg itself takes where a stream does not say. */
const UNKNOWN_FRAME_MICROSECONDS = 40_000
/** Times of a video can be false: a frame is taken at least so often, counted as if there were so many a second. */
const MAX_FRAME_RATE = 300
/** Share of a picture that changes at once: FFmpeg's documentation recommends 0.3 to 0.5. */
const SCENE_CHANGE = 0.4
/** Sides below are enlarged: PDQ looks at 64 × 64 pixels. */
const MIN_SIDE = 64

function filters({ framesPerSecond, sceneChanges }: FrameOptions): string {
  const side = (name: string): string => `if(gt(max(iw,ih),${RASTER_SIDE}),${RASTER_SIDE},max(${MIN_SIDE},${name}))`
  // Aspect not kept, as larger pictures are resized.
  const scale = `scale=w='${side('iw')}':h='${side('ih')}':flags=bicubic+accurate_rnd+full_chroma_int+bitexact,format=rgb24`
  // By the grid of times, so that nothing adds up; a jump back is a change too. The little is for times like 0.9999999.
  const interval = (time: string): string => `floor(${time}*${framesPerSecond}+1e-6)`
  const most = Math.max(1, Math.round(MAX_FRAME_RATE / framesPerSecond))
  const wanted = [
    'isnan(prev_selected_t)',
    `not(eq(${interval('t')},${interval('prev_selected_t')}))`,
    `gte(n-prev_selected_n,${most})`,
    ...(sceneChanges ? [`gt(scene,${SCENE_CHANGE})`] : [])
  ]
  const select = `select='${wanted.join('+')}'`
  return [
    // Microseconds, and a time for every frame.
    'settb=AVTB',
    `setpts='if(isnan(PTS),if(isnan(PREV_OUTPTS),0,PREV_OUTPTS+${UNKNOWN_FRAME_MICROSECONDS}),PTS)'`,
    // What the file says of itself must not get into the report.
    'metadata=mode=delete',
    ...tell('add', SEEN),
    // Scenes are compared in RGB; of small pictures that costs little.
    ...(sceneChanges ? [scale, select] : [select, scale]),
    ...tell('modify', TAKEN)
  ].join(',')
}

function tell(mode: 'add' | 'modify', mark: string): string[] {
  return [`metadata=mode=${mode}:key=frame:value=${mark}`, 'metadata=mode=print:key=frame:file=-:direct=1']
}
