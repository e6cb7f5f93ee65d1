// What FFmpeg's filters say of the frames that go by: which of them was taken, its number and its time.

/** Written by the filters of video-tool.ts before and after the choice. */
export const SEEN = 'seen'
export const TAKEN = 'taken'

const MICROSECONDS = 1e6
const MILLISECONDS = 1e3
/** A line is a frame's number and time, or a mark. */
const MAX_LINE_CHARACTERS = 200

export interface FramePlace {
  /** Among all frames of the stream, from 0. */
  readonly number: number
  /** From the beginning, as FFmpeg tells it, to the millisecond. */
  readonly timeSeconds: number
}

interface Seen {
  readonly number: number
  /** Microseconds, as it is written. */
  readonly at: string
}

export class FrameReport {
  /** Frames that went by so far. */
  seen = 0
  private rest = ''
  private line: Seen | null = null
  private waiting: Seen[] = []
  private readonly taken: FramePlace[] = []
  private ended = false
  private wake: () => void = () => undefined

  /** @throws Error for what no filter of ours writes */
  push(text: string): void {
    const lines = (this.rest + text).split('\n')
    this.rest = lines.pop() ?? ''
    if (this.rest.length > MAX_LINE_CHARACTERS) throw new Error('what comes is no report of frames')
    for (const line of lines) this.read(line)
    this.wake()
  }

  end(): void {
    this.ended = true
    this.wake()
  }

  /** The next frame that was taken, as soon as it is known; `null` where there will be none. */
  async next(): Promise<FramePlace | null> {
    for (;;) {
      const place = this.taken.shift()
      if (place !== undefined) return place
      if (this.ended) return null
      await new Promise<void>((resolve) => (this.wake = resolve))
    }
  }

  private read(line: string): void {
    const [, number, at] = /^frame:(\d+)\s+pts:(-?\d+)\s/.exec(line) ?? []
    if (number !== undefined) this.line = { number: Number(number), at }
    else if (this.line === null) throw new Error('a mark without its frame')
    else if (line === `frame=${SEEN}`) this.see(this.line)
    else if (line === `frame=${TAKEN}`) this.take(this.line)
    else throw new Error('a mark that is none of ours')
  }

  private see(frame: Seen): void {
    this.seen++
    this.waiting.push(frame)
  }

  /** After the choice frames are counted anew, but keep their time. Of equal times it is the last, seen just before. */
  private take({ at }: Seen): void {
    const place = this.waiting.findLastIndex((frame) => frame.at === at)
    if (place === -1) throw new Error('a frame was taken that had not been seen')
    const { number } = this.waiting[place]
    this.waiting = this.waiting.slice(place + 1)
    const timeSeconds = Math.round(Number(at) / (MICROSECONDS / MILLISECONDS)) / MILLISECONDS
    // Not -0, which JSON does not have.
    this.taken.push({ number, timeSeconds: timeSeconds + 0 })
  }
}
