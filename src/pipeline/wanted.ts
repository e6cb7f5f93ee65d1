// Finds what a run is told to use of the user's own, before the first file: hashers, and tools of the system.

import { ExhibitHashError } from '../core/errors.js'
import { findHeicTool, findVideoTool } from '../decode/index.js'
import type { ExtractOptions } from './features.js'
import { loadHere, loadInChild } from './known-hashers.js'
import type { WantedModules } from './options.js'

export const NOTHING_WANTED: WantedModules = { hashers: [], nativeHeic: false, video: null }

/** @throws {ExhibitHashError} HASHER_UNUSABLE; USAGE where there is no tool for HEIC */
export async function findWanted(
  { hashers, nativeHeic, video }: WantedModules,
  where: 'here' | 'in a child'
): Promise<Partial<Pick<ExtractOptions, 'hashers' | 'heicTool' | 'video'>>> {
  return {
    ...(hashers.length > 0 && { hashers: await (where === 'here' ? loadHere : loadInChild)(hashers) }),
    ...(nativeHeic && { heicTool: await heicTool() }),
    // Without it videos are matched by their digests, and records say so.
    ...(video !== null && { video: { ...video, tool: await findVideoTool() } })
  }
}

async function heicTool(): Promise<ExtractOptions['heicTool']> {
  const found = await findHeicTool()
  if (found !== null) return { kind: found.kind, path: found.path }
  const message = "option heic: 'native' needs FFmpeg 5.1 or later with its HEVC decoder on PATH"
  throw new ExhibitHashError('USAGE', message, { path: 'heic' })
}
