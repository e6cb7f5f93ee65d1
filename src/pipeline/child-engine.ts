// The parent's side of the child process: hands out tasks, and when the child dies finds the file that killed it.

import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ExhibitHashError, type ErrorCode } from '../core/errors.js'
import type { FileError } from '../core/result.js'
import { checkMessage } from './check-message.js'
import { childEnvironment } from './child-environment.js'
import type { ExtractTask, ToChild } from './child/protocol.js'
import type { Engine } from './engine.js'
import { failedFeatures, type ExtractOptions, type FileFeatures } from './features.js'

const STDERR_KEPT_CHARACTERS = 2000
/** A child that dies this often without finishing a single file is not killed by files. */
const MAX_BARREN_STARTS = 5

export interface ChildEngineOptions {
  readonly extract: ExtractOptions
  readonly threads: number
  /** Files in flight. */
  readonly concurrency: number
  /** Per file, from hand-over to result. */
  readonly timeoutMs: number
  readonly maxMemoryBytes: number
}

interface Job {
  readonly id: number
  readonly task: ExtractTask
  /** Why the file is not decoded again: this try is for its digests only. */
  readonly failure?: FileError
  readonly resolve: (features: FileFeatures) => void
  readonly reject: (error: Error) => void
}

interface RunningJob extends Job {
  readonly timer: NodeJS.Timeout
}

/**
 * Files that were in flight when the child died are suspects: each is tried again alone, and the one that
 * kills the child a second time gets the error record. Everything else waits meanwhile and is lost to nobody.
 */
export class ChildEngine implements Engine {
  private child: ChildProcess | null = null
  private readonly waiting: Job[] = []
  private readonly suspects: Job[] = []
  private readonly running = new Map<number, RunningJob>()
  private nextId = 0
  private barrenStarts = 0
  private stderrTail = ''
  private alone = false
  private broken: ExhibitHashError | null = null
  private closed = false

  constructor(private readonly options: ChildEngineOptions) {}

  extract(task: ExtractTask): Promise<FileFeatures> {
    if (this.closed) return Promise.reject(new ExhibitHashError('ABORTED', 'the run was stopped'))
    return new Promise((resolve, reject) => {
      this.waiting.push({ id: this.nextId++, task, resolve, reject })
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
    child.kill('SIGKILL')
    await gone
  }

  private dispatch(): void {
    if (this.closed) return
    if (this.broken !== null) {
      for (const job of [...this.suspects.splice(0), ...this.waiting.splice(0)]) job.reject(this.broken)
      return
    }
    if (this.suspects.length > 0) {
      if (this.running.size === 0) this.start(this.suspects.shift() as Job, true)
      return
    }
    while (!(this.alone && this.running.size > 0) && this.running.size < this.options.concurrency) {
      const job = this.waiting.shift()
      if (job === undefined) return
      this.start(job, false)
    }
  }

  private start(job: Job, alone: boolean): void {
    this.alone = alone
    const child = this.child ?? this.spawn()
    const timer = setTimeout(() => this.giveUp(), this.options.timeoutMs)
    timer.unref()
    this.running.set(job.id, { ...job, timer })
    send(child, { type: 'task', id: job.id, ...job.task, decode: job.failure === undefined })
  }

  private spawn(): ChildProcess {
    const { extract, threads, concurrency, maxMemoryBytes } = this.options
    const child = fork(fileURLToPath(new URL('./child/main.js', import.meta.url)), [], {
      env: childEnvironment({ UV_THREADPOOL_SIZE: poolThreads(threads + concurrency), VIPS_WARNING: '0' }),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc']
    })
    this.child = child
    this.stderrTail = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderrTail = (this.stderrTail + text).slice(-STDERR_KEPT_CHARACTERS)
    })
    child.on('message', (message: unknown) => this.receive(child, message))
    child.on('error', (error) => this.onExit(child, error.message))
    child.on('exit', (code, signal) => this.onExit(child, signal ?? `exit status ${code}`))
    const tasksPerThread = Math.ceil(concurrency / threads)
    send(child, { type: 'setup', options: extract, threads, tasksPerThread, maxMemoryBytes })
    return child
  }

  private receive(child: ChildProcess, message: unknown): void {
    if (this.child !== child) return
    const result = checkMessage(message, this.options.extract.hashers)
    const job = 'fault' in result ? undefined : this.take(result.id)
    if ('fault' in result) {
      // A child that says nonsense, or lost a thread, is as good as dead: find out over which file.
      this.onExit(child, result.fault, result.code)
      child.kill('SIGKILL')
    } else if (job !== undefined) {
      this.barrenStarts = 0
      this.alone = false
      const { features } = result
      job.resolve(job.failure === undefined ? features : { ...features, error: job.failure })
      this.dispatch()
    }
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
      this.suspects.push(...inFlight)
    }
    this.dispatch()
  }

  /**
   * A file is over its time. Alone it is the culprit; else it may only have waited behind one, on the same thread or
   * for a core, so all that were in flight are tried again alone.
   */
  private giveUp(): void {
    const child = this.child
    this.child = null
    const inFlight = this.takeAll()
    if (inFlight.length === 1) this.condemn(inFlight[0], 'TIME_LIMIT', `no result after ${this.options.timeoutMs} ms`)
    else this.suspects.push(...inFlight)
    child?.kill('SIGKILL')
    this.dispatch()
  }

  /** Never decoded again; but what it is can still be told by its digests, so that a trap hides no known file. */
  private condemn(job: Job, code: ErrorCode, message: string): void {
    this.alone = false
    const failure: FileError = { code, message, stage: 'decode' }
    if (job.failure === undefined) this.suspects.push({ ...job, failure })
    else job.resolve(failedFeatures(job.failure))
  }

  private take(id: number): Job | undefined {
    const job = this.running.get(id)
    if (job === undefined) return undefined
    clearTimeout(job.timer)
    this.running.delete(id)
    const { timer: _, ...bare } = job
    return bare
  }

  private takeAll(): Job[] {
    return [...this.running.keys()].flatMap((id) => this.take(id) ?? [])
  }
}

function send(child: ChildProcess, message: ToChild): void {
  // A failed send means that the child is dying; its exit is handled where exits are.
  child.send(message, () => undefined)
}

function poolThreads(wanted: number): string {
  return String(Math.max(4, wanted))
}
