// The files of earlier results asked one by one, and each compared with what its record says.

import type { FileRecord, Match, ResultLine } from '../core/result.js'
import type { EntryBits, HashSet } from '../index/index.js'
import type { FileMatches, NearPolicy } from '../match/index.js'
import {
  compareMatches,
  type EarlierFile,
  type EarlierResults,
  isAskedBy,
  type RematchCounter,
  strongestRelation,
  SummaryCounter
} from '../results/index.js'
import { Matcher, toMatchFeatures } from './matcher.js'
import { orderedMap } from './ordered-map.js'
import type { RematchRun } from './rematch-options.js'
import type { LayeredSet } from './rematch-plan.js'

/** Few enough that all threads have work, many enough that handing it over costs little. */
const FILES_AT_ONCE = 256
/** Asked here sooner than threads have started. */
const FEW_FILES = 1000

export interface FileWays {
  /** Sets that every file is asked of. */
  readonly whole: readonly HashSet[]
  /** Sets that the affected files are asked of; what is known of the others holds. */
  readonly layered: readonly LayeredSet[]
  readonly affected: EntryBits | null
}

/** Sets that are asked together. */
interface Asked {
  readonly matcher: Matcher
  readonly isAskedOf: (file: number) => boolean
}

/** Records, of all files or of those with something new, and the summary. */
export async function* askFiles(
  earlier: EarlierResults,
  ways: FileWays,
  near: NearPolicy,
  run: RematchRun,
  counter: RematchCounter
): AsyncGenerator<ResultLine> {
  const asked = await openMatchers(ways, near, run.threads, earlier.files)
  const comparing = new Comparing(ways, near, run, counter)
  const summary = new SummaryCounter()
  const work = async (batch: readonly EarlierFile[], release: () => void): Promise<(FileRecord | null)[]> => {
    const lists = await Promise.all(asked.map((each) => ask(each, batch)))
    release()
    return batch.map((file, i) =>
      comparing.compare(
        file,
        lists.flatMap((list) => list[i] ?? [])
      )
    )
  }
  const flow = { concurrency: run.threads * 2, window: run.threads * 4, ...(run.signal && { signal: run.signal }) }
  try {
    for await (const records of orderedMap(batchesOf(earlier, ways, run, counter), work, flow)) {
      for (const record of records) {
        if (record === null) continue
        summary.add(record)
        yield record
      }
    }
    yield { ...summary.summary, rematch: counter.counts }
  } finally {
    await Promise.all(asked.map(({ matcher }) => matcher.close()))
  }
}

async function openMatchers(
  { whole, layered, affected }: FileWays,
  near: NearPolicy,
  threads: number,
  files: number
): Promise<Asked[]> {
  const open = (sets: readonly HashSet[], asking: number): Matcher | Promise<Matcher> =>
    asking <= FEW_FILES ? Matcher.inThread(sets, near) : Matcher.onThreads(sets, near, threads)
  const asked: Asked[] = []
  if (whole.length > 0) asked.push({ matcher: await open(whole, files), isAskedOf: () => true })
  if (affected !== null && affected.count > 0) {
    const sets = layered.map(({ set }) => set)
    asked.push({ matcher: await open(sets, affected.count), isAskedOf: (file) => affected.has(file) })
  }
  return asked
}

async function* batchesOf(
  earlier: EarlierResults,
  { whole, affected }: FileWays,
  run: RematchRun,
  counter: RematchCounter
): AsyncGenerator<readonly EarlierFile[]> {
  const onBytes = (done: number): void => {
    run.onProgress({ phase: 'files', done, total: earlier.bytes, matched: counter.matched })
  }
  // What is asked with all files has not seen them yet.
  const isFirstTime = whole.length > 0
  const wanted = isFirstTime || affected === null ? undefined : (file: number) => affected.has(file)
  for await (const files of earlier.records({ signal: run.signal, onBytes, ...(wanted && { wanted }) })) {
    if (isFirstTime) for (const { record } of files) counter.addEarlier(record)
    for (let from = 0; from < files.length; from += FILES_AT_ONCE) yield files.slice(from, from + FILES_AT_ONCE)
  }
}

/** What is found of each file; nothing where it was not asked or has nothing to ask with. */
async function ask({ matcher, isAskedOf }: Asked, files: readonly EarlierFile[]): Promise<FileMatches[]> {
  const places = [...files.keys()].filter((i) => isAskable(files[i].record) && isAskedOf(files[i].number))
  const found: FileMatches[] = []
  if (places.length === 0) return found
  const answers = await matcher.matchBatch(places.map((i) => toMatchFeatures(files[i].record)))
  places.forEach((place, i) => (found[place] = answers[i]))
  return found
}

function isAskable({ digests, skipped }: FileRecord): boolean {
  return digests !== null && skipped === undefined
}

class Comparing {
  /** Place of each set by its name: matches are listed in that order. */
  readonly #places: ReadonlyMap<string, number>
  /** Sets that are not asked of a file that is not affected. */
  readonly #layered: ReadonlySet<string>

  constructor(
    private readonly ways: FileWays,
    private readonly near: NearPolicy,
    private readonly run: RematchRun,
    private readonly counter: RematchCounter
  ) {
    this.#places = new Map(run.sets.map(({ name }, i) => [name, i]))
    this.#layered = new Set(ways.layered.map(({ set }) => set.name))
  }

  /** The record to be written, `null` where nothing is new. */
  compare({ record, number }: EarlierFile, found: readonly FileMatches[]): FileRecord | null {
    const { matches: known = [], matchesOmitted: wereOmitted = 0, unasked: open = [], ...facts } = record
    const earlier = [...known, ...open]
    const now = this.#inOrder([...this.#holding(number, known), ...found.flatMap(({ matches }) => matches)])
    const omitted = found.reduce((sum, each) => sum + each.omitted, 0)
    const isWhole = omitted === 0 && wereOmitted === 0
    const compared = compareMatches(earlier, now, {
      bySource: this.run.bySource,
      isWhole,
      near: this.near
    })
    const { news, matches } = compared
    const [gone, unasked] = [compared.gone, compared.unasked].map((list) =>
      list.filter((match) => this.#isOfAsked(match))
    )
    const unlisted = Math.max(0, omitted - wereOmitted)
    const relation = strongestRelation(unlisted > 0 ? now : news)
    this.counter.addFound({ news, relation, unlisted, gone, unasked })
    const { all } = this.run
    if (!all && (relation === null || relation === 'knownGood')) return null
    const { error, gone: _, ...rest } = facts
    const left = all ? omitted : unlisted
    return {
      ...rest,
      matches: all ? matches : news,
      ...(left > 0 && { matchesOmitted: left }),
      ...(gone.length > 0 && { gone }),
      ...(unasked.length > 0 && { unasked }),
      error
    }
  }

  /** Matches that still hold, since nothing that could change them has come. */
  #holding(file: number, known: readonly Match[]): readonly Match[] {
    if (this.ways.affected?.has(file) !== false) return []
    return known.filter((match) => this.#layered.has(match.set) && isAskedBy(match, this.near)).map(asTold)
  }

  #isOfAsked({ set }: Match): boolean {
    return this.#places.has(set)
  }

  #inOrder(matches: Match[]): Match[] {
    const place = ({ set }: Match): number => this.#places.get(set) ?? 0
    return matches.sort((a, b) => place(a) - place(b))
  }
}

/** Without what an earlier rematch said of it. */
function asTold({ news: _, before: __, ...match }: Match): Match {
  return match
}
