// Which format a source is in, by its first bytes.

import { basename } from 'node:path'
import { readChunks } from './byte-source.js'
import { CSV } from './csv.js'
import { type Encoding, tellEncoding } from './encoding.js'
import type { Format, Head } from './format.js'
import { FORMATS } from './registry.js'
import type { SourceOptions } from './source.js'

/** Bytes that are looked at. */
const HEAD_BYTES = 64 * 1024

export interface Start {
  readonly encoding: Encoding
  readonly head: Head
}

/** Reads the beginning of a source. */
export async function readStart(path: string, signal: AbortSignal | undefined): Promise<Start> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const chunk of readChunks(path, { chunkBytes: () => HEAD_BYTES, signal })) {
    pieces.push(Buffer.from(chunk))
    bytes += chunk.length
    if (bytes > HEAD_BYTES) break
  }
  const start = Buffer.concat(pieces).subarray(0, HEAD_BYTES)
  const encoding = tellEncoding(start)
  const text = new TextDecoder(encoding.name).decode(start.subarray(encoding.markBytes))
  return { encoding, head: { text, isWhole: bytes <= HEAD_BYTES, bytes: start, path, fileName: basename(path) } }
}

/** The format of a source; `undefined` where it is none of the table's. */
export async function recogniseFormat(head: Head, options: SourceOptions): Promise<Format | undefined> {
  const isText = !isBinary(head)
  // Whoever says what the columns are means a CSV file, though its header be that of another format.
  const order = options.columns === undefined ? FORMATS : [CSV, ...FORMATS]
  for (const format of order) {
    if ((isText || format.isBinary === true) && (await format.recognises(head, options))) return format
  }
  return undefined
}

/** Control characters that no text has; NULs after the end are padding of a recovered file. */
function isBinary(head: Head): boolean {
  let end = head.text.length
  if (head.isWhole) while (end > 0 && head.text.charCodeAt(end - 1) === 0) end--
  // eslint-disable-next-line no-control-regex -- these are the ones to find; SUB ends some old text files
  return /[\x00-\x08\x0e-\x19\x1b-\x1f]/.test(head.text.slice(0, end))
}
