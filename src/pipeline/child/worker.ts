// A thread of the child: one task at a time from Piscina, though several may be waiting for sharp.

import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { extractMembers, type MembersTask } from '../extract-members.js'
import { extractFrames } from '../extract-frames.js'
import { extractFile } from '../extract.js'
import { extractGroup } from '../extract-group.js'
import type { Care, ExtractOptions, FilePart, Part } from '../features.js'
import { Flow } from '../flow.js'
import type { ExtractTask } from './protocol.js'
import { ThreadAdvisor } from './thread-advisor.js'

export type WorkerTask =
  | ({ readonly of: 'file'; readonly care: Care } & ExtractTask)
  | { readonly of: 'group'; readonly files: readonly ExtractTask[] }
  | { readonly of: 'frames'; readonly location: Uint8Array; readonly part: FilePart }
  | ({ readonly of: 'members'; readonly window: number; readonly port: MessagePort } & MembersTask)

/** What a thread sends of an archive: parts, and `null` after the last. */
export type FromWorker = Part | null

/** A part has been taken. */
export interface ToWorker {
  readonly window: number
}

/** The same for all tasks of a thread. */
const options = workerData as ExtractOptions
/** For what has killed who worked on it. */
const digestsOnly: ExtractOptions = { ...options, maxDecodeBytes: 0, archives: null, video: null }

const advisor = ThreadAdvisor.start((greeting, transfer) => parentPort?.postMessage(greeting, transfer))

/** Of a group, `null` for each file that is to come by itself. */
export type WorkerAnswer = Part | FilePart | readonly (FilePart | null)[] | undefined

export default async function extract(task: WorkerTask): Promise<WorkerAnswer> {
  if (task.of === 'file') {
    return extractFile(task.location, task.name, task.care === 'all' ? options : digestsOnly, advisor)
  }
  if (task.of === 'group') return extractGroup(task.files, options, advisor)
  if (task.of === 'frames') return extractFrames(task.location, task.part, options)
  const { port, window } = task
  const flow = new Flow(window)
  port.on('message', (message: ToWorker) => flow.taken(message.window))
  try {
    for await (const part of extractMembers(task, options, flow, advisor)) port.postMessage(part satisfies FromWorker)
    port.postMessage(null satisfies FromWorker)
  } finally {
    port.close()
  }
  return undefined
}
