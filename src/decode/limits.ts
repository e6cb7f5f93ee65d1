// What decoders refuse and how they fail, said the same way by all of them.

import { ExhibitHashError } from '../core/errors.js'
import type { DecodeOptions } from './decoder.js'

/** @throws {ExhibitHashError} PIXEL_LIMIT */
export function checkPixelLimit(width: number, height: number, { maxPixels }: DecodeOptions): void {
  if (width * height <= maxPixels) return
  const message = `${width} × ${height} pixels exceed the limit of ${maxPixels}`
  throw new ExhibitHashError('PIXEL_LIMIT', message, { stage: 'decode' })
}

/**
 * DECODE_FAILED for whatever a library threw; what is coded already stays as it is.
 * @param message - where the library's own cannot be used
 */
export function decodeFailed(
  cause: unknown,
  message = cause instanceof Error ? cause.message : String(cause)
): ExhibitHashError {
  if (cause instanceof ExhibitHashError) return cause
  return new ExhibitHashError('DECODE_FAILED', message.replace(/\s+/g, ' ').trim(), { stage: 'decode', cause })
}
