// Whether frames of a file are to be taken, and what its record says where they are wanted and cannot be had.

import type { FramesMissing } from '../core/result.js'
import { hasVideoReader } from '../decode/index.js'
import type { ExtractOptions, FileFeatures } from './features.js'

/** `null` where the file is no video, or its frames are not asked for: they have no other hash than PDQ. */
export function frameWay({ media }: FileFeatures, { video, hashes }: ExtractOptions): 'frames' | 'no-ffmpeg' | null {
  if (media?.kind !== 'video' || !hasVideoReader(media.format) || video === null || !hashes.includes('pdq')) return null
  return video.tool === null ? 'no-ffmpeg' : 'frames'
}

export function withoutFrames(features: FileFeatures, framesMissing: FramesMissing): FileFeatures {
  return features.media === null ? features : { ...features, media: { ...features.media, framesMissing }, frames: null }
}
