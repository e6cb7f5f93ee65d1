// The parent's side of the child process: hands out tasks, and when the child dies finds the file that killed it.

import { fork, type ChildProcess } from 'node:child_process'
import { ExhibitHashError, type ErrorCode } from '../core/errors.js'
import type { Digests } from '../core/hashes.js'
import { ownProgram } from '../files/index.js'
import { checkMessage, checkPart } from './check-message.js'
import { childEnvironment } from './child-environment.js'
import { ChildJob } from './child-job.js'
import type { ChildSetup, ExtractTask, ToChild } from './child/protocol.js'
import type { IsKnownGood } from './equal-files.js'
import type { Deliver, Engine } from './engine.js'
import { endGroup, LEADS_GROUP } from './process-group.js'
import type { ExtractOptions } from './features.js'

const STDERR_KEPT_CHARACTERS = 2000
/** Children that die so often before they can work are not killed by files. */
const MAX_BARREN_STARTS = 5
const MAX_QUESTIONS = 10_000
/** Files that a child has beside those it works on, so that it need not wait for this process after each small one. */
const AHEAD = 64
/** Quick files that a thread takes together: as many as the widest vectors have lanes for digests. */
const GROUP_FILES = 16
/** Of the files of a group together, where that is not too much of what a child may have. */
const MOST_GROUP_BYTES = 32 * 1024 * 1024
/**
 * Of V8, in megabytes, for each thread. Little lives longer than the file that it is about: sixteen, as V8 would take, were
 * a hundred megabytes more on two threads and no faster.
 */
const YOUNG_HEAP = '--max-semi-space-size=1'

export interface ChildEngineOptions {
  readonly extract: ExtractOptions
  readonly threads: number
  /** Files in flight. */
  readonly concurrency: number
  /** Per file, from when the child comes to it to its result, beside what its size takes to be read. */
  readonly timeoutMs: number
  readonly maxMemoryBytes: number
}

/**
 * Files that were in work when the child died, each by itself, are suspects: each is tried again alone, an archive from the
 * first member whose part has not come, and the one that kills the child a second time gets the error record. Those that
 * were taken together are first tried again by themselves, several at a time. Everything else waits meanwhile and is lost
 * to nobody.
 */
export class ChildEngine implements Engine {
  private child: ChildProcess | null = null
  private readonly waiting: ChildJob[] = []
  /** In the order of the exhibit: the records of the later ones wait for those of the earlier. */
  private suspects: ChildJob[] = []
  /** What the child has, in the order in which it begins with it: it is at work on none but the first `inWork` of them. */
  private readonly handed = new Map<number, ChildJob>()
  private nextId = 0
  private barrenStarts = 0
  /** The child has been able to work. */
  private isReady = false
  private stderrTail = ''
  private alone = false
  private broken: ExhibitHashError | null = null
  private closed = false
  /** Of this child or of one before, not yet answered. */
  private questions = 0

  /** @param isKnownGood - what a child asks where known-good files are skipped */
  constructor(
    private readonly options: ChildEngineOptions,
    private readonly isKnownGood: IsKnownGood
  ) {}

  get width(): number {
    return this.inWork + AHEAD
  }

  private get inWork(): number {
    return this.options.concurrency * this.groupFiles
  }

  /** Nobody knows how long hashers of the user's own take, or what they do to a process. */
  private get groupFiles(): number {
    return this.options.extract.hashers.length > 0 ? 1 : GROUP_FILES
  }

  private get groups(): Pick<ChildSetup, 'groupFiles' | 'groupBytes'> {
    const { concurrency, maxMemoryBytes } = this.options
    const share = Math.floor(maxMemoryBytes / (8 * concurrency))
    return { groupFiles: this.groupFiles, groupBytes: Math.min(MOST_GROUP_BYTES, share) }
  }

  extract(task: ExtractTask, deliver: Deliver): Promise<void> {
    if (this.closed) return Promise.reject(new ExhibitHashError('ABORTED', 'the run was stopped'))
    return new Promise((resolve, reject) => {
      this.waiting.push(new ChildJob(this.nextId++, task, deliver, resolve, reject, this.options.timeoutMs))
      this.dispatch()
    })
  }

  async close(): Promise<void> {
    this.closed = true
    const child = this.child
    this.child = null
    const { inFlight, ahead } = this.takeAll()
    for (const job of [...inFlight, ...ahead, ...this.suspects.splice(0), ...this.waiting.splice(0)]) {
      job.reject(new ExhibitHashError('ABORTED', 'the run was stopped'))
    }
    if (child === null || child.exitCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    endGroup(child)
    await gone
  }

  private dispatch(): void {
    if (this.closed) return
    if (this.broken !== null) {
      for (const job of [...this.suspects.splice(0), ...this.waiting.splice(0)]) job.reject(this.broken)
      return
    }
    if (this.suspects.length > 0) {
      if (this.handed.size === 0) this.hand(this.suspects.splice(0, 1), true)
      return
    }
    if (this.alone && this.handed.size > 0) return
    // Many at a time: a message takes as long as a small file.
    if (this.handed.size > this.width - AHEAD / 2) return
    this.hand(this.waiting.splice(0, this.width - this.handed.size), false)
  }

  private hand(jobs: readonly ChildJob[], alone: boolean): void {
    if (jobs.length === 0) return
    this.alone = alone
    const child = this.child ?? this.spawn()
    for (const job of jobs) this.handed.set(job.id, job)
    send(child, { type: 'tasks', tasks: jobs.map((job) => job.begin(alone, () => this.giveUp(job))) })
    this.startFirst()
  }

  /** Time runs for what the child says that it works on, and for the first, whatever it says: that one has its turn. */
  private startFirst(): void {
    const [first] = this.handed.values()
    first?.start()
  }

  private spawn(): ChildProcess {
    const { extract, threads, concurrency, maxMemoryBytes } = this.options
    const child = fork(ownProgram('pipeline/child/main'), [], {
      env: childEnvironment({ UV_THREADPOOL_SIZE: poolThreads(threads + concurrency), VIPS_WARNING: '0' }),
      execArgv: [YOUNG_HEAP],
      serialization: 'advanced',
      detached: LEADS_GROUP,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc']
    })
    this.child = child
    this.stderrTail = ''
    this.isReady = false
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderrTail = (this.stderrTail + text).slice(-STDERR_KEPT_CHARACTERS)
    })
    child.on('message', (message: unknown) => this.receive(child, message))
    child.on('error', (error) => this.onExit(child, error.message))
    child.on('exit', (code, signal) => {
      endGroup(child)
      this.onExit(child, signal ?? `exit status ${code}`)
    })
    send(child, { type: 'setup', options: extract, threads, maxMemoryBytes, width: concurrency, ...this.groups })
    return child
  }

  private receive(child: ChildProcess, message: unknown): void {
    if (this.child !== child) return
    const result = checkMessage(message)
    // A child that says nonsense, or lost a thread, is as good as dead: find out over which file.
    if ('fault' in result) return this.dismiss(child, result.fault, result.code)
    if ('ready' in result) return this.getsReady()
    if ('parts' in result) return this.receiveParts(child, result.parts)
    if ('begun' in result) return this.begins(result.begun)
    if ('waiting' in result) return this.waits(result.waiting)
    if ('ask' in result) return void this.answer(child, result.id, result.ask)
    const job = this.handed.get(result.id)
    if (job === undefined) return
    if ('video' in result) return job.allow(this.options.extract.video?.timeoutMs ?? 0)
    if (!job.mayEnd) return this.dismiss(child, 'it sent nothing of a file')
    this.alone = false
    job.end()
    this.take(job).resolve()
    this.goOn()
  }

  private receiveParts(child: ChildProcess, parts: readonly unknown[]): void {
    for (const one of parts) {
      const result = checkPart(one, this.options.extract.hashers)
      if ('fault' in result) return this.dismiss(child, result.fault)
      const job = this.handed.get(result.id)
      if (job === undefined) continue
      if (!job.mayBeNext(result.part)) return this.dismiss(child, 'it sent parts of a file in no order')
      this.alone = false
      const taken = (window: number): void => send(child, { type: 'taken', id: job.id, window })
      const isLast = job.pass(result.part, taken)
      if (job.isOverrun) return this.dismiss(child, 'it sent more than it may')
      if (isLast) this.take(job).resolve()
    }
    this.goOn()
  }

  private begins(ids: readonly number[]): void {
    for (const id of ids) this.handed.get(id)?.begun(ids.length === 1)
  }

  private waits(ids: readonly number[]): void {
    for (const id of ids) this.handed.get(id)?.waits()
    this.startFirst()
  }

  private getsReady(): void {
    this.isReady = true
    this.barrenStarts = 0
  }

  private goOn(): void {
    this.startFirst()
    this.dispatch()
  }

  private async answer(child: ChildProcess, id: number, digests: Digests): Promise<void> {
    // One question for each file and member that it may have in hand.
    if (this.questions >= MAX_QUESTIONS) return this.dismiss(child, 'it asked more than it may')
    this.questions++
    // A fault of a set ends the run when the record is matched.
    const isKnownGood = await this.isKnownGood(digests).catch(() => false)
    this.questions--
    if (this.child === child) send(child, { type: 'answer', id, isKnownGood })
  }

  private dismiss(child: ChildProcess, reason: string, code?: ErrorCode): void {
    this.onExit(child, reason, code)
    endGroup(child)
  }

  private onExit(child: ChildProcess, reason: string, code: ErrorCode = 'DECODER_CRASHED'): void {
    if (this.child !== child) return
    this.child = null
    const { inFlight, ahead } = this.takeAll()
    this.waiting.unshift(...ahead)
    if (!this.isReady && ++this.barrenStarts > MAX_BARREN_STARTS) {
      const said = this.stderrTail.trim()
      const message = `the child process dies at once (${reason})${said === '' ? '' : `: ${said}`}`
      this.broken = new ExhibitHashError('INTERNAL', message)
      for (const job of inFlight) job.reject(this.broken)
    } else if (this.isReady && this.alone && inFlight.length === 1) {
      this.condemn(inFlight[0], code, `the child process died on this file (${reason})`)
    } else if (this.alone) {
      this.suspect(inFlight)
    } else {
      this.tryAgain(inFlight)
    }
    this.dispatch()
  }

  /**
   * A file is over its time. Alone it is the culprit; else it may only have waited behind one, on the same thread or
   * for a core, so all that were in flight are tried again alone.
   */
  private giveUp(job: ChildJob): void {
    const child = this.child
    this.child = null
    const isCulprit = this.handed.size === 1 && (this.alone || job.isAtItself)
    const { inFlight, ahead } = this.takeAll()
    this.waiting.unshift(...ahead)
    if (isCulprit) this.condemn(job, 'TIME_LIMIT', `no result after ${job.limitMs} ms`)
    else this.tryAgain(inFlight)
    if (child !== null) endGroup(child)
    this.dispatch()
  }

  /** Those that were in work by themselves are the first of all: what was taken together goes before whatever comes. */
  private tryAgain(inFlight: readonly ChildJob[]): void {
    const { concurrency } = this.options
    const isSuspect = (job: ChildJob, at: number): boolean => job.isByItself && (job.isInWork || at < concurrency)
    const suspects = inFlight.filter(isSuspect)
    const others = inFlight.filter((job) => !suspects.includes(job))
    for (const job of others) job.becomeSingle()
    this.waiting.unshift(...others)
    this.suspect(suspects)
  }

  private suspect(jobs: readonly ChildJob[]): void {
    this.suspects = [...this.suspects, ...jobs].sort((a, b) => a.id - b.id)
  }

  /** Never decoded again. */
  private condemn(job: ChildJob, code: ErrorCode, message: string): void {
    this.alone = false
    if (job.condemn(code, message)) this.suspect([job])
    else job.resolve()
  }

  private take(job: ChildJob): ChildJob {
    job.stop()
    this.handed.delete(job.id)
    return job
  }

  /** Those that the child may be at work on, and those that only wait in it. */
  private takeAll(): { readonly inFlight: readonly ChildJob[]; readonly ahead: readonly ChildJob[] } {
    const all = [...this.handed.values()].map((job) => this.take(job))
    return { inFlight: all.slice(0, this.inWork), ahead: all.slice(this.inWork) }
  }
}

function send(child: ChildProcess, message: ToChild): void {
  // A failed send means that the child is dying; its exit is handled where exits are.
  child.send(message, () => undefined)
}

function poolThreads(wanted: number): string {
  return String(Math.max(4, wanted))
}
