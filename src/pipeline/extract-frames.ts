// The frames of a file of the exhibit that turned out to be a video: it is opened again, and must be what it was. Runs
// where hostile bytes may run, and returns, never throws.

import { displayName } from '../exhibit/index.js'
import { describeError } from './extract.js'
import type { ExtractOptions, FilePart, Part } from './features.js'
import { asReadError, openExhibitFile } from './open-file.js'
import { frameFeatures } from './video-frames.js'

/** The part with what its frames add; unchanged where there are none to take. */
export async function extractFrames(
  location: Uint8Array,
  { framesOf, ...part }: FilePart,
  options: ExtractOptions,
  signal?: AbortSignal
): Promise<Part> {
  const { features } = part
  const { video } = options
  if (framesOf === null || video === null) return part
  try {
    const file = await openExhibitFile(location)
    if ('skipped' in file) throw new Error('the file became something else while it was read')
    try {
      file.checkState(framesOf)
      const found = await frameFeatures(file, displayName(location).path, features, { ...options, video }, signal)
      await file.checkUnchanged()
      return { ...part, features: { ...features, ...found } }
    } finally {
      await file.close()
    }
  } catch (error) {
    const fault = describeError(asReadError(error), 'READ_FAILED', 'read')
    return { ...part, features: { ...features, error: features.error ?? fault } }
  }
}
