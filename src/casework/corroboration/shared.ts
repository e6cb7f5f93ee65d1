// Material that several exhibits, cases or forces have: from their results files alone, or from keyed manifests.

import { ExhibitHashError } from '../../core/errors.js'
import type { FileRecord } from '../../core/result.js'
import { DigestItems, EarlierResults, refuseTwice, strongestRelation } from '../../results/index.js'
import { labelsOf } from './corroborate.js'
import { isKeyedManifest, ManifestKey, readKeyedManifest, type ManifestLabels } from './keyed-manifest.js'
import { isShareable } from './shareable.js'

export interface SharedOptions {
  /** Every file, and not only pictures, videos and what matched. Default false. */
  readonly all?: boolean
  /** Path of the key of keyed manifests; needed where results are compared with them. */
  readonly key?: string
  readonly signal?: AbortSignal
}

/** One input that has the material. */
export interface SharedHolder extends ManifestLabels {
  /** Results file or keyed manifest, as it was named. */
  readonly input: string
  /** Names of its files there, a few; a keyed manifest has none. */
  readonly paths: readonly string[]
  /** All files of this content in it; `null` where nobody can tell. */
  readonly files: number | null
  /** The strongest relation to a record of its sets; `null` where nothing matched, or nobody can tell. */
  readonly relation: 'identical' | 'conflict' | 'similar' | null
}

export interface SharedMaterial {
  readonly type: 'shared'
  /** What holds it that differs most: other forces, other cases of one force, other exhibits of one case. */
  readonly between: 'forces' | 'cases' | 'exhibits'
  /** `null` where only keyed manifests have it. */
  readonly sha256: string | null
  /** HMAC of the content, where keyed manifests are compared. */
  readonly token?: string
  /** In the order in which they were named. */
  readonly holders: readonly SharedHolder[]
}

const MAX_PATHS = 10
/** Contents that are looked for in one reading of the inputs. */
const MAX_AT_ONCE = 200_000

/**
 * Contents that more than one exhibit has, in the order of digests (of HMACs, where keyed manifests are compared). Results
 * files of one exhibit are one exhibit.
 *
 * @throws {ExhibitHashError} USAGE (results beside keyed manifests, and no key), KEY_UNUSABLE, KEYED_MANIFEST_INVALID,
 * KEYED_MANIFEST_FOREIGN, INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID, FILE_CHANGED, ABORTED
 */
export async function* findShared(
  paths: readonly string[],
  options: SharedOptions = {}
): AsyncGenerator<SharedMaterial> {
  await refuseTwice(paths)
  const inputs = await openInputs(paths, options)
  try {
    const items = new DigestItems()
    for (const input of inputs) for await (const { id } of input.contents()) items.add(id, input.exhibit)
    const isKeyed = inputs.some(({ key }) => key !== null)
    for await (const wanted of sharedIds(items)) {
      const found = new Map<string, Found>()
      for (const [number, input] of inputs.entries()) {
        for await (const content of input.contents()) {
          if (wanted.has(content.id)) addTo(found, content, number, input)
        }
      }
      for (const id of [...found.keys()].sort()) yield sharedOf(id, found.get(id)!, isKeyed)
    }
  } finally {
    for (const input of inputs) await input.close()
  }
}

/** Contents of several exhibits in rising order, as many at a time as memory has room for what holds them. */
async function* sharedIds(items: DigestItems): AsyncGenerator<ReadonlySet<string>> {
  let ids = new Set<string>()
  for await (const { sha256, isAcross } of items.runs()) {
    if (!isAcross) continue
    ids.add(sha256)
    if (ids.size < MAX_AT_ONCE) continue
    yield ids
    ids = new Set()
  }
  if (ids.size > 0) yield ids
}

interface Content {
  /** By which contents are compared: SHA-256, or a token of it. */
  readonly id: string
  /** `null` of what a keyed manifest has. */
  readonly record: FileRecord | null
}

interface Input {
  readonly path: string
  readonly labels: ManifestLabels
  /** Number of the exhibit: inputs of one exhibit have one. */
  readonly exhibit: number
  /** The key by which it is compared; `'unknown'` where only its manifests have it. */
  readonly key: ManifestKey | 'unknown' | null
  contents(): AsyncIterable<Content>
  close(): Promise<void>
}

async function openInputs(paths: readonly string[], options: SharedOptions): Promise<Input[]> {
  const manifests: boolean[] = []
  for (const path of paths) manifests.push(await isKeyedManifest(path))
  const isKeyed = manifests.includes(true)
  const key = options.key === undefined || !isKeyed ? null : await ManifestKey.load(options.key)
  const results = paths.find((_, i) => !manifests[i])
  if (isKeyed && results !== undefined && key === null) {
    const message = `${results}: results are compared with keyed manifests by the key of these (--key)`
    throw new ExhibitHashError('USAGE', message, { path: results })
  }
  const exhibits = new Map<string, number>()
  const inputs: Input[] = []
  const keyIds = new Map<string, string>()
  try {
    for (const [i, path] of paths.entries()) {
      inputs.push(
        manifests[i]
          ? await manifestInput(path, key, exhibits, keyIds)
          : await resultsInput(path, key, exhibits, options)
      )
    }
  } catch (error) {
    for (const input of inputs) await input.close()
    throw error
  }
  return inputs
}

function exhibitNumber(exhibits: Map<string, number>, labels: ManifestLabels, path: string): number {
  const { organisation = '', case: caseName, exhibit } = labels
  // Exhibits of every case are called AB-1: without the case, or a name, each input is one of its own.
  const name = exhibit === undefined || caseName === undefined ? [path] : [organisation, caseName, exhibit]
  const id = JSON.stringify(name)
  const number = exhibits.get(id) ?? exhibits.size
  exhibits.set(id, number)
  return number
}

async function resultsInput(
  path: string,
  key: ManifestKey | null,
  exhibits: Map<string, number>,
  { all = false, signal }: SharedOptions
): Promise<Input> {
  const results = await EarlierResults.open(path, { signal })
  const labels = labelsOf(results.header)
  return {
    path,
    labels,
    key,
    exhibit: exhibitNumber(exhibits, labels, path),
    async *contents() {
      for await (const batch of results.records({ signal })) {
        for (const { record } of batch) {
          if (!isShareable(record, all)) continue
          const sha256 = record.digests.sha256.toLowerCase()
          yield { id: key === null ? sha256 : key.token(sha256).toString('hex'), record }
        }
      }
    },
    close: () => results.close()
  }
}

async function manifestInput(
  path: string,
  key: ManifestKey | null,
  exhibits: Map<string, number>,
  keyIds: Map<string, string>
): Promise<Input> {
  let labels: ManifestLabels = {}
  for await (const _ of readKeyedManifest(path, key, ({ keyId, ...own }) => {
    labels = own
    keyIds.set(keyId, path)
  }));
  if (keyIds.size > 1) {
    const message = `${path}: was made with another key than ${[...keyIds.values()][0]}`
    throw new ExhibitHashError('KEYED_MANIFEST_FOREIGN', message, { path })
  }
  return {
    path,
    labels,
    key: key ?? 'unknown',
    exhibit: exhibitNumber(exhibits, labels, path),
    async *contents() {
      for await (const tokens of readKeyedManifest(path, key)) for (const id of tokens) yield { id, record: null }
    },
    close: () => Promise.resolve()
  }
}

interface FoundHolder {
  readonly input: Input
  readonly paths: string[]
  files: number | null
  relation: SharedHolder['relation']
}

interface Found {
  sha256: string | null
  readonly holders: Map<number, FoundHolder>
}

function addTo(all: Map<string, Found>, { id, record }: Content, number: number, input: Input): void {
  const found = all.get(id) ?? { sha256: null, holders: new Map<number, FoundHolder>() }
  all.set(id, found)
  const holder = found.holders.get(number) ?? { input, paths: [], files: record === null ? null : 0, relation: null }
  found.holders.set(number, holder)
  if (record === null) return
  found.sha256 = record.digests?.sha256.toLowerCase() ?? null
  if (holder.paths.length < MAX_PATHS) holder.paths.push(record.path)
  holder.files = (holder.files ?? 0) + 1
  const relation = strongestRelation(record.matches)
  // Of one content with the same sets each file has the same matches.
  if (relation !== 'knownGood') holder.relation ??= relation
}

function sharedOf(id: string, { sha256, holders }: Found, isKeyed: boolean): SharedMaterial {
  const all = [...holders.values()].map(({ input, paths, files, relation }): SharedHolder => ({
    input: input.path,
    ...input.labels,
    paths,
    files,
    relation
  }))
  return { type: 'shared', between: betweenOf(all), sha256, ...(isKeyed && { token: id }), holders: all }
}

function betweenOf(holders: readonly SharedHolder[]): SharedMaterial['between'] {
  const several = (name: 'organisation' | 'case'): boolean => {
    const values = new Set(holders.map((holder) => holder[name]))
    values.delete(undefined)
    return values.size > 1
  }
  if (several('organisation')) return 'forces'
  return several('case') ? 'cases' : 'exhibits'
}
