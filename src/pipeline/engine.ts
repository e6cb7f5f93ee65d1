// Where features are made: in a child process, or in this one for those who embed the library.

import type { ExtractTask } from './child/protocol.js'
import { EqualFiles, type IsKnownGood } from './equal-files.js'
import { extractMembers } from './extract-members.js'
import { extractFrames } from './extract-frames.js'
import { extractFile } from './extract.js'
import type { ExtractOptions, Part } from './features.js'
import { Flow } from './flow.js'
import { Turns } from './turns.js'

export type DeliveredPart = Pick<Part, 'name' | 'features'>

/** Takes a part; the promise is kept when it has gone out, so that more may come. */
export type Deliver = (part: DeliveredPart) => Promise<void>

export interface Engine {
  /** Files to be extracted at the same time; more of them only wait. */
  readonly width: number
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
  private readonly turns: Turns
  private readonly equalFiles: EqualFiles
  private readonly stop = new AbortController()

  constructor(
    private readonly options: ExtractOptions,
    readonly width: number,
    isKnownGood: IsKnownGood
  ) {
    this.turns = new Turns(width)
    this.equalFiles = new EqualFiles(options.skipKnown ? isKnownGood : null)
  }

  extract(task: ExtractTask, deliver: Deliver): Promise<void> {
    return this.turns.with(() => this.extractNow(task, deliver))
  }

  private async extractNow(task: ExtractTask, deliver: Deliver): Promise<void> {
    const alone = await extractFile(task.location, task.name, this.options, this.equalFiles)
    const { next, ...part } = await extractFrames(task.location, alone, this.options, this.stop.signal)
    void deliver(part)
    if (next === null) return
    const flow = new Flow()
    this.flows.add(flow)
    const members = { ...task, place: next, care: 'all', width: this.width } as const
    for await (const member of extractMembers(members, this.options, flow, this.equalFiles)) {
      void deliver(member).then(() => flow.taken())
    }
    this.flows.delete(flow)
  }

  close(): Promise<void> {
    for (const flow of this.flows) flow.stop()
    this.stop.abort()
    return Promise.resolve()
  }
}
