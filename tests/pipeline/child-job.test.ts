// What a child may send of a file: it has touched hostile bytes.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { DECODE_ALL } from '../../src/pipeline/advisor.js'
import { ChildJob } from '../../src/pipeline/child-job.js'
import { extractMembers } from '../../src/pipeline/extract-members.js'
import { failedFeatures } from '../../src/pipeline/features.js'
import { Flow } from '../../src/pipeline/flow.js'
import { checkHashingOptions } from '../../src/pipeline/options.js'
import { tempFolder } from '../support/temp.js'

const place = { next: [0], spent: { members: 0, bytes: 0 }, state: '' }

test('the file itself comes first and once, and nothing ends without it: no record is lost or doubled', () => {
  const nothing = () => undefined
  const task = { location: new Uint8Array(0), name: 'a' }
  const job = new ChildJob(0, task, () => Promise.resolve(), nothing, nothing, 1000)
  job.begin(false, nothing)
  const features = failedFeatures({ code: 'READ_FAILED', message: '', stage: 'read' })
  const [own, member] = [null, Buffer.from('m')].map((name) => ({ name, features, next: place }))
  expect([job.mayEnd, job.mayBeNext(member), job.mayBeNext(own)]).toEqual([false, false, true])
  job.pass(own, nothing)
  expect([job.mayEnd, job.mayBeNext(member), job.mayBeNext(own)]).toEqual([true, true, false])
  job.stop()
})

test('time runs while the child works on a file, from the beginning each time, and not while others have their turn', async () => {
  const nothing = () => undefined
  const limitMs = 300
  const job = new ChildJob(
    0,
    { location: new Uint8Array(0), name: 'a' },
    () => Promise.resolve(),
    nothing,
    nothing,
    limitMs
  )
  let ended = 0
  job.begin(false, () => ended++)
  job.begun(false)
  await sleep(limitMs / 3)
  job.waits()
  await sleep(limitMs * 2)
  expect(ended).toBe(0)
  const started = performance.now()
  job.begun(true)
  expect(job.isAtItself).toBe(true)
  while (ended === 0) await sleep(10)
  expect(performance.now() - started).toBeGreaterThan(limitMs - 20)
  job.stop()
})

test('an archive that is none of files any more when its members are to be read is told of', async () => {
  const folder = join(tempFolder(), 'a.zip')
  mkdirSync(folder)
  const { extract } = checkHashingOptions({})
  const task = { location: Buffer.from(folder), name: 'a.zip', place, care: 'all', width: 1 } as const
  const codes: unknown[] = []
  for await (const { features } of extractMembers(task, extract, new Flow(), DECODE_ALL)) {
    codes.push(features.error?.code)
  }
  expect(codes).toHaveLength(1)
  expect(codes[0]).toMatch(/^(FILE_CHANGED|READ_FAILED)$/)
})
