// What a bundle comes to: its files scanned, the report's digests looked up, and one item for each content.

import { ExhibitHashError } from '../../core/errors.js'
import type { Digests } from '../../core/hashes.js'
import type { FileRecord, Match } from '../../core/result.js'
import type { HashSet } from '../../index/index.js'
import { featuresFromHex, matchFiles } from '../../match/index.js'
import { scan, type ScanOptions } from '../../pipeline/index.js'
import { strongestRelation } from '../../results/index.js'
import { EvidenceReader } from '../corroboration/evidence.js'
import type { Rule } from '../corroboration/rule.js'
import { verdictOn } from '../corroboration/verdict.js'
import type { Bundle } from './bundle.js'
import type { ReferralItem, ReportedFile } from './types.js'

export interface Assessment {
  readonly bundle: Bundle
  /** `alsoIn` is not told yet. */
  readonly items: readonly ReferralItem[]
  readonly warnings: readonly string[]
  /** False of a second bundle of the same report: what was seen the last time is told of the first. */
  readonly isFirst?: boolean
}

type Scanned = Pick<FileRecord, 'path' | 'digests' | 'media' | 'error'> & {
  readonly matches: readonly Match[]
  readonly omitted: number
}

/** Scans all bundles in one run, and assesses each when its last file was read. */
export async function* assessBundles(
  bundles: readonly Bundle[],
  options: ScanOptions & { readonly sets: readonly HashSet[] },
  rule: Rule
): AsyncGenerator<Assessment> {
  const reader = new EvidenceReader({ sets: options.sets.map(({ identity }) => identity) }, rule, [])
  const records = recordsOf(bundles, options)[Symbol.asyncIterator]()
  let next = await records.next()
  for (const bundle of bundles) {
    const files: Scanned[] = []
    // Records come in the order of bundles, and are named by where they lie.
    while (next.done !== true && next.value.bundle === bundle) {
      files.push(next.value.file)
      next = await records.next()
    }
    yield assess(bundle, files, options.sets, reader, rule)
  }
}

async function* recordsOf(
  bundles: readonly Bundle[],
  options: ScanOptions
): AsyncGenerator<{ readonly bundle: Bundle; readonly file: Scanned }> {
  const withContents = bundles.filter(({ contents }) => contents !== null)
  if (withContents.length === 0) return
  const names = withContents.map(({ contents }) => `${contents ?? ''}\0`)
  async function* listed(): AsyncGenerator<string> {
    yield* names
  }
  let at = 0
  for await (const record of scan({ names: listed(), nul: true }, options)) {
    const bundle = withContents.findIndex((one, i) => i >= at && nameWithin(one, record.path) !== null)
    if (bundle === -1) {
      const { path } = record
      throw new ExhibitHashError('INTERNAL', `${path}: is of none of the referrals that were scanned`, { path })
    }
    at = bundle
    const path = nameWithin(withContents[at], record.path) ?? ''
    const { digests, media, error, matches = [], matchesOmitted: omitted = 0 } = record
    yield { bundle: withContents[at], file: { path, digests, media, error, matches, omitted } }
  }
}

/** Name of a file within its bundle; empty for an archive itself, `null` where it is of another bundle. */
function nameWithin({ contents }: Bundle, path: string): string | null {
  // Only there a back-slash is no part of a name.
  const root = process.platform === 'win32' ? (contents ?? '').replaceAll('\\', '/') : (contents ?? '')
  if (path === root || path === contents) return ''
  return path.startsWith(`${root}/`) || path.startsWith(`${root}!`) ? path.slice(root.length + 1) : null
}

function assess(
  bundle: Bundle,
  scanned: readonly Scanned[],
  sets: readonly HashSet[],
  reader: EvidenceReader,
  rule: Rule
): Assessment {
  const warnings = [...bundle.report.warnings]
  const files = scanned.filter(({ path }) => !bundle.reportNames.includes(path) && path !== '')
  const own = scanned.find(({ path }) => path === '' || path === '.')
  const fault = own?.error ?? null
  if (fault !== null) warnings.push(`${fault.code}: ${fault.message}`)
  const listed = new Listed(bundle.report.files)
  const items = new Map<string, ReferralItem>()
  const add = (item: ReferralItem): void => {
    const id = idOf(item)
    if (!items.has(id)) items.set(id, item)
  }
  for (const file of files) {
    const { reported, verified } = listed.find(file)
    // A bundle may have notes and logs beside the material.
    const isMaterial = reported !== null || file.media?.kind === 'image' || file.media?.kind === 'video'
    if (!isMaterial && file.matches.length === 0) continue
    if (verified === 'differs') {
      warnings.push(`${file.path}: is not the file that the report lists under this name: its digest differs`)
    }
    add(itemOf(file, reported, verified, reader, rule))
  }
  const missing = listed.unfound
  for (const [i, found] of lookUp(missing, sets).entries()) add(itemOf(found, missing[i], null, reader, rule))
  return { bundle, items: [...items.values()], warnings }
}

/** By content where there is one: a picture sent twice is one item. */
export function idOf({ digests, name }: Pick<ReferralItem, 'digests' | 'name'>): string {
  return digests.sha256 ?? digests.sha1 ?? digests.md5 ?? `name ${name}`
}

/** The files of a report, found by their digests, or by their names where these are all that there is. */
class Listed {
  readonly #byDigest = new Map<string, ReportedFile>()
  readonly #byName = new Map<string, ReportedFile>()
  readonly #found = new Set<ReportedFile>()
  /** Digests of what was found: a report may list one content several times. */
  readonly #foundDigests = new Set<string>()

  constructor(private readonly files: readonly ReportedFile[]) {
    for (const file of files) {
      if (file.digest !== null) this.#byDigest.set(file.digest.hex, file)
      for (const name of [file.originalName, file.name]) if (name !== null) this.#byName.set(name, file)
    }
  }

  find({ path, digests }: Scanned): Pick<ReferralItem, 'verified'> & { readonly reported: ReportedFile | null } {
    const equal =
      digests === null
        ? undefined
        : kindsOf(digests)
            .map((hex) => this.#byDigest.get(hex))
            .find(Boolean)
    const last = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('!')) + 1)
    const named = this.#byName.get(path) ?? this.#byName.get(last)
    const reported = equal ?? named ?? null
    if (reported === null) return { reported, verified: null }
    if (equal !== undefined) {
      this.#found.add(equal)
      for (const hex of digests === null ? [] : kindsOf(digests)) this.#foundDigests.add(hex)
      return { reported, verified: 'agrees' }
    }
    // What has its name and another content is another file: the reported one stays to be looked up.
    if (reported.digest !== null && digests !== null) return { reported, verified: 'differs' }
    this.#found.add(reported)
    return { reported, verified: null }
  }

  /** What the bundle does not have. */
  get unfound(): readonly ReportedFile[] {
    return this.files.filter(
      (file) => !this.#found.has(file) && (file.digest === null || !this.#foundDigests.has(file.digest.hex))
    )
  }
}

function kindsOf({ sha256, sha1, md5 }: Digests): string[] {
  return [sha256, sha1, md5]
}

const BATCH = 4096

/** Files of which there is but a digest, or not even that. */
function lookUp(files: readonly ReportedFile[], sets: readonly HashSet[]): Scanned[] {
  const found: Scanned[] = []
  for (let at = 0; at < files.length; at += BATCH) {
    const batch = files.slice(at, at + BATCH)
    const features = batch.map(({ digest }) =>
      featuresFromHex(digest === null ? {} : { [digest.kind]: digest.hex }, { sizeBytes: null, pdqQuality: null })
    )
    for (const [i, { matches, omitted }] of matchFiles(sets, features, {}).entries()) {
      found.push({
        path: batch[i].name ?? batch[i].originalName ?? 'unnamed',
        digests: null,
        media: null,
        error: null,
        matches,
        omitted
      })
    }
  }
  return found
}

function itemOf(
  file: Scanned,
  reported: ReportedFile | null,
  verified: ReferralItem['verified'],
  reader: EvidenceReader,
  rule: Rule
): ReferralItem {
  const { path, digests, matches, error } = file
  const isThere = digests !== null || error !== null
  const digest = reported?.digest ?? null
  const relation = strongestRelation(matches)
  return {
    name: path,
    originalName: reported?.originalName ?? null,
    digests: digests ?? (isThere || digest === null ? {} : { [digest.kind]: digest.hex }),
    present: isThere,
    verified,
    viewedByEsp: reported?.viewedByEsp ?? null,
    tags: reported?.tags ?? [],
    ...judge(file, relation, reader, rule),
    alsoIn: [],
    error: error === null ? null : `${error.code}: ${error.message}`
  }
}

type Judged = Pick<ReferralItem, 'relation' | 'standing' | 'category' | 'label' | 'victimIdentified' | 'lookAgain'>

function judge(
  { digests, matches, omitted }: Scanned,
  strongest: ReturnType<typeof strongestRelation>,
  reader: EvidenceReader,
  rule: Rule
): Judged {
  if (strongest === null || strongest === 'knownGood') {
    const relation = strongest === null ? null : 'known-good'
    // Only a trusted grade says that nobody needs to look again: somebody reported this file, harmless or not.
    return { relation, category: null, label: null, victimIdentified: null, lookAgain: true }
  }
  const evidence = matches.map((match) => reader.read(match))
  const item = {
    sha256: digests?.sha256 ?? null,
    sizeBytes: null,
    files: [],
    filesOmitted: 0,
    evidence,
    evidenceOmitted: omitted
  }
  const verdict = verdictOn(item, rule)
  const { relation, lookAgain } = verdict
  const victims = verdict.evidence.filter(({ match }) => match === 'exact').map((one) => one.victimIdentified)
  const victimIdentified = victims.includes(true) ? true : victims.includes(false) ? false : null
  const grade =
    verdict.relation === 'identical'
      ? verdict.grade
      : verdict.relation === 'conflict'
        ? verdict.claimed
        : verdict.similarTo
  const { category, label, standing } = grade
  return { relation, ...(relation === 'identical' && { standing }), category, label, victimIdentified, lookAgain }
}
