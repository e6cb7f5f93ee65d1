// Found entries as one digest: lists of thousands are compared without being sent.

import { createHash } from 'node:crypto'

/** @param {readonly { entry: number, distanceBits: number }[]} found */
export function digestOf(found) {
  const numbers = Uint32Array.from(found.flatMap(({ entry, distanceBits }) => [entry, distanceBits]))
  return createHash('sha256').update(new Uint8Array(numbers.buffer)).digest('hex')
}
