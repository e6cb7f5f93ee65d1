// Records of whatever can be scanned, and bytes as the one file of an exhibit.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scan, type FileRecord, type ScanInput, type ScanOptions } from 'exhibit-hash'
import { tempFolder } from './temp.js'

/** In this process unless told otherwise: most of what is tested does not depend on where it runs. */
export async function scanBytes(name: string, bytes: Uint8Array, options: ScanOptions = {}): Promise<FileRecord[]> {
  const path = join(tempFolder(), name)
  writeFileSync(path, bytes)
  return scanPath(path, { isolation: 'none', concurrency: 2, ...options })
}

export function scanPath(path: string, options: ScanOptions = {}): Promise<FileRecord[]> {
  return scanAll([path], options)
}

export async function scanAll(input: ScanInput, options: ScanOptions = {}): Promise<FileRecord[]> {
  const records: FileRecord[] = []
  for await (const record of scan(input, options)) records.push(record)
  return records
}

/** Path, and code of the error or reason of skipping or size, of every record. */
export function outcomes(records: readonly FileRecord[]): string[] {
  return records.map(({ path, error, skipped, sizeBytes }) => `${path}: ${error?.code ?? skipped ?? String(sizeBytes)}`)
}
