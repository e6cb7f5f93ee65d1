// What goes to the parent. Parts wait a moment for others: a message by itself takes as long as a small file.

import type { FromChild, PartOfTask } from './protocol.js'

const MOST_PARTS = 16
/** Beside the time that a file takes to cross a process, it is nothing. */
const MOST_WAIT_MS = 2

export class Outbox {
  private parts: PartOfTask[] = []
  private timer: NodeJS.Timeout | null = null

  constructor(private readonly post: (message: FromChild) => void) {}

  add(part: PartOfTask): void {
    this.parts.push(part)
    if (this.parts.length >= MOST_PARTS) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), MOST_WAIT_MS)
  }

  /** After all parts that came before. */
  send(message: FromChild): void {
    this.flush()
    this.post(message)
  }

  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    if (this.parts.length === 0) return
    const parts = this.parts
    this.parts = []
    this.post({ type: 'parts', parts })
  }
}
