// A thread of the child: one task at a time from Piscina, though several may be waiting for sharp.

import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { extractMembers, type MembersTask } from '../extract-members.js'
import { extractFrames } from '../extract-frames.js'
import { extractFile } from '../extract.js'
import { extractGroup, type GivenBack } from '../extract-group.js'
import type { Care, ExtractOptions, FilePart, Part } from '../features.js'
import { Flow } from '../flow.js'
import type { FirstLook } from '../open-file.js'
import type { ExtractTask } from './protocol.js'
import { ThreadAdvisor } from './thread-advisor.js'

export type WorkerTask =
  | ({ readonly of: 'file'; readonly care: Care; readonly first: FirstLook | null } & ExtractTask)
  | { readonly of: 'group'; readonly files: readonly ExtractTask[]; readonly mostBytes: number }
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

export type WorkerAnswer = Part | FilePart | readonly (FilePart | GivenBack)[] | undefined

export default async function extract(task: WorkerTask): Promise<WorkerAnswer> {
  if (task.of === 'file') {
    return extractFile(task.location, task.name, task.care === 'all' ? options : digestsOnly, advisor, task.first)
  }
  if (task.of === 'group') return extractGroup(task.files, task.mostBytes, options, advisor)
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
