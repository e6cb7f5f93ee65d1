// The child process: takes tasks from its parent, runs them on threads, sends features back. Knows no index and no secret.

import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { FileFeatures } from '../features.js'
import type { ChildSetup, FromChild, TaskMessage, ToChild } from './protocol.js'
import type { WorkerTask } from './worker.js'

type Threads = Piscina<WorkerTask, FileFeatures>

let threads: Threads | null = null
let setup: ChildSetup | null = null

function send(message: FromChild): void {
  // A parent that is gone takes nothing; the disconnect handler ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

function start(message: ChildSetup): void {
  setup = message
  watchMemory(message.maxMemoryBytes)
  threads = new Piscina({
    filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
    minThreads: message.threads,
    maxThreads: message.threads,
    concurrentTasksPerWorker: message.tasksPerThread,
    // A thread that waits for sharp must stay free for its next task.
    atomics: 'disabled'
  })
  threads.on('error', (error: Error) => send({ type: 'fatal', message: error.message }))
}

const MEMORY_LOOK_MS = 100

/** Looks at all memory of the process, whoever has it: JavaScript, WebAssembly or libvips. */
function watchMemory(maxBytes: number): void {
  setInterval(() => {
    if (process.memoryUsage.rss() <= maxBytes) return
    process.send?.({ type: 'overMemory' } satisfies FromChild, undefined, undefined, () => process.exit(1))
  }, MEMORY_LOOK_MS).unref()
}

async function run({ id, location, name, decode }: TaskMessage): Promise<void> {
  if (threads === null || setup === null) return
  try {
    const features = await threads.run({
      location,
      name,
      options: decode ? setup.options : { ...setup.options, maxDecodeBytes: 0 }
    })
    send({ type: 'result', id, features })
  } catch (error) {
    // Extraction records its own failures: a throw is a thread that could not run at all.
    send({ type: 'fatal', message: error instanceof Error ? error.message : String(error) })
  }
}

process.on('message', (message: ToChild) => {
  if (message.type === 'setup') start(message)
  else void run(message)
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group; when to stop is the parent's to say.
process.on('SIGINT', () => undefined)
