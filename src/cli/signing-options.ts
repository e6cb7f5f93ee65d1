// Options of the commands that change a set which may be signed.

import type { UpdateOptions } from '../index/index.js'

export const KEY_HELP = 'sign the changed set with this Ed25519 key; needed where the set is signed'
export const DROP_SIGNATURE_HELP = 'leave a signed set without a signature'

export function signingOptions({
  key,
  dropSignature
}: {
  readonly key?: string | undefined
  readonly dropSignature?: true | undefined
}): Pick<UpdateOptions, 'key' | 'dropSignature'> {
  return { ...(key !== undefined && { key }), ...(dropSignature === true && { dropSignature }) }
}
