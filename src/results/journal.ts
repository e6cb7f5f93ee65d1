// The journal of a run: what is known of each file, in the order in which it became known. What is in it need not be done
// again after a kill, a power cut or a full disk.

import { open, rm, type FileHandle } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { ExhibitHashError } from '../core/errors.js'
import { readAll, syncFolder, writing } from '../files/index.js'
import {
  encodeLine,
  type JournalFacts,
  type JournalLine,
  type LeftJournal,
  readJournal,
  valueOfLine
} from './journal-lines.js'
import type { Place, UnitPlaces } from './line-places.js'

/** What the system may lose of the journal in a power cut: about so much of a run. */
const SYNC_MS = 1000

/** Lines of the last so many bytes are at hand: most are asked for soon after they were written. */
const AT_HAND_BYTES = 16 * 2 ** 20

interface Waiting {
  readonly line: Buffer
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * Lines are only ever appended, many at a time, and made durable once a second. The file comes to be with its first
 * record: a run that did nothing leaves nothing.
 */
export class Journal<T> {
  #file: FileHandle | null
  #end: number
  #waiting: Waiting[] = []
  #isWriting = false
  #syncedAt = performance.now()
  #syncing: Promise<void> = Promise.resolve()
  #failure: Error | null = null
  /** What was written last, by offset, the oldest first. */
  readonly #atHand = new Map<number, { readonly value: T; readonly bytes: number }>()
  #atHandBytes = 0

  private constructor(
    readonly path: string,
    private readonly facts: JournalFacts,
    private readonly id: string,
    /** What an earlier run has left. */
    private readonly left: LeftJournal | null
  ) {
    this.#file = left?.file ?? null
    this.#end = left?.end ?? 0
  }

  /**
   * A journal for a new run, where there is none.
   * @throws {ExhibitHashError} JOURNAL_EXISTS
   */
  static async begin<T>(path: string, facts: JournalFacts): Promise<Journal<T>> {
    const left = await readJournal(path)
    if (left !== null) {
      await left.file.close()
      const message = `${path}: is the journal of a run that was interrupted: go on with --resume, or remove it to begin anew`
      throw new ExhibitHashError('JOURNAL_EXISTS', message, { path })
    }
    return new Journal<T>(path, facts, randomBytes(8).toString('hex'), null)
  }

  /**
   * The journal of an interrupted run, or a new one where there is none.
   * @throws {ExhibitHashError} JOURNAL_FOREIGN where the other run was of other options, limits, sets or inputs;
   * RESULTS_INVALID where the beginning is damaged; READ_FAILED
   */
  static async resume<T>(path: string, facts: JournalFacts): Promise<Journal<T>> {
    const left = await readJournal(path)
    if (left === null) return Journal.begin(path, facts)
    const differing = differingFact(left.facts, facts)
    if (differing !== null) {
      await left.file.close()
      const message = `${path}: the run that was interrupted had other ${differing}: name the same, or remove the journal to begin anew`
      throw new ExhibitHashError('JOURNAL_FOREIGN', message, { path })
    }
    return new Journal<T>(path, facts, left.id, left)
  }

  /** True where an interrupted run has left a journal, with whatever in it. */
  get isLeft(): boolean {
    return this.left !== null
  }

  /** Units that an earlier run has left, and bytes of its journal that no line could be made of. */
  get found(): { readonly units: number; readonly damagedBytes: number } {
    return { units: this.left?.units ?? 0, damagedBytes: this.left?.damagedBytes ?? 0 }
  }

  /** Where an earlier run wrote the parts of a unit; `null` where it did not come to its end. */
  find(unit: number): UnitPlaces | null {
    return this.left?.places.of(unit) ?? null
  }

  /**
   * Adds what is known of a unit: a part of it, how many parts it has, or both. Kept by the system when the promise is,
   * and on the disk about a second later.
   * @throws {ExhibitHashError} WRITE_FAILED
   */
  async append(content: JournalLine<T>): Promise<Place> {
    if (this.#failure !== null) throw this.#failure
    if (this.#file === null) await this.#create()
    const line = encodeLine(this.id, this.left === null ? content : { ...content, run: this.left.nextRun })
    const place = { offset: this.#end, bytes: line.length }
    this.#end += line.length
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject })
      if (!this.#isWriting) void this.#write()
    })
    if (content.value !== undefined) this.#keepAtHand(place, content.value)
    return place
  }

  #keepAtHand({ offset, bytes }: Place, value: T): void {
    this.#atHand.set(offset, { value, bytes })
    this.#atHandBytes += bytes
    for (const [oldest, kept] of this.#atHand) {
      if (this.#atHandBytes <= AT_HAND_BYTES) break
      this.#atHand.delete(oldest)
      this.#atHandBytes -= kept.bytes
    }
  }

  /** @throws {ExhibitHashError} RESULTS_INVALID, READ_FAILED */
  async read({ offset, bytes }: Place): Promise<T> {
    const kept = this.#atHand.get(offset)
    if (kept !== undefined) {
      this.#atHand.delete(offset)
      this.#atHandBytes -= kept.bytes
      return kept.value
    }
    const line = await readAll(this.#file!, offset, bytes)
    return valueOfLine(line, this.id, this.path) as T
  }

  /** Makes everything durable. */
  async sync(): Promise<void> {
    await this.#syncing
    if (this.#failure !== null) throw this.#failure
    await writing(this.path, async () => this.#file?.datasync())
  }

  /** Leaves the journal for a run that goes on. Safe to call at any time. */
  async close(): Promise<void> {
    await this.#syncing.catch(() => undefined)
    await this.#file?.datasync().catch(() => undefined)
    await this.#file?.close().catch(() => undefined)
    this.#file = null
  }

  /** Of no use any more: the results are complete. */
  async remove(): Promise<void> {
    await this.close()
    await rm(this.path, { force: true })
  }

  /** Called and waited for before the first record of a new journal is kept. */
  beforeFirst: () => Promise<void> = () => Promise.resolve()
  #creating: Promise<void> | null = null

  #create(): Promise<void> {
    return (this.#creating ??= writing(this.path, async () => {
      await this.beforeFirst()
      const file = await open(this.path, 'wx+', 0o600)
      const line = encodeLine('', { journal: 1, id: this.id, ...this.facts })
      await file.appendFile(line)
      await file.sync()
      // Its name too: records that are on disk are of no use in a file that is not there.
      await syncFolder(dirname(this.path))
      this.#end = line.length
      this.#file = file
    }))
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      // What becomes known in the same turn goes in one write.
      await new Promise(setImmediate)
      const batch = this.#waiting.splice(0)
      try {
        await writing(this.path, () => this.#file!.appendFile(Buffer.concat(batch.map(({ line }) => line))))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        // Offsets of later lines would be wrong, so there are none.
        this.#failure = error as Error
        for (const { reject } of [...batch, ...this.#waiting.splice(0)]) reject(this.#failure)
      }
      this.#syncNowAndThen()
    }
    this.#isWriting = false
  }

  #syncNowAndThen(): void {
    if (performance.now() - this.#syncedAt < SYNC_MS) return
    this.#syncedAt = Infinity
    this.#syncing = writing(this.path, async () => this.#file?.datasync())
      .catch((error: unknown) => {
        this.#failure = error as Error
      })
      .finally(() => {
        this.#syncedAt = performance.now()
      })
  }
}

function differingFact(left: JournalFacts, own: JournalFacts): string | null {
  const differ = (of: (facts: JournalFacts) => unknown) => JSON.stringify(of(left)) !== JSON.stringify(of(own))
  if (differ(({ input }) => input)) return 'inputs'
  if (differ(({ header }) => header.sets)) return 'hash sets'
  if (differ(({ header }) => header)) return 'options or labels'
  if (differ(({ limits }) => limits)) return 'limits'
  return differ(({ version }) => version) ? `versions of this program (${left.version}, now ${own.version})` : null
}
