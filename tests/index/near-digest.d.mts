export function digestOf(found: readonly { readonly entry: number; readonly distanceBits: number }[]): string
