// The room's face: the bulk engine and the single file.

export { type ArchiveDocument, readArchiveDocuments } from './archive-documents.js'
export type { FileFeatures } from './features.js'
export { hashFile, type HashedFile } from './hash-file.js'
export { DEFAULT_LIMITS } from './options.js'
export type { HashingOptions, Progress, ScanOptions } from './options.js'
export { machineFacts } from './machine-facts.js'
export { auditStart, sealResults, setFacts } from './seal-results.js'
export { scanToFile, type ScanToFileOptions } from './scan-to-file.js'
export { createScanStream, scan, scanLines, type NamedContents, type ScanInput } from './scan.js'
export { rematch, rematchLines } from './rematch.js'
export type { RematchOptions, RematchPlan, RematchProgress, RematchWay } from './rematch-options.js'
