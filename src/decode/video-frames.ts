// The frames of a video, as FFmpeg gives them out: each with its number and time, and at the end why there are no more.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Raster } from '../core/raster.js'
import { RASTER_SIDE } from './decoder.js'
import { ppmFrames } from './ppm-frames.js'
import { FrameReport, type FramePlace } from './video-report.js'
import { inOrder, openInput, type VideoInput, type VideoSource } from './video-input.js'
import { isMov, startVideoTool, type VideoRun, type VideoTool } from './video-tool.js'

export type { VideoSource } from './video-input.js'

export interface VideoFrame extends FramePlace {
  /** RGB as stored, at most 512 × 512. Written over when the next frame is asked for. */
  readonly raster: Raster
}

/**
 * Why there are no more: the stream's end, with or without a fault before it; no such stream; no decoder; too many pixels
 * a frame; more frames or time than the limit; or whoever asked has stopped.
 */
export type VideoEnd = 'whole' | 'damaged' | 'absent' | 'undecodable' | 'pixels' | 'frames' | 'time' | 'stopped'

const MAX_LOG_BYTES = 64 * 1024
/** A line that `-v level+info` marks. */
const COMPLAINT = /^(?:\[[^\]]* @ [^\]]*\] )*\[(?:error|fatal|panic)\]/m
const STREAM = /^\[info\] +Stream #0:\d+.*$/gm
/** From here on its own output is described. No line that a file gives begins so. */
const AFTER_STREAMS = /^\[info\] Stream mapping:/m
/** Of what else it may be a file says much, so that only this much of it is believed. */
const OTHER_STREAM =
  /^\[info\] +Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\([a-z]{3}\))?: (?:Audio|Data|Subtitle|Attachment): /

/** One reading of one stream. */
export class VideoReading {
  private readonly report = new FrameReport()
  private reason: 'frames' | 'time' | 'stopped' | 'damaged' | null = null
  private log = Buffer.alloc(0)
  private ending: VideoEnd | null = null

  constructor(
    private readonly tool: VideoTool,
    private readonly source: VideoSource,
    private readonly run: VideoRun
  ) {}

  /** When all frames have been given out. */
  get end(): VideoEnd {
    return this.ending ?? 'stopped'
  }

  /** Frames that were decoded, taken or not. */
  get framesSeen(): number {
    return this.report.seen
  }

  /** Streams that may be videos, by what FFmpeg says of the file. */
  get streams(): number {
    const [ofInput] = this.log.toString('latin1').split(AFTER_STREAMS, 1)
    return [...ofInput.matchAll(STREAM)].filter(([line]) => !OTHER_STREAM.test(line)).length
  }

  /** Once. Whoever leaves the loop early, or aborts, ends the tool. Never throws for a fault of the video. */
  async *frames(signal?: AbortSignal): AsyncGenerator<VideoFrame> {
    const { tool, source, run } = this
    const input = await openInput(source, { readsDescriptors: tool.readsDescriptors, isMov: isMov(source.format) })
    try {
      yield* this.framesOf(input, startVideoTool(tool, source.format, input, run), signal)
    } finally {
      await input.handle.close()
    }
  }

  private async *framesOf(input: VideoInput, child: ChildProcess, signal?: AbortSignal): AsyncGenerator<VideoFrame> {
    const stop = (reason: NonNullable<typeof this.reason>) => {
      this.reason ??= reason
      child.kill('SIGKILL')
      // Whoever else holds the other ends.
      for (const pipe of child.stdio) pipe?.destroy()
    }
    const timer = setTimeout(() => stop('time'), this.run.timeoutMs)
    const onAbort = () => stop('stopped')
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) onAbort()
    const closed = closeOf(child)
    const fed = feedInto(child, input)
    try {
      yield* this.given(child, stop)
      if (this.reason === null) await closed
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      if (!hasEnded(child)) stop('stopped')
      const [status] = await Promise.all([closed, fed])
      this.ending = this.endBy(status)
    }
  }

  private async *given(child: ChildProcess, stop: (reason: 'frames' | 'damaged') => void): AsyncGenerator<VideoFrame> {
    const [, report, log, pictures] = child.stdio as unknown as readonly [null, Readable, Readable, Readable]
    this.listen(report, log, stop)
    let given = 0
    try {
      for await (const raster of ppmFrames(pictures as AsyncIterable<Buffer>, RASTER_SIDE)) {
        const place = await this.report.next()
        if (place === null) return
        if (given++ === this.run.maxFrames) return stop('frames')
        yield { ...place, raster }
      }
    } catch {
      // A pipe that was closed by `stop`, or something on it that is no picture.
      stop('damaged')
    }
  }

  private listen(report: Readable, log: Readable, stop: (reason: 'damaged') => void): void {
    report.setEncoding('latin1').on('data', (text: string) => {
      try {
        this.report.push(text)
      } catch {
        stop('damaged')
      }
    })
    report.on('close', () => this.report.end()).on('error', () => undefined)
    log
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        const room = MAX_LOG_BYTES - this.log.length
        if (room > 0) this.log = Buffer.concat([this.log, chunk.subarray(0, room)])
      })
  }

  private endBy(status: number | null): VideoEnd {
    if (this.reason !== null) return this.reason
    const log = this.log.toString('latin1')
    if (status === 0) return COMPLAINT.test(log) ? 'damaged' : 'whole'
    if (/matches no streams/.test(log)) return 'absent'
    if (/no decoder found|Decoder \(codec .*\) not found/.test(log)) return 'undecodable'
    return /exceeds specified max pixel count/.test(log) ? 'pixels' : 'damaged'
  }
}

/** Its exit status, `null` where it was killed or did not even start. */
async function closeOf(child: ChildProcess): Promise<number | null> {
  try {
    const [status] = (await once(child, 'close')) as [number | null]
    return status
  } catch {
    return null
  }
}

/** Kept when all was written, or nobody takes any more. What cannot be read any more is the caller's to find out. */
async function feedInto({ stdin }: ChildProcess, { handle, pieces }: VideoInput): Promise<void> {
  if (stdin === null || pieces === null) return
  // It may end before it has read all: its exit says why.
  await pipeline(inOrder(handle, pieces), stdin).catch(() => undefined)
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}
