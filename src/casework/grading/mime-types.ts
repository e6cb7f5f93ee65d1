// The type of a file's content as other tools know it: the registered name, or where there is none the one that tools write.

import type { MediaFacts } from '../../core/result.js'

/** By the format that was told from the first bytes. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  tiff: 'image/tiff',
  bmp: 'image/bmp',
  ico: 'image/vnd.microsoft.icon',
  webp: 'image/webp',
  avif: 'image/avif',
  heic: 'image/heic',
  jxl: 'image/jxl',
  jp2: 'image/jp2',
  psd: 'image/vnd.adobe.photoshop',
  psb: 'image/vnd.adobe.photoshop',
  cr2: 'image/x-canon-cr2',
  cr3: 'image/x-canon-cr3',
  dng: 'image/x-adobe-dng',
  mp4: 'video/mp4',
  quicktime: 'video/quicktime',
  '3gp': 'video/3gpp',
  matroska: 'video/matroska',
  webm: 'video/webm',
  avi: 'video/x-msvideo',
  asf: 'video/x-ms-asf',
  flv: 'video/x-flv',
  mpeg: 'video/mpeg',
  'mpeg-video': 'video/mpeg',
  'mpeg-ts': 'video/mp2t',
  ogg: 'video/ogg',
  realmedia: 'application/vnd.rn-realmedia',
  mxf: 'application/mxf',
  ivf: 'video/x-ivf'
}

/** Absent rather than made up: a type that nobody knows helps nobody. */
export function mimeTypeOf(media: MediaFacts | null): string | undefined {
  if (media === null || media.kind === 'other' || !Object.hasOwn(MIME_TYPES, media.format)) return undefined
  return MIME_TYPES[media.format]
}
