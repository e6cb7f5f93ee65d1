// Bytes that look random and are the same at every run.

import { createCipheriv } from 'node:crypto'

/** AES-128-CTR over zeros, keyed by the seed. */
export function randomBytes(bytes: number, seed: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16))
  return cipher.update(Buffer.alloc(bytes))
}
