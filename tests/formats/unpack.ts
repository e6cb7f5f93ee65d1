// Packed batches taken apart again, so that tests can compare them wherever their borders are.

import { bytesToHex } from '../../src/core/hex.js'
import type { PackedHashes, PackedRecords } from '../../src/core/packed-records.js'
import { HASH_BYTES, PHOTODNA_BYTES } from '../../src/core/hashes.js'
import { decodeRow, ROW_BYTES } from '../../src/core/record-row.js'
import type { SourceOptions, SourceReport } from '../../src/formats/index.js'
import { type Internals, openSourceWith } from '../../src/formats/open-source.js'

export interface PackedOutcome {
  records: unknown[]
  /** Copies of the batches as they were. */
  batches: PackedRecords[]
  report: SourceReport | null
  fault: unknown
}

function addHashes(records: Record<string, unknown>[], kind: string, hashes: PackedHashes, bytes: number): void {
  hashes.records.forEach((record, i) => {
    records[record][kind] = bytesToHex(hashes.values.subarray(i * bytes, (i + 1) * bytes))
  })
}

/** The records of a batch. */
export function unpack(batch: PackedRecords): unknown[] {
  const { rows, strings } = batch
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength)
  const records = Array.from({ length: batch.count }, (_, i): Record<string, unknown> => {
    const row = new DataView(rows.buffer, view.byteOffset + i * ROW_BYTES, ROW_BYTES)
    return { ...decodeRow(row, (id) => strings[id - 1]) }
  })
  for (const [kind, hashes] of batch.hashes) addHashes(records, kind, hashes, HASH_BYTES[kind])
  batch.hashes.get('pdq')?.records.forEach((record, i) => (records[record]['pdqQuality'] = batch.pdqQuality[i]))
  if (batch.photoDna !== null) addHashes(records, 'photoDna', batch.photoDna, PHOTODNA_BYTES)
  return records
}

function copied(batch: PackedRecords): PackedRecords {
  const copy = ({ values, records }: PackedHashes): PackedHashes => ({
    values: values.slice(),
    records: records.slice()
  })
  return {
    count: batch.count,
    rows: batch.rows.slice(),
    strings: [...batch.strings],
    hashes: new Map([...batch.hashes].map(([kind, hashes]) => [kind, copy(hashes)])),
    pdqQuality: batch.pdqQuality.slice(),
    photoDna: batch.photoDna === null ? null : copy(batch.photoDna)
  }
}

export async function readPacked(path: string, options: SourceOptions, internals: Internals): Promise<PackedOutcome> {
  const outcome: PackedOutcome = { records: [], batches: [], report: null, fault: null }
  try {
    const reader = await openSourceWith(path, options, internals)
    outcome.report = reader.report
    for await (const batch of reader.packed()) {
      outcome.records.push(...unpack(batch))
      outcome.batches.push(copied(batch))
    }
  } catch (thrown) {
    outcome.fault = thrown
  }
  return outcome
}
