// Which frames of videos are taken, from the command line's options to the library's.

import { InvalidArgumentError } from '@commander-js/extra-typings'
import type { HashingOptions } from '../pipeline/index.js'

export interface VideoLimits {
  readonly maxFrames?: number
  readonly timeoutMs?: number
}

/** `2`, `0.5` */
export function framesPerSecond(text: string): number {
  const value = Number(text)
  if (!/^\d*\.?\d+$/.test(text.trim()) || !(value > 0)) throw new InvalidArgumentError('expected a number above 0.')
  return value
}

/** `frames=5000,seconds=600` */
export function parseVideoLimits(list: string): VideoLimits {
  const pairs = list.split(',').map((item) => {
    const [, name, value] = /^\s*(frames|seconds)=([1-9][0-9]*)\s*$/.exec(item) ?? []
    if (name === undefined) throw new InvalidArgumentError('expected e.g. frames=5000,seconds=600.')
    return name === 'frames' ? { maxFrames: Number(value) } : { timeoutMs: Number(value) * 1000 }
  })
  return Object.assign({}, ...pairs) as VideoLimits
}

interface GivenOptions {
  readonly video?: boolean | undefined
  readonly videoFps?: number | undefined
  readonly videoScenes?: true | undefined
  readonly videoLimits?: VideoLimits | undefined
}

/** Only what was given: the library knows what holds otherwise. */
export function videoOption(given: GivenOptions): Pick<HashingOptions, 'video'> {
  const { video, videoFps, videoScenes, videoLimits } = given
  if (video === false) return { video: false }
  const frames = {
    ...(videoFps !== undefined && { framesPerSecond: videoFps }),
    ...(videoScenes !== undefined && { sceneChanges: true }),
    ...videoLimits
  }
  return Object.keys(frames).length === 0 ? {} : { video: frames }
}
