// What a rematch can be told, checked once.

import { availableParallelism } from 'node:os'
import type { HashSet } from '../index/index.js'
import { checkNear, type NearPolicy } from '../match/index.js'
import { positive, refuseUnknown, usage } from './options.js'

/**
 * How a set is asked: every file of the results is looked up in all of it; or the files are compared with the entries that
 * its newer layers bring, and only those that may have something new are looked up.
 */
export type RematchWay = 'files' | 'layers'

/** How one set is asked, and why that way was possible. */
export interface RematchPlan {
  readonly set: string
  readonly way: RematchWay
  /** Layers that the set has and the earlier results did not know; `null` where they knew another set, or other distances. */
  readonly newerLayers: number | null
  /** Records that those layers bring. */
  readonly newerRecords: number
}

export interface RematchProgress {
  /** The files are compared with newer layers, or asked one by one. */
  readonly phase: 'layers' | 'files'
  /** Bytes of the results file. */
  readonly done: number
  readonly total: number
  /** Files with something new so far. */
  readonly matched: number
}

export interface RematchOptions {
  readonly sets: readonly HashSet[]
  /** Distances by kind of hash. Default those of the earlier results. `{}` for exact matches only. */
  readonly near?: Readonly<Record<string, number>>
  /** A record of every file with all of its matches, in place of what is new. Default false. */
  readonly all?: boolean
  /** Records are the same by MediaID whatever their source: for releases whose files have other names each time. */
  readonly ignoreSources?: boolean
  /** Default 'auto': by layers where that is possible and faster. The results are the same. */
  readonly way?: RematchWay | 'auto'
  /** Threads that match. Default the cores. */
  readonly concurrency?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: RematchProgress) => void
  /** Told once, before the first record. */
  readonly onPlan?: (plan: readonly RematchPlan[]) => void
}

export interface RematchRun {
  readonly sets: readonly HashSet[]
  /** `undefined`: those of the earlier results. */
  readonly near: NearPolicy | undefined
  readonly all: boolean
  readonly bySource: boolean
  readonly way: RematchWay | 'auto'
  readonly threads: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: (progress: RematchProgress) => void
  readonly onPlan: (plan: readonly RematchPlan[]) => void
}

const NAMES = ['sets', 'near', 'all', 'ignoreSources', 'way', 'concurrency', 'signal', 'onProgress', 'onPlan']
const WAYS: readonly unknown[] = ['auto', 'files', 'layers']

/** @throws {ExhibitHashError} USAGE naming the option */
export function checkRematchOptions(options: RematchOptions): RematchRun {
  refuseUnknown(options, NAMES)
  const { sets, near, all = false, ignoreSources = false, way = 'auto' } = options
  const given: unknown = sets
  if (!Array.isArray(given) || given.length === 0) throw usage('sets', 'at least one hash set', given)
  if (!WAYS.includes(way)) throw usage('way', `'auto', 'files' or 'layers'`, way)
  return {
    sets,
    near: near === undefined ? undefined : checkNear(near),
    all,
    bySource: !ignoreSources,
    way,
    threads: positive('concurrency', options.concurrency ?? availableParallelism()),
    signal: options.signal,
    onProgress: options.onProgress ?? (() => undefined),
    onPlan: options.onPlan ?? (() => undefined)
  }
}
