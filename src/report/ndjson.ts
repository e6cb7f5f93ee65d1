// Results as NDJSON: the record of a file a line, with the case and exhibit that it is of.

import type { ReportFormat } from './writer.js'

export const NDJSON_REPORT: ReportFormat<'ndjson'> = {
  name: 'ndjson',
  write: (_, { photoDna: hasPhotoDna }) => ({
    head: '',
    row({ preview: _preview, hashes, type, ...record }, { name, header }) {
      const { photoDna: _value, ...plain } = hashes ?? {}
      // A preview is derived from the picture, and never leaves in an export.
      const shown = hashes === null || hasPhotoDna ? hashes : plain
      const labels = { case: header.case, exhibit: header.exhibit, results: name }
      return `${JSON.stringify({ type, ...labels, ...record, hashes: shown })}\n`
    },
    tail: () => ''
  })
}
