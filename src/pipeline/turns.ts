// So many at a time, in the order of asking: records wait for the first file, so no other may keep it from its turn.

export class Turns {
  private readonly waiting: (() => void)[] = []
  private taken = 0

  constructor(private readonly most: number) {}

  async with<T>(work: () => Promise<T>): Promise<T> {
    if (this.taken >= this.most) await new Promise<void>((resolve) => this.waiting.push(resolve))
    else this.taken++
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.taken--
      else next()
    }
  }
}
