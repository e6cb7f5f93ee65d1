// Questions to whoever is on the other side of a channel, told apart by a number until they are answered.

export class Questions<Answer> {
  private readonly open = new Map<number, (answer: Answer) => void>()
  private nextId = 0

  /** @param send - puts the question, with the number that its answer is to have */
  ask(send: (id: number) => void): Promise<Answer> {
    const id = this.nextId++
    return new Promise((resolve) => {
      this.open.set(id, resolve)
      send(id)
    })
  }

  answered(id: number, answer: Answer): void {
    this.open.get(id)?.(answer)
    this.open.delete(id)
  }
}
