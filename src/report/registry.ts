// The table of formats of reports: a further one is a file of this room and a row here.

import { CASE_REPORT } from './case-graph.js'
import { HTML_REPORT } from './case-summary.js'
import { CSV_REPORT } from './csv.js'
import { DFXML_REPORT } from './dfxml.js'
import { HASHDEEP_REPORT } from './hashdeep.js'
import { NDJSON_REPORT } from './ndjson.js'

export const REPORT_FORMATS = [
  CSV_REPORT,
  NDJSON_REPORT,
  HTML_REPORT,
  DFXML_REPORT,
  HASHDEEP_REPORT,
  CASE_REPORT
] as const

export type ReportFormatName = (typeof REPORT_FORMATS)[number]['name']

export const REPORT_FORMAT_NAMES: readonly ReportFormatName[] = REPORT_FORMATS.map(({ name }) => name)
