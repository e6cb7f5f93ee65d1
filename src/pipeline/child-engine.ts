// The parent's side of the child process: hands out tasks, and when the child dies finds the file that killed it.

import { fork, type ChildProcess } from 'node:child_process'
import { ExhibitHashError, type ErrorCode } from '../core/errors.js'
import type { Digests } from '../core/hashes.js'
import { ownProgram } from '../files/index.js'
import { checkMessage } from './check-message.js'
import { childEnvironment } from './child-environment.js'
import { ChildJob } from './child-job.js'
import type { ExtractTask, ToChild } from './child/protocol.js'
import type { IsKnownGood } from './equal-files.js'
import type { Deliver, Engine } from './engine.js'
import { endGroup, LEADS_GROUP } from './process-group.js'
import type { ExtractOptions } from './features.js'

const STDERR_KEPT_CHARACTERS = 2000
/** A child that dies this often without finishing a single file is not killed by files. */
const MAX_BARREN_STARTS = 5
const MAX_QUESTIONS = 10_000

export interface ChildEngineOptions {
  readonly extract: ExtractOptions
  readonly threads: number
  /** Files in flight. */
  readonly concurrency: number
  /** Per file, from hand-over to result. */
  readonly timeoutMs: number
  readonly maxMemoryBytes: number
}

/**
 * Files that were in flight when the child died are suspects: each is tried again alone, an archive from the first
 * member whose part has not come, and the one that kills the child a second time gets the error record. Everything else
 * waits meanwhile and is lost to nobody.
 */
export class ChildEngine implements Engine {
  private child: ChildProcess | null = null
  private readonly waiting: ChildJob[] = []
  /** In the order of the exhibit: the records of the later ones wait for those of the earlier. */
  private suspects: ChildJob[] = []
  private readonly running = new Map<number, ChildJob>()
  private nextId = 0
  private barrenStarts = 0
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
    for (const job of [...this.takeAll(), ...this.suspects.splice(0), ...this.waiting.splice(0)]) {
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
      if (this.running.size === 0) this.start(this.suspects.shift() as ChildJob, true)
      return
    }
    while (!(this.alone && this.running.size > 0) && this.running.size < this.options.concurrency) {
      const job = this.waiting.shift()
      if (job === undefined) return
      this.start(job, false)
    }
  }

  private start(job: ChildJob, alone: boolean): void {
    this.alone = alone
    const child = this.child ?? this.spawn()
    this.running.set(job.id, job)
    const task = job.begin(alone, () => this.giveUp(job))
    send(child, task)
  }

  private spawn(): ChildProcess {
    const { extract, threads, concurrency, maxMemoryBytes } = this.options
    const child = fork(ownProgram('pipeline/child/main'), [], {
      env: childEnvironment({ UV_THREADPOOL_SIZE: poolThreads(threads + concurrency), VIPS_WARNING: '0' }),
      execArgv: [],
      serialization: 'advanced',
      detached: LEADS_GROUP,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc']
    })
    this.child = child
    this.stderrTail = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderrTail = (this.stderrTail + text).slice(-STDERR_KEPT_CHARACTERS)
    })
    child.on('message', (message: unknown) => this.receive(child, message))
    child.on('error', (error) => this.onExit(child, error.message))
    child.on('exit', (code, signal) => {
      endGroup(child)
      this.onExit(child, signal ?? `exit status ${code}`)
    })
    const tasksPerThread = Math.ceil(concurrency / threads)
    send(child, { type: 'setup', options: extract, threads, tasksPerThread, maxMemoryBytes, width: concurrency })
    return child
  }

  private receive(child: ChildProcess, message: unknown): void {
    if (this.child !== child) return
    const { hashers, video } = this.options.extract
    const result = checkMessage(message, hashers)
    // A child that says nonsense, or lost a thread, is as good as dead: find out over which file.
    if ('fault' in result) return this.dismiss(child, result.fault, result.code)
    if ('ask' in result) return void this.answer(child, result.id, result.ask)
    const job = this.running.get(result.id)
    if (job === undefined) return
    if ('video' in result) return job.allow(video?.timeoutMs ?? 0)
    this.barrenStarts = 0
    this.alone = false
    const taken = (window: number): void => send(child, { type: 'taken', id: job.id, window })
    if ('end' in result) job.end()
    const isLast = 'end' in result || job.pass(result.part, taken)
    if (job.isOverrun) return this.dismiss(child, 'it sent more than it may')
    if (isLast) this.take(job).resolve()
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
    const inFlight = this.takeAll()
    if (++this.barrenStarts > MAX_BARREN_STARTS) {
      const said = this.stderrTail.trim()
      const message = `the child process dies at once (${reason})${said === '' ? '' : `: ${said}`}`
      this.broken = new ExhibitHashError('INTERNAL', message)
      for (const job of inFlight) job.reject(this.broken)
    } else if (this.alone && inFlight.length === 1) {
      this.barrenStarts = 0
      this.condemn(inFlight[0], code, `the child process died on this file (${reason})`)
    } else {
      this.suspect(inFlight)
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
    const isCulprit = this.running.size === 1 && (this.alone || job.isAtItself)
    const inFlight = this.takeAll()
    if (isCulprit) this.condemn(job, 'TIME_LIMIT', `no result after ${this.options.timeoutMs} ms`)
    else this.suspect(inFlight)
    if (child !== null) endGroup(child)
    this.dispatch()
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
    this.running.delete(job.id)
    return job
  }

  private takeAll(): ChildJob[] {
    return [...this.running.values()].map((job) => this.take(job))
  }
}

function send(child: ChildProcess, message: ToChild): void {
  // A failed send means that the child is dying; its exit is handled where exits are.
  child.send(message, () => undefined)
}

function poolThreads(wanted: number): string {
  return String(Math.max(4, wanted))
}
