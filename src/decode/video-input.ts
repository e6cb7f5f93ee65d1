// How FFmpeg gets at an open file: through a descriptor of ours, so that no name is looked up again and the access time stays
// as it is.

import { open, type FileHandle } from 'node:fs/promises'
import { fill, untouched } from '../files/index.js'
import { inReadingOrder, type Piece } from './mov-stream.js'

export interface VideoSource {
  /** Open for reading. */
  readonly descriptor: number
  /** For systems where an open file has no name of its own. */
  readonly path: string
  /** As it was sniffed: FFmpeg is told, so that content cannot choose a reader that opens other files. */
  readonly format: string
}

export interface VideoInput {
  /** What FFmpeg is told to open. */
  readonly url: string
  /** Its standard input, or what that is made of. */
  readonly handle: FileHandle
  /** Set where the file has to be put into another order. */
  readonly pieces: readonly Piece[] | null
}

/** @param isMov - the table of samples may stand behind them */
export async function openInput(
  source: VideoSource,
  { readsDescriptors, isMov }: { readonly readsDescriptors: boolean; readonly isMov: boolean }
): Promise<VideoInput> {
  const handle = await openAgain(source)
  if (process.platform === 'win32') return { url: `file:${source.path}`, handle, pieces: null }
  if (readsDescriptors) return { url: 'fd:', handle, pieces: null }
  if (!isMov) return { url: 'pipe:0', handle, pieces: null }
  const { size } = await handle.stat()
  const order = await inReadingOrder((position, length) => readAt(handle, position, length), size)
  // By the name of what is open: the only way to go back in it, which costs the access time.
  if (order === null) return { url: 'file:/dev/fd/0', handle, pieces: null }
  return { url: 'pipe:0', handle, pieces: order.length === 1 ? null : order }
}

/** Each reading needs a place of its own in the file. */
function openAgain({ descriptor, path }: VideoSource): Promise<FileHandle> {
  const again = process.platform === 'linux' ? `/proc/self/fd/${descriptor}` : path
  return untouched((flags) => open(again, flags))
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  return bytes.subarray(0, await fill(handle, bytes, position))
}

const PART_BYTES = 2 ** 18

/** The file in the order of its pieces. */
export async function* inOrder(handle: FileHandle, pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if ('bytes' in piece) yield piece.bytes
    else {
      for (let at = piece.from; at < piece.to; at += PART_BYTES) {
        const part = await readAt(handle, at, Math.min(PART_BYTES, piece.to - at))
        if (part.length === 0) return
        yield part
      }
    }
  }
}
