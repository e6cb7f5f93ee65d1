// The parent's side of the child process: hands out tasks, and when the child dies finds the file that killed it.

import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ExhibitHashError, type ErrorCode } from '../core/errors.js'
import type { ExtractTask, FromChild, ToChild } from './child/protocol.js'
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
}

interface Job {
  readonly id: number
  readonly task: ExtractTask
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
    return new Promise((resolve, reject) => {
      this.waiting.push({ id: this.nextId++, task, resolve, reject })
      this.dispatch()
    })
  }

  async close(): Promise<void> {
    this.closed = true
    const child = this.child
    this.child = null
    for (const job of [...this.running.values(), ...this.suspects, ...this.waiting]) {
      if ('timer' in job) clearTimeout(job.timer as NodeJS.Timeout)
      job.reject(new ExhibitHashError('ABORTED', 'the run was stopped'))
    }
    this.running.clear()
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
    const timer = setTimeout(() => this.giveUp(job), this.options.timeoutMs)
    timer.unref()
    this.running.set(job.id, { ...job, timer })
    send(child, { type: 'task', id: job.id, ...job.task })
  }

  private spawn(): ChildProcess {
    const { extract, threads, concurrency } = this.options
    const child = fork(fileURLToPath(new URL('./child/main.js', import.meta.url)), [], {
      env: childEnvironment(threads + concurrency),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc']
    })
    this.child = child
    this.stderrTail = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderrTail = (this.stderrTail + text).slice(-STDERR_KEPT_CHARACTERS)
    })
    child.on('message', (message: FromChild) => this.receive(message))
    child.on('error', (error) => this.onExit(child, error.message))
    child.on('exit', (code, signal) => this.onExit(child, signal ?? `exit status ${code}`))
    const tasksPerThread = Math.ceil(concurrency / threads)
    send(child, { type: 'setup', options: extract, threads, tasksPerThread })
    return child
  }

  private receive(message: FromChild): void {
    if (message.type === 'fatal') {
      this.broken = new ExhibitHashError('INTERNAL', `the child process cannot work: ${message.message}`)
      this.failAll(this.broken)
      return
    }
    const job = this.take(message.id)
    if (job === undefined) return
    this.barrenStarts = 0
    this.alone = false
    job.resolve(message.features)
    this.dispatch()
  }

  private onExit(child: ChildProcess, reason: string): void {
    if (this.child !== child) return
    this.child = null
    const inFlight = [...this.running.keys()].map((id) => this.take(id) as Job)
    if (++this.barrenStarts > MAX_BARREN_STARTS) {
      const said = this.stderrTail.trim()
      this.broken = new ExhibitHashError(
        'INTERNAL',
        `the child process dies at once (${reason})${said === '' ? '' : `: ${said}`}`
      )
      this.failAll(this.broken, inFlight)
      return
    }
    if (this.alone && inFlight.length === 1) {
      const message = `the child process died on this file (${reason})`
      inFlight[0].resolve(failed('DECODER_CRASHED', message))
      this.barrenStarts = 0
      this.alone = false
    } else {
      this.suspects.push(...inFlight)
    }
    this.dispatch()
  }

  /** The file is over its time: it is the culprit, and whatever else was in flight starts again. */
  private giveUp(job: Job): void {
    if (this.take(job.id) === undefined) return
    job.resolve(failed('TIME_LIMIT', `no result after ${this.options.timeoutMs} ms`))
    this.waiting.unshift(...[...this.running.keys()].map((id) => this.take(id) as Job))
    const child = this.child
    this.child = null
    this.alone = false
    child?.kill('SIGKILL')
    this.dispatch()
  }

  private take(id: number): Job | undefined {
    const job = this.running.get(id)
    if (job === undefined) return undefined
    clearTimeout(job.timer)
    this.running.delete(id)
    const { task, resolve, reject } = job
    return { id, task, resolve, reject }
  }

  private failAll(error: ExhibitHashError, also: readonly Job[] = []): void {
    const jobs = [...also, ...[...this.running.keys()].map((id) => this.take(id) as Job)]
    for (const job of jobs) job.reject(error)
    this.dispatch()
  }
}

function failed(code: ErrorCode, message: string): FileFeatures {
  return failedFeatures({ code, message, stage: 'decode' })
}

function send(child: ChildProcess, message: ToChild): void {
  // A failed send means that the child is dying; its exit is handled where exits are.
  child.send(message, () => undefined)
}

/** Nothing of the parent's environment but what chooses the kernels and what Windows cannot start without. */
function childEnvironment(poolThreads: number): NodeJS.ProcessEnv {
  const kept = ['EXHIBIT_HASH_NATIVE', 'EXHIBIT_HASH_ISA', 'SystemRoot', 'windir']
  const values = kept.map((name) => [name, process.env[name]] as const).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(values), UV_THREADPOOL_SIZE: String(Math.max(4, poolThreads)), VIPS_WARNING: '0' }
}
