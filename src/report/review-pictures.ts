// Pictures for the review page: a blurred grey one that is made where hostile bytes run, or the file itself, unchanged.

import { createHash, timingSafeEqual } from 'node:crypto'
import { open } from 'node:fs/promises'
import { decode } from 'blurhash'
import { locateInExhibit } from '../casework/grading/media-copies.js'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import { fill, untouched } from '../files/index.js'
import { scan } from '../pipeline/index.js'

/** Formats that browsers show. */
export const SHOWN_TYPES: Readonly<Record<string, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp'
}

const SIDE = 32
const MAX_PICTURE_BYTES = 128 * 1024 * 1024

export interface PictureRequest {
  /** The folder that was scanned. */
  readonly root: string
  readonly path: string
  readonly sha256: string
}

/** Brightness of 32 × 32 points, 0–255, from a BlurHash: nothing finer than a quarter of the picture is left. */
export interface BlurredPicture {
  readonly side: number
  readonly grey: readonly number[]
}

/**
 * Decodes in a child process, as a scan does.
 * @throws {ExhibitHashError} FILE_CHANGED, DECODE_FAILED and what else a scan records, INPUT_NOT_FOUND, READ_FAILED, USAGE
 */
export async function blurredPicture(
  { root, path, sha256 }: PictureRequest,
  signal?: AbortSignal
): Promise<BlurredPicture> {
  const location = (await locateInExhibit({ path }, root)).toString()
  for await (const record of scan([location], {
    preview: true,
    concurrency: 1,
    archives: false,
    video: false,
    ...(signal && { signal })
  })) {
    refuseOther(record.digests?.sha256, sha256, path)
    if (record.preview === undefined) {
      const { code, message } = record.error ?? {
        code: 'NOT_AN_IMAGE',
        message: `${path}: has no picture that could be shown`
      }
      throw new ExhibitHashError(code, message, { path })
    }
    const pixels = decode(record.preview, SIDE, SIDE)
    const grey = Array.from({ length: SIDE * SIDE }, (_, i) =>
      Math.round(0.299 * pixels[4 * i] + 0.587 * pixels[4 * i + 1] + 0.114 * pixels[4 * i + 2])
    )
    return { side: SIDE, grey }
  }
  throw new ExhibitHashError('INPUT_NOT_FOUND', `${path}: is not there`, { path })
}

/**
 * The bytes of a file, which must be those that were hashed.
 * @throws {ExhibitHashError} FILE_CHANGED, FILE_TOO_LARGE, INPUT_NOT_FOUND, READ_FAILED, USAGE
 */
export async function originalPicture({ root, path, sha256 }: PictureRequest): Promise<Buffer> {
  const location = await locateInExhibit({ path }, root)
  const file = await untouched((flags) => open(location, flags)).catch((cause: unknown) => {
    throw toExhibitHashError(cause, readErrorCode(cause), { path })
  })
  try {
    const { size } = await file.stat()
    if (size > MAX_PICTURE_BYTES)
      throw new ExhibitHashError('FILE_TOO_LARGE', `${path}: too large to be shown`, { path })
    const bytes = Buffer.alloc(size)
    const whole = bytes.subarray(0, await fill(file, bytes, 0))
    refuseOther(createHash('sha256').update(whole).digest('hex'), sha256, path)
    return whole
  } finally {
    await file.close()
  }
}

function refuseOther(found: string | undefined, wanted: string, path: string): void {
  if (found === wanted) return
  throw new ExhibitHashError('FILE_CHANGED', `${path}: is not the file that was hashed`, { path })
}

/** Compares secrets in a time that tells nothing of them. */
export function isSameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
