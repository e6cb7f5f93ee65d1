// Which tasks are begun when: in their order, so many at a time, and quick ones several together.

import { FLOW_WINDOW } from '../flow.js'
import type { FirstLook } from '../open-file.js'
import type { Task } from './protocol.js'

/** A task, and what its file was when it came back from a group. */
export interface SlotTask {
  readonly task: Task
  readonly first: FirstLook | null
}

/** A group shall take less: others may wait for one of its files. */
const LONG_MS = 100

export interface SlotWork {
  one(task: SlotTask): Promise<void>
  /** Returns those that are to be begun by themselves. */
  group(tasks: readonly Task[]): Promise<readonly SlotTask[]>
}

/**
 * What came back from a group goes before everything else: so what is under way, and what has been, are the first
 * `width` times `groupFiles` of the tasks that are not done.
 */
export class Slots {
  private readonly waiting: Task[] = []
  private readonly back: SlotTask[] = []
  private busy = 0
  /** Grows and shrinks with what groups take: files of a folder are alike. */
  private groupFiles = 1

  constructor(
    private readonly width: number,
    private readonly mostFiles: number,
    private readonly work: SlotWork
  ) {}

  add(tasks: readonly Task[]): void {
    this.waiting.push(...tasks)
    this.fill()
  }

  private fill(): void {
    for (; this.busy < this.width && this.back.length + this.waiting.length > 0; this.busy++) void this.goOn()
  }

  private async goOn(): Promise<void> {
    for (let back = this.back.shift(); ; back = this.back.shift()) {
      if (back !== undefined) await this.work.one(back)
      else if (this.waiting.length > 0) await this.runNext()
      else break
    }
    this.busy--
  }

  private async runNext(): Promise<void> {
    const tasks = this.nextTasks()
    const started = performance.now()
    const back = tasks.length === 1 ? await this.runOne(tasks[0]) : await this.work.group(tasks)
    const done = tasks.length - back.length
    const isQuick = performance.now() - started < LONG_MS
    // What came back is not quick, even if it was found out quickly.
    this.groupFiles = clamp(isQuick && back.length === 0 ? done * 2 : isQuick ? done : done >> 1, this.mostFiles)
    this.back.push(...back)
    this.back.sort((a, b) => a.task.id - b.task.id)
    this.fill()
  }

  private async runOne(task: Task): Promise<readonly SlotTask[]> {
    await this.work.one({ task, first: null })
    return []
  }

  private nextTasks(): Task[] {
    // Others shall have something to do too.
    const share = Math.ceil(this.waiting.length / this.width)
    const most = Math.min(this.groupFiles, share)
    const alone = this.waiting.slice(0, most).findIndex((task) => !isPlain(task))
    return this.waiting.splice(0, alone === -1 ? most : Math.max(1, alone))
  }
}

function clamp(files: number, most: number): number {
  return Math.max(1, Math.min(most, files))
}

/** Neither in the middle of an archive nor handled with care. */
function isPlain({ place, care, window, single }: Task): boolean {
  return place === null && care === 'all' && window === FLOW_WINDOW && !single
}
