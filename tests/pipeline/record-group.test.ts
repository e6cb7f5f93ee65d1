// Records on their way: how many may wait.

import { expect, test } from 'vitest'
import { Backlog, RecordGroup } from '../../src/pipeline/record-group.js'

test('records that wait hold up who makes more when they are many, and no sooner', async () => {
  const backlog = new Backlog(4)
  const [head, later] = [new RecordGroup<number>(), new RecordGroup<number>()]
  let made = 0
  const make = async () => {
    for (; made < 10; made++) await backlog.add(later.push(Promise.resolve(made)))
    later.end()
  }
  const making = make()
  await new Promise(setImmediate)
  expect(made).toBe(3)
  // What is taken at once goes on meanwhile.
  const taking = head.records()
  for (let i = 0; i < 10; i++) {
    const gone = backlog.add(head.push(Promise.resolve(i)))
    expect(await taking.next()).toEqual({ value: i, done: false })
    await gone
  }
  const taken: number[] = []
  for await (const record of later.records()) taken.push(record)
  await making
  expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})
