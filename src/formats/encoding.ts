// Text encodings of sources: told by the byte-order mark or the pattern of NULs, and turned into UTF-8.

export interface Encoding {
  readonly name: 'utf-8' | 'utf-16le' | 'utf-16be'
  /** Bytes of the mark at the start, which belong to no record. */
  readonly markBytes: number
}

/** Pairs of bytes that are looked at where there is no mark. */
const SAMPLE_BYTES = 4096

export function tellEncoding(head: Uint8Array): Encoding {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { name: 'utf-8', markBytes: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { name: 'utf-16le', markBytes: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { name: 'utf-16be', markBytes: 2 }
  return { name: nameByNuls(head.subarray(0, SAMPLE_BYTES)), markBytes: 0 }
}

/** Hash sets are nearly all ASCII, so in UTF-16 nearly every second byte is NUL and the others never are. */
function nameByNuls(sample: Uint8Array): Encoding['name'] {
  const pairs = sample.length >> 1
  let nulsFirst = 0
  let nulsSecond = 0
  for (let i = 0; i < pairs; i++) {
    if (sample[2 * i] === 0) nulsFirst++
    if (sample[2 * i + 1] === 0) nulsSecond++
  }
  if (pairs > 0 && nulsFirst === 0 && nulsSecond * 2 > pairs) return 'utf-16le'
  if (pairs > 0 && nulsSecond === 0 && nulsFirst * 2 > pairs) return 'utf-16be'
  return 'utf-8'
}

/**
 * The chunks as UTF-8 without the mark. Half a UTF-16 unit at the end is left out: it is the end of a truncated file,
 * and the reader of the format sees that something is missing.
 */
export async function* toUtf8(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = encoding.name === 'utf-8' ? null : new TextDecoder(encoding.name, { ignoreBOM: true })
  let markLeft = encoding.markBytes
  for await (const chunk of chunks) {
    const skipped = Math.min(markLeft, chunk.length)
    markLeft -= skipped
    const rest = skipped === 0 ? chunk : chunk.subarray(skipped)
    const bytes = decoder === null ? rest : Buffer.from(decoder.decode(rest, { stream: true }))
    if (bytes.length > 0) yield bytes
  }
}

/** Where in the file a byte of the UTF-8 text stands: exact in UTF-8, and in UTF-16 as long as the text is ASCII. */
export function placeInFile(encoding: Encoding, utf8Offset: number): string {
  if (encoding.name === 'utf-8') return `byte ${encoding.markBytes + utf8Offset}`
  return `about byte ${encoding.markBytes + 2 * utf8Offset} (${encoding.name.toUpperCase()})`
}
