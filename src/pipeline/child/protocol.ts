// Messages between the parent and the child that touches hostile bytes.

import type { Digests } from '../../core/hashes.js'
import type { Care, ExtractOptions, Part, Place } from '../features.js'

/** First message to a child. */
export interface ChildSetup {
  readonly type: 'setup'
  readonly options: ExtractOptions
  readonly maxMemoryBytes: number
  readonly threads: number
  readonly tasksPerThread: number
  /** Members of one archive that are decoded at the same time. */
  readonly width: number
}

export interface ExtractTask {
  readonly location: Uint8Array
  /** The file's name as text. */
  readonly name: string
}

export interface TaskMessage extends ExtractTask {
  readonly type: 'task'
  readonly id: number
  /** Where to go on in an archive; `null` to begin with the file itself. */
  readonly place: Place | null
  /** For the first part alone. */
  readonly care: Care
  /** Parts that may be sent before they are taken. */
  readonly window: number
}

/** The parent has passed on one part of a file. */
export interface TakenMessage {
  readonly type: 'taken'
  readonly id: number
  /** From now on. */
  readonly window: number
}

export interface PartMessage extends Part {
  readonly type: 'part'
  readonly id: number
}

/** Nothing of an archive follows. */
export interface EndMessage {
  readonly type: 'end'
  readonly id: number
}

/** The file is a video: its part may take the time that a video may take. */
export interface VideoMessage {
  readonly type: 'video'
  readonly id: number
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

/** Is this a known-good file, which need not be decoded? */
export interface AskMessage {
  readonly type: 'ask'
  readonly id: number
  readonly digests: Digests
}

export interface AnswerMessage {
  readonly type: 'answer'
  readonly id: number
  readonly isKnownGood: boolean
}

export type ToChild = ChildSetup | TaskMessage | TakenMessage | AnswerMessage
export type FromChild = PartMessage | AskMessage | EndMessage | VideoMessage | FatalMessage | OverMemoryMessage
