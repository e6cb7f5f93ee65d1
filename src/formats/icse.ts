// ICSE (INTERPOL's International Child Sexual Exploitation database) CSV, in both column variants that IPED's HashDBTool
// and its users describe: 12 columns, and 16 with ZZ40, Lace, investigation and agency.

import { type CsvColumn, columnNames, fixedHeader } from './csv-header.js'
import { readCsv } from './csv-rows.js'
import { flagValue } from './field-values.js'
import type { Format, Head } from './format.js'

const DELIMITER = ';'
const COLUMNS = new Map<string, CsvColumn>([
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['photodna', 'photoDna'],
  ['imageid', 'mediaId'],
  ['isdistributed', 'isDistributed'],
  ['victimidentified', 'victimIdentified'],
  ['offenderidentified', 'offenderIdentified'],
  ['seriesname', 'series'],
  ['investigationname', 'tags'],
  ['agency', 'gradedBy'],
  [
    'baseline',
    // The one grading of these files: whether the picture is illegal by the standard that all countries share.
    (builder, cell) => {
      const isBaseline = flagValue(cell)
      if (isBaseline === undefined) builder.warn('baseline: the value cannot be used and is left out')
      else builder.put('category', isBaseline ? 'Baseline' : 'Non-baseline')
    }
  ]
])
const TELLING = ['md5', 'imageid', 'isdistributed', 'victimidentified', 'offenderidentified']

export const ICSE: Format<'icse'> = {
  name: 'icse',
  isOfIllegalMaterial: true,
  recognises: (head: Head) => {
    const names = columnNames(head, DELIMITER)
    return TELLING.every((name) => names.includes(name))
  },
  async *read(input) {
    const header = fixedHeader(input.head, DELIMITER, COLUMNS)
    if (!header.columns.includes('md5')) throw input.fault('SOURCE_UNRECOGNISED', 'its header is not that of ICSE')
    yield* readCsv(input, header)
  }
}
