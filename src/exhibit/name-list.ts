// A list of file names on a stream: one a line, or separated by NUL.

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Names as bytes; empty ones are passed over. Without NUL a carriage return before the line's end is dropped. */
export async function* readNames(
  input: AsyncIterable<Uint8Array | string>,
  separatedByNul: boolean
): AsyncGenerator<Uint8Array> {
  const separator = separatedByNul ? 0 : LINE_FEED
  let rest = Buffer.alloc(0)
  for await (const chunk of input) {
    const bytes = Buffer.concat([rest, typeof chunk === 'string' ? Buffer.from(chunk) : chunk])
    let start = 0
    for (let end = bytes.indexOf(separator); end !== -1; end = bytes.indexOf(separator, start)) {
      const name = trimmed(bytes.subarray(start, end), separatedByNul)
      if (name.length > 0) yield name
      start = end + 1
    }
    rest = bytes.subarray(start)
  }
  const last = trimmed(rest, separatedByNul)
  if (last.length > 0) yield last
}

function trimmed(name: Buffer, separatedByNul: boolean): Buffer {
  return !separatedByNul && name.at(-1) === CARRIAGE_RETURN ? name.subarray(0, -1) : name
}
