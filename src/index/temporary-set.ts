// A hash set that exists only while something is asked of it: an index in a folder that goes when it is closed.

import { join } from 'node:path'
import { BUILT_IN_PROFILES } from '../core/category.js'
import type { SetRecord } from '../core/set-record.js'
import { removeLeftovers, TemporaryFolder } from '../files/index.js'
import { HashSet } from './hash-set.js'
import { SetBuilder } from './set-builder.js'

export interface TemporarySet {
  /** Its entries are numbered in the order of the records; they have hashes and nothing else. */
  readonly set: HashSet
  /** Closes it and leaves nothing. */
  remove(): Promise<void>
}

/**
 * @param parent - folder in which the folder of the set is made
 * @throws {ExhibitHashError} WRITE_FAILED, ABORTED, and what `batches` throws
 */
export async function buildTemporarySet(
  parent: string,
  batches: AsyncIterable<readonly SetRecord[]>,
  signal: AbortSignal | undefined
): Promise<TemporarySet> {
  const target = join(parent, 'exhibit-hash')
  await removeLeftovers(target)
  const folder = new TemporaryFolder(target)
  try {
    const path = join(await folder.make(), 'set.ehx')
    await build(path, batches, signal)
    const set = await HashSet.open(path)
    return {
      set,
      async remove() {
        await set.close()
        await folder.remove()
      }
    }
  } catch (error) {
    await folder.remove()
    throw error
  }
}

async function build(
  path: string,
  batches: AsyncIterable<readonly SetRecord[]>,
  signal: AbortSignal | undefined
): Promise<void> {
  const builder = await SetBuilder.create(path, { signal })
  try {
    for await (const batch of batches) {
      for (const record of batch) await builder.add(record, 0)
    }
    const profile = BUILT_IN_PROFILES.none
    await builder.finish((facts) => ({ name: '', role: 'known', profile, ...facts, complete: true, sources: [] }))
  } catch (error) {
    await builder.discard()
    throw error
  }
}
