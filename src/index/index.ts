// The room's face: build, open, search.

export { buildHashSet, type BuildOptions, type BuildProgress, type BuildReport } from './build.js'
export { exportHashSet, type ExportOptions, type ExportReport } from './export.js'
export { HashSet, type OpenOptions, type SharedHashSet, type SimilarEntry, type SimilarOptions } from './hash-set.js'
export type { PhotoDnaNeighbour, PhotoDnaOptions } from './photo-dna-search.js'
export type { SetEntry } from './record-reader.js'
export type { SetMetadata, SetRole, SourceDescription } from './metadata.js'
