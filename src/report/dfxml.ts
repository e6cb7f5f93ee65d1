// Results as DFXML 1.1 (dfxml-working-group/dfxml_schema, dfxml.xsd): a volume a results file, a file object a file.
//
// The schema has no place for matches, nor for bytes that are no text: the bytes of such a name stand in a processing
// instruction, which every validator lets pass.

import { DIGEST_KINDS } from '../core/hashes.js'
import type { FileRecord, SkipReason } from '../core/result.js'
import { packageVersion } from '../files/index.js'
import { isXmlText, xmlText } from './markup.js'
import type { ReportFormat } from './writer.js'

const NAMESPACE = 'http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML'
const DUBLIN_CORE = 'http://purl.org/dc/elements/1.1/'
/** Letters of `name_type`. */
const KINDS: Readonly<Record<SkipReason, string>> = {
  symlink: 'l',
  hardlink: 'r',
  fifo: 'p',
  socket: 's',
  device: '-'
}
/** The times of a file, in the order that the schema has them. */
const TIMES = [
  ['mtime', 'modified'],
  ['atime', 'accessed'],
  ['crtime', 'created']
] as const
const XSD_TIME = /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/

export const DFXML_REPORT: ReportFormat<'dfxml'> = {
  name: 'dfxml',
  write: (sources) => ({
    head: `<?xml version="1.0" encoding="UTF-8"?>
<dfxml xmlns="${NAMESPACE}" version="1.1.0">
<metadata xmlns:dc="${DUBLIN_CORE}"><dc:type>File listing</dc:type></metadata>
<creator><program>exhibit-hash</program><version>${xmlText(packageVersion())}</version></creator>
<source>${sources.map(({ name }) => `<image_filename>${xmlText(name)}</image_filename>`).join('')}</source>
`,
    beginSource: () => '<volume>\n',
    row: fileObject,
    endSource: () => '</volume>\n',
    tail: () => '</dfxml>\n'
  })
}

function fileObject({ seq, path, pathBase64, sizeBytes, skipped, times, digests }: FileRecord): string {
  const bytes = pathBase64 ?? (isXmlText(path) ? undefined : Buffer.from(path).toString('base64'))
  const parts = [
    ...(bytes === undefined ? [] : [`<?exhibit-hash pathBase64="${xmlText(bytes).replaceAll('?>', '')}"?>`]),
    element('filename', path),
    element('id', String(seq)),
    element('name_type', skipped === undefined ? 'r' : (KINDS[skipped] ?? '-')),
    ...(sizeBytes === null ? [] : [element('filesize', String(sizeBytes))]),
    ...TIMES.flatMap(([name, key]) => {
      const time = times?.[key]
      return time === undefined || !XSD_TIME.test(time) ? [] : [element(name, time)]
    }),
    ...(digests === null ? [] : DIGEST_KINDS.map((kind) => `<hashdigest type="${kind}">${digests[kind]}</hashdigest>`))
  ]
  return `<fileobject>${parts.join('')}</fileobject>\n`
}

function element(name: string, text: string): string {
  return `<${name}>${xmlText(text)}</${name}>`
}
