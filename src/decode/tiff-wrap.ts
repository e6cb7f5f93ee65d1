// Pixels and their colour profile as an uncompressed TIFF in memory: the way to hand sharp pixels that have a profile.

import type { DecodedPixels } from './pixels.js'

const SHORT = 3
const LONG = 4
const UNDEFINED = 7

const HEADER_BYTES = 8
const ENTRY_BYTES = 12

const PHOTOMETRIC_GREY = 1
const PHOTOMETRIC_RGB = 2
const PHOTOMETRIC_CMYK = 5

interface Entry {
  readonly tag: number
  readonly type: number
  readonly values: readonly number[]
}

/** One strip, one page, little-endian. */
export function wrapInTiff({ data, width, height, channels, profile, cmyk }: DecodedPixels): Uint8Array {
  const profileBytes = profile ?? new Uint8Array(0)
  const hasAlpha = cmyk !== true && (channels === 2 || channels === 4)
  const directoryBytes = 2 + 12 * ENTRY_BYTES + 4
  const depthsAt = HEADER_BYTES + directoryBytes
  const profileAt = depthsAt + 8
  const dataAt = profileAt + profileBytes.length
  const grey = channels <= 2
  const photometric = cmyk === true ? PHOTOMETRIC_CMYK : grey ? PHOTOMETRIC_GREY : PHOTOMETRIC_RGB
  const short = (tag: number, ...values: number[]): Entry => ({ tag, type: SHORT, values })
  const long = (tag: number, ...values: number[]): Entry => ({ tag, type: LONG, values })
  const entries: Entry[] = [
    long(256, width),
    long(257, height),
    short(258, ...Array<number>(channels).fill(8)),
    short(259, 1),
    short(262, photometric),
    long(273, dataAt),
    short(277, channels),
    long(278, height),
    long(279, data.length),
    short(284, 1),
    // Unassociated alpha.
    ...(hasAlpha ? [short(338, 2)] : []),
    ...(profile === null ? [] : [{ tag: 34675, type: UNDEFINED, values: [profileAt] }])
  ]
  const file = Buffer.alloc(dataAt + data.length)
  file.write('II*\0', 0, 'latin1')
  file.writeUInt32LE(HEADER_BYTES, 4)
  file.writeUInt16LE(entries.length, HEADER_BYTES)
  entries.forEach(({ tag, type, values }, i) => {
    const at = HEADER_BYTES + 2 + i * ENTRY_BYTES
    file.writeUInt16LE(tag, at)
    file.writeUInt16LE(type, at + 2)
    file.writeUInt32LE(type === UNDEFINED ? profileBytes.length : values.length, at + 4)
    if (type !== SHORT) file.writeUInt32LE(values[0], at + 8)
    else if (values.length <= 2) values.forEach((value, k) => file.writeUInt16LE(value, at + 8 + 2 * k))
    else {
      file.writeUInt32LE(depthsAt, at + 8)
      values.forEach((value, k) => file.writeUInt16LE(value, depthsAt + 2 * k))
    }
  })
  file.set(profileBytes, profileAt)
  file.set(data, dataAt)
  return file
}
