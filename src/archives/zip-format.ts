// What the records of a ZIP begin with, and how long the fixed part of a member's header is.

/** Before a member's bytes. */
export const LOCAL_SIGNATURE = Buffer.from('PK\x03\x04', 'latin1')
/** An entry of the directory. */
export const DIRECTORY_SIGNATURE = Buffer.from('PK\x01\x02', 'latin1')
/** The end of the directory. */
export const END_SIGNATURE = Buffer.from('PK\x05\x06', 'latin1')
/** Sizes and checksum after a member's bytes; also the mark of a ZIP that was meant for several disks. */
export const DESCRIPTOR_SIGNATURE = Buffer.from('PK\x07\x08', 'latin1')

export const SIGNATURE_BYTES = 4
export const LOCAL_HEADER_BYTES = 30

export function beginsWith(bytes: Uint8Array, signature: Buffer): boolean {
  return signature.equals(bytes.subarray(0, signature.length))
}
