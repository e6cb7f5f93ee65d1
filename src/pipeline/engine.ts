// Where features are made: in a child process, or in this one for those who embed the library.

import type { ExtractTask } from './child/protocol.js'
import { EqualFiles, type IsKnownGood } from './equal-files.js'
import { extractMembers } from './extract-members.js'
import { extractFrames } from './extract-frames.js'
import { extractFile } from './extract.js'
import type { ExtractOptions, Part } from './features.js'
import { Flow } from './flow.js'

export type DeliveredPart = Pick<Part, 'name' | 'features'>

/** Takes a part; the promise is kept when it has gone out, so that more may come. */
export type Deliver = (part: DeliveredPart) => Promise<void>

export interface Engine {
  /**
   * Delivers the file itself and, where it is an archive, all of its members, in their order. Never rejects for a fault
   * of the file; rejects only when no file can be worked on any more.
   */
  extract(task: ExtractTask, deliver: Deliver): Promise<void>
  close(): Promise<void>
}

/** Works in this process: no protection from hostile files, no time limit. */
export class InProcessEngine implements Engine {
  private readonly flows = new Set<Flow>()
  private readonly waiting: (() => void)[] = []
  private readonly equalFiles: EqualFiles
  private readonly stop = new AbortController()
  private active = 0

  constructor(
    private readonly options: ExtractOptions,
    private readonly concurrency: number,
    isKnownGood: IsKnownGood
  ) {
    this.equalFiles = new EqualFiles(options.skipKnown ? isKnownGood : null)
  }

  async extract(task: ExtractTask, deliver: Deliver): Promise<void> {
    await this.takeTurn()
    try {
      const alone = await extractFile(task.location, task.name, this.options, this.equalFiles)
      const { next, ...part } = await extractFrames(task.location, alone, this.options, this.stop.signal)
      void deliver(part)
      if (next === null) return
      const flow = new Flow()
      this.flows.add(flow)
      const members = { ...task, place: next, care: 'all', width: this.concurrency } as const
      for await (const member of extractMembers(members, this.options, flow, this.equalFiles)) {
        void deliver(member).then(() => flow.taken())
      }
      this.flows.delete(flow)
    } finally {
      this.passTurn()
    }
  }

  close(): Promise<void> {
    for (const flow of this.flows) flow.stop()
    this.stop.abort()
    return Promise.resolve()
  }

  /** In the order of asking: records wait for the first file, so no other may keep it from its turn. */
  private async takeTurn(): Promise<void> {
    if (this.active >= this.concurrency) await new Promise<void>((resolve) => this.waiting.push(resolve))
    else this.active++
  }

  private passTurn(): void {
    const next = this.waiting.shift()
    if (next === undefined) this.active--
    else next()
  }
}
