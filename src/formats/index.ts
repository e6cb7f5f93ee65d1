// The room's door: open a hash-set source, whatever its format.

export { openSource } from './open-source.js'
export { FORMAT_NAMES } from './registry.js'
export { MAX_WARNINGS } from './source.js'
export type { SourceOptions, SourceReader, SourceReport, SourceRole } from './source.js'
