// The room's face: results written, counted and read again.

export { readResults } from './read.js'
export { ResultsFile } from './results-file.js'
export { strongestRelation, SummaryCounter } from './summary.js'
