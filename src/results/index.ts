// The room's face: results written, counted, compared, verified and read again, with the journal and the audit log beside them.

export { appendAudit, type AuditEntry, type AuditEvent } from './audit-log.js'
export { type DuplicateFile, type DuplicateGroup, type DuplicatesOptions, findDuplicates } from './duplicates.js'
export { Journal } from './journal.js'
export type { JournalFacts, JournalLine, Place } from './journal-lines.js'
export { companionsOf, sha256OfFile, writeManifest } from './manifest.js'
export { type EarlierFile, EarlierResults } from './earlier.js'
export { compareMatches, isAskedBy, type Compared } from './news.js'
export { readResults } from './read.js'
export { RematchCounter } from './rematch-counter.js'
export { ResultsFile } from './results-file.js'
export { strongestRelation, SummaryCounter } from './summary.js'
export { type ResultsFinding, type ResultsFindingCode, type VerifiedResults, verifyResults } from './verify.js'
