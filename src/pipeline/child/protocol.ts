// Messages between the parent and the child that touches hostile bytes.

import type { Digests } from '../../core/hashes.js'
import type { Care, ExtractOptions, Part, Place } from '../features.js'

/** First message to a child. */
export interface ChildSetup {
  readonly type: 'setup'
  readonly options: ExtractOptions
  readonly maxMemoryBytes: number
  readonly threads: number
  /** Files or groups of them that are worked on at the same time, and members of one archive. */
  readonly width: number
  /** Most files of a group, and most bytes that are read of them together. */
  readonly groupFiles: number
  readonly groupBytes: number
}

export interface ExtractTask {
  readonly location: Uint8Array
  /** The file's name as text. */
  readonly name: string
}

export interface Task extends ExtractTask {
  readonly id: number
  /** Where to go on in an archive; `null` to begin with the file itself. */
  readonly place: Place | null
  /** For the first part alone. */
  readonly care: Care
  /** Not to be taken together with others. */
  readonly single: boolean
  /** Parts that may be sent before they are taken. */
  readonly window: number
}

/** Begun in their order, as many at a time, and as many together, as the set-up says. */
export interface TasksMessage {
  readonly type: 'tasks'
  readonly tasks: readonly Task[]
}

/** The parent has passed on one part of a file. */
export interface TakenMessage {
  readonly type: 'taken'
  readonly id: number
  /** From now on. */
  readonly window: number
}

export interface PartOfTask extends Part {
  readonly id: number
}

/** Several, since a message takes as long as a small file. */
export interface PartsMessage {
  readonly type: 'parts'
  readonly parts: readonly PartOfTask[]
}

/** From here on these are worked on: one by itself, or several together. */
export interface BegunMessage {
  readonly type: 'begun'
  readonly ids: readonly number[]
}

/** These were begun, but wait again: each will be begun by itself. */
export interface WaitingMessage {
  readonly type: 'waiting'
  readonly ids: readonly number[]
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

/** A thread of the child runs: what ends the child from here on may be a file. */
export interface ReadyMessage {
  readonly type: 'ready'
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

export type ToChild = ChildSetup | TasksMessage | TakenMessage | AnswerMessage
export type FromChild =
  | BegunMessage
  | WaitingMessage
  | ReadyMessage
  | PartsMessage
  | AskMessage
  | EndMessage
  | VideoMessage
  | FatalMessage
  | OverMemoryMessage
