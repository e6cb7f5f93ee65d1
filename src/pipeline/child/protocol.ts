// Messages between the parent and the child that touches hostile bytes.

import type { ExtractOptions, FileFeatures } from '../features.js'

/** First message to a child. */
export interface ChildSetup {
  readonly type: 'setup'
  readonly options: ExtractOptions
  readonly maxMemoryBytes: number
  readonly threads: number
  readonly tasksPerThread: number
}

export interface ExtractTask {
  readonly location: Uint8Array
  /** The file's name as text. */
  readonly name: string
}

export interface TaskMessage extends ExtractTask {
  readonly type: 'task'
  readonly id: number
  /** False: digests only. */
  readonly decode: boolean
}

export interface ResultMessage {
  readonly type: 'result'
  readonly id: number
  readonly features: FileFeatures
}

/** The child cannot work at all: its threads do not start. */
export interface FatalMessage {
  readonly type: 'fatal'
  readonly message: string
}

/** The child has more memory than it may; it ends itself. */
export interface OverMemoryMessage {
  readonly type: 'overMemory'
}

export type ToChild = ChildSetup | TaskMessage
export type FromChild = ResultMessage | FatalMessage | OverMemoryMessage
