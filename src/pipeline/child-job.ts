// One file of the exhibit on its way through the children: how far it has come, and how carefully it is to be handled.

import type { ErrorCode } from '../core/errors.js'
import type { FileError } from '../core/result.js'
import type { ExtractTask, Task } from './child/protocol.js'
import type { Deliver } from './engine.js'
import { failedFeatures, type Care, type Part, type Place } from './features.js'
import { FLOW_WINDOW } from './flow.js'
import { readingMs } from './reading-time.js'

/** Members that an archive must get through alone, one after the other, before it goes on at full width. */
const CAREFUL_PARTS = 16
/** What is done with a member that has killed who worked on it: less and less. */
const LESS: Readonly<Record<Care, Care>> = { all: 'digests', digests: 'name', name: 'name' }

export class ChildJob {
  /** Where the next try goes on; `null` with the file itself. */
  private place: Place | null = null
  private care: Care = 'all'
  /** Why the next part is worked out in less than full. */
  private failure: FileError | null = null
  private window = FLOW_WINDOW
  private tries = 0
  /** In this try: parts that came, and those of them that are still on their way out. */
  private parts = 0
  private untaken = 0
  private timer: NodeJS.Timeout | undefined
  /** Time beside the usual for the part that is under way: once, and no more than a video may take. */
  private extraMs = 0
  /** What the size of the file adds for this part; `null` before it was looked at. */
  private sizeMs: number | null = null
  private onTime: (() => void) | null = null
  private isStarted = false
  /** The child has begun with it, and it does not wait again. */
  private isBegun = false
  /** It is not to be taken together with others, or has not been. */
  private single = false
  /** The file's own part has come, in this try or an earlier one. */
  private hasOwn = false

  constructor(
    readonly id: number,
    private readonly task: ExtractTask,
    private readonly deliver: Deliver,
    readonly resolve: () => void,
    readonly reject: (error: Error) => void,
    private readonly timeoutMs: number
  ) {}

  /** A try begins. @param onTime - called when the next part takes too long */
  begin(alone: boolean, onTime: () => void): Task {
    this.tries++
    this.parts = this.untaken = this.extraMs = 0
    this.sizeMs = null
    this.window = alone ? 1 : FLOW_WINDOW
    this.onTime = onTime
    this.isBegun = false
    const { id, task, place, care, window, single } = this
    return { id, ...task, place, care, window, single }
  }

  /** The child works on it, by itself or with others: all of its time begins. */
  begun(single: boolean): void {
    if (single) this.single = true
    this.isBegun = true
    this.isStarted = false
    this.start()
  }

  /** Others have their turn before it. */
  waits(): void {
    this.isBegun = false
    this.isStarted = false
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /** From the next try on it is not taken together with others. */
  becomeSingle(): void {
    this.single = true
  }

  get isInWork(): boolean {
    return this.isBegun
  }

  /** True where nobody but it, and others that were begun by themselves too, can be what the child has died of. */
  get isByItself(): boolean {
    return this.single
  }

  /** From now on it owes a part. */
  start(): void {
    if (this.isStarted) return
    this.isStarted = true
    this.watch()
  }

  /** The try is over, one way or the other. */
  stop(): void {
    this.onTime = null
    this.isStarted = false
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /** What is under way is a video, and may take so much longer. A second time, or for a member, it changes nothing. */
  allow(extraMs: number): void {
    if (this.extraMs > 0 || this.parts > 0 || this.place !== null) return
    this.extraMs = extraMs
    this.watch()
  }

  /** True where it cannot be that others made it wait: only the file itself is being worked on, and by itself. */
  get isAtItself(): boolean {
    return this.place === null && this.isBegun && this.single
  }

  /** For the part that is under way. */
  get limitMs(): number {
    return this.timeoutMs + this.extraMs + (this.sizeMs ?? 0)
  }

  /** False where a child sends members before the file itself, or the file twice: a record would be lost or doubled. */
  mayBeNext({ name }: Part): boolean {
    return (name === null) !== this.hasOwn
  }

  get mayEnd(): boolean {
    return this.hasOwn
  }

  /** True where a child has sent more than it may. */
  get isOverrun(): boolean {
    return this.untaken > FLOW_WINDOW
  }

  /**
   * Hands a part on.
   * @param taken - called with the window from then on, when the part has gone out and this try still goes on
   * @returns true where it was the last
   */
  pass({ name, features, next }: Part, taken: (window: number) => void): boolean {
    const tried = this.tries
    const isLast = next === null || (this.failure !== null && this.place === null)
    const error = this.failure ?? features.error
    this.isStarted = true
    this.parts++
    this.extraMs = 0
    this.sizeMs = null
    // The file itself goes ahead of what the window is for.
    const isCounted = name !== null
    this.hasOwn = true
    if (isCounted) this.untaken++
    this.place = next
    this.failure = null
    this.care = 'all'
    if (this.parts >= CAREFUL_PARTS) this.window = FLOW_WINDOW
    this.watch()
    void this.deliver({ name, features: { ...features, error } }).then(() => {
      if (!isCounted || tried !== this.tries || this.onTime === null) return
      this.untaken--
      if (this.timer === undefined) this.watch()
      taken(this.window)
    })
    return isLast
  }

  /** Nothing follows; but what was found to be fatal must not go without a record. */
  end(): void {
    if (this.failure !== null) void this.deliver({ name: NO_NAME, features: failedFeatures(this.failure) })
  }

  /**
   * Whoever worked on the next part alone has died of it. What it is can still be told by its digests, and failing that
   * by its name, so that a trap hides nothing. @returns false where nothing is left to be tried
   */
  condemn(code: ErrorCode, message: string): boolean {
    const isOver = this.care === 'name' || (this.place === null && this.care === 'digests')
    this.failure ??= { code, message, stage: 'decode' }
    this.care = LESS[this.care]
    if (isOver)
      void this.deliver({ name: this.place === null ? null : NO_NAME, features: failedFeatures(this.failure) })
    return !isOver
  }

  /** Time runs while a child owes something, and not while it waits for its parts to be taken. */
  private watch(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.untaken >= this.window || this.onTime === null) return
    this.wait(this.timeoutMs + this.extraMs)
  }

  private wait(ms: number): void {
    this.timer = setTimeout(() => void this.timeIsUp(), Math.min(MAX_TIMEOUT_MS, ms))
    this.timer.unref()
  }

  /** A file gets the time that its size takes to be read, once a part: only those that need it are looked at. */
  private async timeIsUp(): Promise<void> {
    if (this.sizeMs === null) {
      const { timer } = this
      const sizeMs = await readingMs(this.task.location)
      // What came meanwhile has time of its own.
      if (timer !== this.timer) return
      this.sizeMs = sizeMs
      if (sizeMs > 0) return this.wait(sizeMs)
    }
    this.onTime?.()
  }
}

/** What a timer can hold. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

const NO_NAME = new Uint8Array(0)
