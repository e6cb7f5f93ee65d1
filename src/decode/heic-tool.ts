// FFmpeg as a decoder of HEVC: found where it is installed, run with nothing but pipes.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { HeicTool } from './decoder.js'
import { findFfmpeg, NO_ENVIRONMENT } from './ffmpeg.js'

export interface FoundHeicTool extends HeicTool {
  /** As the tool says it, for reports. */
  readonly version: string
}

/** FFmpeg's own limits, besides ours: of one allocation, and of processor time should this process have been killed. */
const MAX_ALLOC_BYTES = 2 ** 30
const MAX_CPU_SECONDS = 60

const MAX_LOG_BYTES = 64 * 1024
/** A line that `-v level+info` marks. */
const COMPLAINT = /\[(?:error|fatal|panic)\].*/

/** The first FFmpeg on PATH that can do it; `null` where there is none. */
export async function findHeicTool(path = process.env['PATH'] ?? ''): Promise<FoundHeicTool | null> {
  return findFfmpeg(path, '-decoders', (found, answer) => (/^ V\S* hevc /m.test(answer) ? found : null))
}

export interface ToolOutput {
  /** Its name in the graph of filters. */
  readonly name: string
  readonly format: 'rawvideo' | 'framecrc'
  /** Where it ends; raw video has to be neither more nor less. */
  readonly maxBytes: number
}

export interface ToolRun {
  /** An elementary stream of HEVC. */
  readonly stream: Uint8Array
  readonly filters: string
  readonly outputs: readonly ToolOutput[]
  readonly maxPixels: number
  readonly timeoutMs: number
}

export interface ToolResult {
  /** What came out of every output. */
  readonly results: readonly Buffer[]
  /** What it says of the stream and of its work. */
  readonly log: string
}

/** @throws Error for whatever does not end well, within the limits, and without a complaint */
export async function runHeicTool(tool: HeicTool, run: ToolRun): Promise<ToolResult> {
  const limits = [MAX_LOG_BYTES, ...run.outputs.map(({ maxBytes }) => maxBytes)]
  const stdio = ['pipe', 'ignore', ...limits.map(() => 'pipe' as const)] as const
  const child = spawn(tool.path, toolArguments(run), {
    env: NO_ENVIRONMENT,
    stdio: [...stdio],
    shell: false,
    windowsHide: true
  })
  const stop = () => {
    child.kill('SIGKILL')
    // Whoever else holds the other ends.
    for (const pipe of child.stdio) pipe?.destroy()
  }
  const timer = setTimeout(stop, run.timeoutMs)
  const [stdin, , ...pipes] = child.stdio as [NodeJS.WritableStream, null, ...Readable[]]
  const collected = pipes.map((pipe, i) => collect(pipe, limits[i], stop))
  // It may end before it has read all: its exit says why.
  stdin.on('error', () => undefined).end(run.stream)
  const ended = once(child, 'close').finally(() => {
    clearTimeout(timer)
  })
  const [status, signal] = (await ended) as [number | null, NodeJS.Signals | null]
  const [log, ...results] = collected.map(({ data, received }) => data.subarray(0, received()))
  const text = log.toString('utf8')
  const complaint = COMPLAINT.exec(text)?.[0] ?? ''
  const whole = run.outputs.every(({ format, maxBytes }, i) => format !== 'rawvideo' || results[i].length === maxBytes)
  if (status === 0 && complaint === '' && whole) return { results, log: text }
  throw new Error(`${tool.kind} ended with ${signal ?? status}${whole ? '' : ', not all pixels'}: ${complaint}`)
}

/** Into memory of a known size, since what comes is not to be trusted. */
function collect(pipe: Readable, maxBytes: number, stop: () => void) {
  const data = Buffer.allocUnsafeSlow(maxBytes)
  let received = 0
  pipe.on('data', (chunk: Buffer) => {
    if (chunk.length <= maxBytes - received) received += chunk.copy(data, received)
    else stop()
  })
  return { data, received: () => received }
}

/** Descriptors 0 to 2 are taken. */
const FIRST_OUTPUT = 3

function toolArguments({ filters, maxPixels, outputs }: ToolRun): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', 'level+info', '-xerror', '-timelimit', String(MAX_CPU_SECONDS)],
    ...['-max_alloc', String(MAX_ALLOC_BYTES), '-protocol_whitelist', 'pipe', '-threads', '1'],
    ...['-max_pixels', String(Math.min(maxPixels, 2 ** 31 - 1)), '-err_detect', 'explode'],
    // As libheif's build for WebAssembly does: with them, pixels at the edges of blocks would differ.
    ...['-skip_loop_filter', 'all'],
    // What it probes, it decodes twice.
    ...['-probesize', '32', '-f', 'hevc', '-i', 'pipe:0', '-filter_complex', filters],
    ...outputs.flatMap(({ name, format }, i) => [
      ...['-map', `[${name}]`, '-fps_mode', 'passthrough', '-f', format, `pipe:${FIRST_OUTPUT + i}`]
    ])
  ]
}
