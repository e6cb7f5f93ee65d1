// Whether a value of unknown shape can be asked for fields.

/** True for an object that is no array: what JSON writes in braces. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
