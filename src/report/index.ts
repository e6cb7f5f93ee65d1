// The room's face: results files as reports.

export { type ReportOptions, type ReportOutcome, writeReport } from './report.js'
export { REPORT_FORMAT_NAMES, type ReportFormatName } from './registry.js'
export {
  type ReviewOptions,
  type ReviewOutcome,
  type RunningReview,
  serveReview,
  type ServeReviewOptions,
  writeReview
} from './review.js'
