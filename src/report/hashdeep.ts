// Files and their digests as hashdeep writes them, which `hashdeep -a -k` audits a folder against.

import { DIGEST_KINDS } from '../core/hashes.js'
import { hashdeepHead, hashdeepRow } from '../formats/index.js'
import { nameAmong, type ReportFormat } from './writer.js'

export const HASHDEEP_REPORT: ReportFormat<'hashdeep'> = {
  name: 'hashdeep',
  write: (sources) => ({
    head: hashdeepHead(DIGEST_KINDS),
    row({ digests, sizeBytes, path }, source) {
      if (digests === null || sizeBytes === null) return null
      const hex = DIGEST_KINDS.map((kind) => digests[kind])
      return hashdeepRow(sizeBytes, hex, nameAmong(sources, source, path))
    },
    tail: () => ''
  })
}
