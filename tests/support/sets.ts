// Hash sets about fixtures, built for tests.

import { join } from 'node:path'
import { buildHashSet, type BuildOptions } from 'exhibit-hash'
import { conformance, image } from './fixtures.js'
import { recordOf, writeVics, type VicsRecord } from './vics.js'

/** Builds `name`.ehx of VICS records in a folder and returns its path. */
export async function buildSet(
  folder: string,
  records: readonly VicsRecord[],
  { file = 'set', ...options }: BuildOptions & { readonly file?: string } = {}
): Promise<string> {
  const index = join(folder, `${file}.ehx`)
  await buildHashSet(index, [writeVics(join(folder, `${file}.json`), records)], options)
  return index
}

/** A VICS record that is true of a fixture, its PDQ from the reference tool included. */
export function fixtureRecord(name: string, mediaId: number, category: number): VicsRecord {
  const row = conformance('pdq-files.csv').find(({ file }) => file === name)
  const alternatives = row === undefined ? [] : [{ HashName: 'PDQ', HashValue: row.hash }]
  return recordOf(image(name), mediaId, category, { AlternativeHashes: alternatives })
}
