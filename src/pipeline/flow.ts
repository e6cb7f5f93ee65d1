// How far whoever reads an archive may be ahead of whoever takes the records: this bounds memory on the way.

import { Bell } from './ordered-map.js'

/** Parts that may be on their way. */
export const FLOW_WINDOW = 64
/** Bytes of members that may be held for decoding, beside one. */
const MAX_HELD_BYTES = 64 * 1024 * 1024

export class Flow {
  private readonly changed = new Bell()
  private onTheWay = 0
  private heldBytes = 0
  private stopped = false

  /** @param window - 1: nothing is begun before the last part was taken, so that who dies has died of one member */
  constructor(private window = FLOW_WINDOW) {}

  get isCareful(): boolean {
    return this.window === 1
  }

  /** Waits until one more part may be begun; false where nobody takes any more. */
  async begin(): Promise<boolean> {
    while (!this.stopped && (this.onTheWay >= this.window || this.heldBytes > MAX_HELD_BYTES)) await this.changed.next()
    this.onTheWay++
    return !this.stopped
  }

  stop(): void {
    this.stopped = true
    this.changed.ring()
  }

  hold(bytes: number): void {
    this.heldBytes += bytes
  }

  letGo(bytes: number): void {
    this.heldBytes -= bytes
    this.changed.ring()
  }

  /** A part has been taken; the window from now on. */
  taken(window = this.window): void {
    this.onTheWay--
    this.window = window
    this.changed.ring()
  }
}
