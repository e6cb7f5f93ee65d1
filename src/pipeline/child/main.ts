// The child process: takes tasks from its parent, runs them on threads, sends features back. Knows no index and no secret.

import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { Digests } from '../../core/hashes.js'
import { ownProgram } from '../../files/index.js'
import { denyNetwork } from '../../kernels/index.js'
import { EqualFiles } from '../equal-files.js'
import type { GivenBack } from '../extract-group.js'
import type { FilePart, Part, Place } from '../features.js'
import type { FirstLook } from '../open-file.js'
import { Outbox } from './outbox.js'
import type { ChildSetup, FromChild, Task, ToChild } from './protocol.js'
import { Questions } from './questions.js'
import { Slots, type SlotTask } from './slots.js'
import { answerThread, type Greeting } from './thread-advisor.js'
import type { FromWorker, ToWorker, WorkerAnswer, WorkerTask } from './worker.js'

type Threads = Piscina<WorkerTask, WorkerAnswer>

let slots: Slots | null = null

const outbox = new Outbox((message) => {
  // A parent that is gone takes nothing; the disconnect handler ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
})

function send(message: FromChild): void {
  outbox.send(message)
}

function start(message: ChildSetup): void {
  const { width } = message
  // Before anything of the exhibit or of the user's own runs here.
  denyNetwork()
  watchMemory(message.maxMemoryBytes)
  const threads: Threads = new Piscina({
    filename: ownProgram('pipeline/child/worker'),
    workerData: message.options,
    minThreads: message.threads,
    maxThreads: message.threads,
    concurrentTasksPerWorker: Math.ceil(width / message.threads),
    recordTiming: false,
    // A thread that waits for sharp must stay free for its next task.
    atomics: 'disabled'
  })
  const advisor = new EqualFiles(message.options.skipKnown ? askParent : null)
  threads.on('message', (greeting: Greeting) => {
    send({ type: 'ready' })
    answerThread(greeting, advisor)
  })
  threads.on('error', (error: Error) => send({ type: 'fatal', message: error.message }))
  slots = new Slots(width, message.groupFiles, {
    one: (one) => run(one, threads, width),
    group: (tasks) => runGroup(tasks, message.groupBytes, threads)
  })
}

/** To the parent. */
const questions = new Questions<boolean>()

function askParent(digests: Digests): Promise<boolean> {
  return questions.ask((id) => send({ type: 'ask', id, digests }))
}

const MEMORY_LOOK_MS = 100

/** Looks at all memory of the process, whoever has it: JavaScript, WebAssembly or libvips. */
function watchMemory(maxBytes: number): void {
  setInterval(() => {
    if (process.memoryUsage.rss() <= maxBytes) return
    outbox.flush()
    process.send?.({ type: 'overMemory' } satisfies FromChild, undefined, undefined, () => process.exit(1))
  }, MEMORY_LOOK_MS).unref()
}

/** Ways to the threads that read archives, by task. */
const archives = new Map<number, MessagePort>()

async function run({ task, first }: SlotTask, threads: Threads, width: number): Promise<void> {
  const { id, place } = task
  send({ type: 'begun', ids: [id] })
  try {
    if (place !== null) return await runMembers(task, place, threads, width)
    const part = await runFile(task, first, threads)
    outbox.add({ id, ...part })
    if (part.next !== null) await runMembers({ ...task, care: 'all' }, part.next, threads, width)
  } catch (error) {
    sendFatal(error)
  }
}

/** Extraction records its own failures: what is thrown is a thread that could not run at all. */
function sendFatal(error: unknown): void {
  send({ type: 'fatal', message: error instanceof Error ? error.message : String(error) })
}

async function runGroup(tasks: readonly Task[], mostBytes: number, pool: Threads): Promise<readonly SlotTask[]> {
  send({ type: 'begun', ids: tasks.map(({ id }) => id) })
  try {
    const files = tasks.map(({ location, name }) => ({ location, name }))
    const parts = await pool.run({ of: 'group', files, mostBytes })
    if (!Array.isArray(parts)) throw new Error('a thread has made nothing of a group')
    const back: SlotTask[] = []
    for (const [i, part] of (parts as readonly (FilePart | GivenBack)[]).entries()) {
      if ('first' in part) back.push({ task: tasks[i], first: part.first })
      else outbox.add({ id: tasks[i].id, ...part })
    }
    if (back.length > 0) send({ type: 'waiting', ids: back.map(({ task: { id } }) => id) })
    return back
  } catch (error) {
    sendFatal(error)
    return []
  }
}

async function runFile({ id, location, name, care }: Task, first: FirstLook | null, pool: Threads): Promise<Part> {
  const alone = await pool.run({ of: 'file', location, name, care, first })
  if (alone === undefined || !('framesOf' in alone)) throw new Error('a thread has made nothing of a file')
  const { framesOf, ...part } = alone
  if (framesOf === null) return part
  send({ type: 'video', id })
  const whole = await pool.run({ of: 'frames', location, part: alone })
  if (whole === undefined || !('next' in whole)) throw new Error('a thread has made nothing of a video')
  return whole
}

async function runMembers(
  { id, location, name, care, window }: Task,
  place: Place,
  pool: Threads,
  width: number
): Promise<void> {
  const { port1, port2: port } = new MessageChannel()
  archives.set(id, port1)
  port1.on('message', (part: FromWorker) => {
    if (part !== null) return outbox.add({ id, ...part })
    archives.delete(id)
    send({ type: 'end', id })
  })
  const task: WorkerTask = { of: 'members', location, name, place, care, width, window, port }
  await pool.run(task, { transferList: [port] })
}

process.on('message', (message: ToChild) => {
  if (message.type === 'setup') start(message)
  else if (message.type === 'tasks') slots?.add(message.tasks)
  else if (message.type === 'answer') questions.answered(message.id, message.isKnownGood)
  else archives.get(message.id)?.postMessage({ window: message.window } satisfies ToWorker)
})
process.on('disconnect', endAll)
// Ctrl-C reaches the whole group; when to stop is the parent's to say.
process.on('SIGINT', () => undefined)

/** Ends this process and the tools that it has started: on POSIX it leads a group of its own. */
function endAll(): void {
  try {
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL')
  } finally {
    process.exit(0)
  }
}
