// Frames of an animated PNG: libpng shows the first and does not count the others.

const SIGNATURE_BYTES = 8
/** Length, name and checksum around a chunk's data. */
const CHUNK_FRAME_BYTES = 12

/** The number in the animation chunk, which stands before the pixels; 1 where there is none. */
export function apngFrames(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = SIGNATURE_BYTES; at + CHUNK_FRAME_BYTES <= bytes.length;) {
    const length = view.getUint32(at)
    const name = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1')
    if (name === 'acTL' && length === 8) return Math.max(1, view.getUint32(at + 8))
    if (name === 'IDAT') return 1
    at += CHUNK_FRAME_BYTES + length
  }
  return 1
}
