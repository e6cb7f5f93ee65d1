// Videos told by their first bytes, where a signature alone does not say it.

import type { SniffedFormat } from './sniff-containers.js'

const TS_SYNC = 0x47
const TS_PACKET_BYTES = 188
/** Cameras write a time of four bytes before each packet. */
const M2TS_PACKET_BYTES = 192
/** One byte is nothing; five in their places are no chance. */
const TS_PACKETS = 5

/** MPEG transport stream: packets that begin alike. */
export function isTransportStream(head: Uint8Array): boolean {
  const isAt = (first: number, step: number): boolean => {
    // A file of fewer packets is one as far as it goes.
    const places = Array.from({ length: TS_PACKETS }, (_, i) => first + i * step).filter((at) => at < head.length)
    return places.length > 1 && places.every((at) => head[at] === TS_SYNC)
  }
  return isAt(0, TS_PACKET_BYTES) || isAt(M2TS_PACKET_BYTES - TS_PACKET_BYTES, M2TS_PACKET_BYTES)
}

/** First boxes of QuickTime files from before there was `ftyp`, and of files whose first box was cut away. */
const QUICKTIME_BOXES = ['moov', 'mdat', 'wide', 'pnot', 'moof']
/** Boxes of any content. */
const EMPTY_BOXES = ['free', 'skip']
const MIN_BOX_BYTES = 8

/** A size and a name of four letters; where the name says little, another box must follow. */
export function isOldQuickTime(head: Uint8Array, text: string): boolean {
  const name = text.slice(4, 8)
  if (QUICKTIME_BOXES.includes(name)) return true
  if (!EMPTY_BOXES.includes(name)) return false
  const bytes = new DataView(head.buffer, head.byteOffset, head.length).getUint32(0)
  const next = Buffer.from(head.subarray(bytes + 4, bytes + 8)).toString('latin1')
  return bytes >= MIN_BOX_BYTES && [...QUICKTIME_BOXES, ...EMPTY_BOXES].includes(next)
}

/** The document's type stands among the first fields of its header. */
export function matroskaFormat(text: string): string {
  return text.includes('\x42\x82\x84webm') ? 'webm' : 'matroska'
}

/** Ogg is mostly sound; a first page with Theora or Dirac, or another than sound, makes it a video. */
const OGG_SOUND = ['\x01vorbis', 'OpusHead', 'Speex   ', '\x7fFLAC', 'fLaC', 'PCM     ']

export function sniffOgg(text: string): SniffedFormat {
  const isSound = OGG_SOUND.some((mark) => text.startsWith(mark, OGG_PAGE_HEADER_BYTES))
  // A second stream may be a picture, but whether there is one only FFmpeg sees.
  return { kind: isSound ? 'other' : 'video', format: 'ogg' }
}

const OGG_PAGE_HEADER_BYTES = 28
