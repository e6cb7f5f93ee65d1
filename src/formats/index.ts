// The room's door: open a hash-set source, whatever its format, and what writes one.

export { type Cell, csvLine } from './csv-cells.js'
export { hashdeepHead, hashdeepRow } from './hashdeep.js'
export { openSource } from './open-source.js'
export { FORMAT_NAMES, type FormatName, FORMATS, WRITABLE_FORMAT_NAMES } from './registry.js'
export { MAX_WARNINGS } from './source.js'
export type { SourceOptions, SourceReader, SourceReport, SourceRole } from './source.js'
export type { DatabaseWriter, ExportFacts, ExportOptions, TextWriter } from './writer.js'
