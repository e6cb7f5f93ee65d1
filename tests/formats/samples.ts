// Every sample of fixtures/sets that is good to its end: what it is, and what is in it.

import type { SetRecord, SourceCounts } from '../../src/core/set-record.js'

export interface Sample {
  readonly name: string
  readonly format: string
  readonly version?: string
  readonly counts: Partial<SourceCounts>
  /** What the records have at least, the first ones. */
  readonly records: readonly unknown[]
  /** True where 64 hex digits need the name of the file. */
  readonly needsName?: true
  /** True where any shortened file shows that something is missing. */
  readonly showsCuts?: true
}

const MD5 = [
  '9a79e2fee965907e2b9df462c0d65c0b',
  '8f9448673d9d417d51d3ebafa175c8c7',
  '067f652f7d3cf3e0c8906078f1aa2233',
  '5816d968cb2b7c2f2269152aab347ab3',
  'f4361364737bbc6eba8f98032b2e491a',
  'a714e0736318127a16e7fd42fcf5573d'
]
const SHA1 = 'f31705a7a29a9dcfcc217c7f0ede9a810ba9550b'
const SHA256 = '0899cd856fba9b131050135138cd87c5e5222f0a0657b94730901988d5cabdbb'
const PDQ = 'd7b4f9f6182fd254360d49a5b547bc8e4123bf1447a2cde71922b22732f6d402'

/** The sample's six records by what they share. */
const six = (first: Partial<SetRecord>): readonly unknown[] =>
  MD5.map((md5, i) => (i === 0 ? first : { hashes: { md5 } }))
const SIX = { records: 6, taken: 6, rejected: 0 }
const EACH_TWICE = { records: 12, taken: 6, skipped: 6, rejected: 0 }

const bare = { mediaId: null, category: null, grading: {} }
const md5Only = { ...bare, hashes: { md5: MD5[0] } }
const sized = { ...bare, sizeBytes: 1000 }

export const SAMPLES: readonly Sample[] = [
  { name: 'list-md5.txt', format: 'list', counts: SIX, records: six(md5Only) },
  { name: 'list-md5sum.txt', format: 'list', counts: SIX, records: six(md5Only) },
  {
    name: 'list-md5deep-size.txt',
    format: 'list',
    counts: SIX,
    records: six({ ...sized, hashes: { md5: MD5[0] } })
  },
  { name: 'list-bsd.txt', format: 'list', counts: SIX, records: [{ ...bare, hashes: { sha256: SHA256 } }] },
  { name: 'list-xways.txt', format: 'xways', counts: SIX, records: [{ ...bare, hashes: { sha256: SHA256 } }] },
  {
    name: 'list-pdq.txt',
    format: 'pdq',
    counts: SIX,
    records: [{ ...bare, mediaId: 'id-0', hashes: { pdq: PDQ }, pdqQuality: 50 }],
    needsName: true
  },
  { name: 'hashes.csv', format: 'csv', counts: SIX, records: six({ hashes: { md5: MD5[0], sha1: SHA1 } }) },
  { name: 'hashes.tsv', format: 'csv', counts: SIX, records: [{ hashes: { sha256: SHA256, pdq: PDQ } }] },
  {
    name: 'hashdeep.txt',
    format: 'hashdeep',
    version: '1.0',
    counts: SIX,
    records: six({ ...sized, hashes: { md5: MD5[0], sha1: SHA1, sha256: SHA256 } })
  },
  {
    name: 'nsrl-1.5.txt',
    format: 'nsrl',
    version: '1',
    counts: EACH_TWICE,
    records: six({ ...sized, hashes: { md5: MD5[0], sha1: SHA1 } })
  },
  {
    name: 'nsrl-2.0.txt',
    format: 'nsrl',
    version: '2',
    counts: EACH_TWICE,
    records: six({ ...sized, hashes: { md5: MD5[0], sha1: SHA1 } })
  },
  {
    name: 'nsrl-3-full.db',
    format: 'nsrl-sqlite',
    version: '3',
    counts: SIX,
    records: six({ ...sized, mediaId: '100', hashes: { md5: MD5[0], sha1: SHA1, sha256: SHA256 } }),
    showsCuts: true
  },
  {
    name: 'nsrl-3-minimal.db',
    format: 'nsrl-sqlite',
    version: '3',
    counts: EACH_TWICE,
    // In the order of their digests.
    records: [{ ...sized, hashes: { md5: MD5[0], sha1: SHA1, sha256: SHA256 } }],
    showsCuts: true
  },
  {
    name: 'nsrl-3-delta.sql',
    format: 'nsrl-delta',
    counts: { records: 8, taken: 6, skipped: 1, withdrawn: 1 },
    records: [
      ...six({ ...sized, hashes: { md5: MD5[0], sha1: SHA1, sha256: SHA256 } }),
      { ...bare, hashes: { md5: MD5[0], sha1: SHA1, sha256: SHA256 }, withdrawn: true }
    ],
    showsCuts: true
  },
  {
    name: 'sleuthkit.kdb',
    format: 'sleuthkit',
    counts: SIX,
    records: six({ ...bare, hashes: { md5: MD5[0], sha1: SHA1 } }),
    showsCuts: true
  },
  {
    name: 'encase.hash',
    format: 'encase',
    version: '2',
    counts: SIX,
    records: six({ ...bare, hashes: { md5: MD5[0] }, grading: { tags: 'Notable' } }),
    showsCuts: true
  },
  {
    name: 'hashkeeper.hsh',
    format: 'hashkeeper',
    counts: SIX,
    records: six({ ...sized, mediaId: '100', hashes: { md5: MD5[0] } })
  },
  { name: 'hashkeeper.hke', format: 'hashkeeper', counts: { records: 1, taken: 0, skipped: 1 }, records: [] },
  {
    name: 'ilook-v1.hsh',
    format: 'ilook',
    version: '1',
    counts: SIX,
    records: six({ ...sized, hashes: { md5: MD5[0] } })
  },
  {
    name: 'ilook-v3.hsh',
    format: 'ilook',
    version: '3',
    counts: SIX,
    records: six({ ...sized, hashes: { md5: MD5[0], sha1: SHA1, sha256: SHA256 } })
  },
  {
    name: 'ilook-v4.hsh',
    format: 'ilook',
    version: '4',
    counts: SIX,
    records: six({ ...sized, hashes: { md5: MD5[0], sha1: SHA1 } })
  },
  {
    name: 'icse-16.csv',
    format: 'icse',
    counts: { ...SIX, lacking: { md5: 0, sha1: 0, sha256: 6, photoDna: 0, pdq: 6 } },
    records: six({
      mediaId: '100',
      category: 'Non-baseline',
      hashes: { md5: MD5[0], sha1: SHA1 },
      photoDna: Uint8Array.from({ length: 144 }, (_, i) => (i * 7) & 255),
      grading: {
        gradedBy: 'Agency 0',
        tags: 'Investigation 0',
        isDistributed: true,
        victimIdentified: false,
        offenderIdentified: false
      }
    })
  },
  {
    name: 'icse-12.csv',
    format: 'icse',
    counts: SIX,
    records: six({
      mediaId: '100',
      category: 'Non-baseline',
      grading: { isDistributed: true, victimIdentified: false }
    })
  },
  {
    name: 'c4all-pictures.xml',
    format: 'c4all',
    version: '2.0',
    counts: SIX,
    records: six({ ...sized, mediaId: '1', category: 0, hashes: { md5: MD5[0], sha1: SHA1 } }),
    showsCuts: true
  },
  {
    name: 'c4all-movies-utf16.xml',
    format: 'c4all',
    counts: SIX,
    records: six({ ...sized, mediaId: '1', category: 0, hashes: { md5: MD5[0], sha1: SHA1 } }),
    showsCuts: true
  },
  {
    name: 'ncmec.xml',
    format: 'ncmec',
    version: '2',
    counts: { records: 7, taken: 6, withdrawn: 1 },
    records: [
      {
        mediaId: '42-image0',
        category: 'A1',
        hashes: { md5: MD5[0], sha1: SHA1, pdq: PDQ },
        photoDna: Uint8Array.from({ length: 144 }, (_, i) => (i * 7) & 255),
        grading: {
          gradedBy: 'Example Member; Second Member',
          updated: '2026-01-02T03:04:00.000Z',
          tags: 'Third Member objects; (Sha1, Wrong file)'
        }
      },
      { mediaId: '42-image1', category: 'A2', grading: { gradedBy: 'Example Member' } },
      { mediaId: '42-image2' },
      { mediaId: '42-image3' },
      { mediaId: '42-image4', hashes: { md5: MD5[4] } },
      { ...bare, mediaId: '42-image4', hashes: {}, withdrawn: true },
      { mediaId: '7-video5', hashes: { md5: MD5[5] }, grading: { gradedBy: 'Other & Member' } }
    ],
    showsCuts: true
  },
  {
    name: 'stopncii.json',
    format: 'stopncii',
    counts: { records: 8, taken: 5, skipped: 1, withdrawn: 2 },
    records: [
      {
        ...bare,
        hashes: { pdq: PDQ },
        grading: {
          gradedBy: 'First Network',
          updated: '2026-01-02T03:00:00.000Z',
          tags: 'Nude, Second Network: NotBlocked'
        }
      },
      {},
      {},
      {},
      { hashes: { md5: MD5[4] } },
      { withdrawn: true },
      { withdrawn: true }
    ],
    showsCuts: true
  },
  {
    name: 'dfxml.xml',
    format: 'dfxml',
    counts: { records: 7, taken: 6, skipped: 1 },
    records: six({ ...sized, hashes: { md5: MD5[0], sha1: SHA1 } }),
    showsCuts: true
  },
  { name: 'vics-1.3-media.json', format: 'vics', version: '1.3', counts: { taken: 2 }, records: [{}], showsCuts: true },
  { name: 'vics-utf16.json', format: 'vics', version: '2.0', counts: { taken: 2 }, records: [{}], showsCuts: true }
]
