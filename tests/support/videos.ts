// Small videos for tests, made by the FFmpeg of this machine of drawn patterns and of fixtures; and tools that only seem to
// be FFmpeg.

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { findVideoTool, type VideoTool } from '../../src/decode/index.js'
import { image } from './fixtures.js'

const found = await findVideoTool()

/** The tool of this machine; a test that has none skips, and says so. */
export function videoTool({ skip }: Pick<TestContext, 'skip'>): VideoTool {
  if (found === null) skip('FFmpeg 5.1 or later is not on PATH')
  return found!
}

export const hasVideoTool = found !== null

/** Runs FFmpeg; what it says is the error where it fails. */
export function ffmpeg(...args: readonly string[]): void {
  if (found === null) throw new Error('a test asks for FFmpeg before it has looked for it')
  execFileSync(found.path, ['-nostdin', '-v', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** True where FFmpeg can write videos of this coding. */
export function canEncode(codec: string): boolean {
  if (found === null) return false
  const list = execFileSync(found.path, ['-hide_banner', '-encoders'], { encoding: 'utf8' })
  return list.split('\n').some((line) => line.trim().split(/\s+/)[1] === codec)
}

/** FFmpeg's own encoder of MPEG-4, which every build has. */
export const CODING = ['-c:v', 'mpeg4', '-q:v', '2', '-pix_fmt', 'yuv420p'] as const

/** A drawn pattern that counts seconds. */
export function pattern(
  path: string,
  { size = '320x240', rate = '25', seconds = 4 } = {},
  ...coding: string[]
): string {
  const source = `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`
  ffmpeg('-f', 'lavfi', '-i', source, ...(coding.length > 0 ? coding : CODING), path)
  return path
}

export type Slide = readonly [name: string, seconds: number]

/** Fixtures one after the other, each for some seconds, 10 frames a second. */
export function slides(path: string, shown: readonly Slide[], ...coding: string[]): string {
  const size = 'scale=640:480,setsar=1,fps=10'
  const inputs = shown.flatMap(([name, seconds]) => ['-loop', '1', '-t', String(seconds), '-i', image(name)])
  const parts = shown.map((_, i) => `[${i}:v]${size}[v${i}]`)
  const joined = `${shown.map((_, i) => `[v${i}]`).join('')}concat=n=${shown.length}[v]`
  const graph = [...parts, joined].join(';')
  ffmpeg(...inputs, '-filter_complex', graph, '-map', '[v]', ...(coding.length > 0 ? coding : CODING), path)
  return path
}

/** A folder for PATH with a program that says it is FFmpeg, and does these lines of shell when it is to read a video. */
export function fakeTool(folder: string, ...lines: readonly string[]): string {
  const own = mkdtempSync(join(folder, 'tool-'))
  const path = join(own, 'ffmpeg')
  const answer = `-protocols) echo 'ffmpeg version 6.1 (fake)' >&2; echo '  file';;`
  writeFileSync(path, `#!/bin/sh\ncase "$1" in\n${answer}\n*)\n${lines.join('\n')}\n;;\nesac\n`)
  chmodSync(path, 0o755)
  return own
}
