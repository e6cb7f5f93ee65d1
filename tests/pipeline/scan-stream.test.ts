// `createScanStream`: paths in, records out, with back-pressure both ways.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, test } from 'vitest'
import { createScanStream, HashSet, type FileRecord, type ScanOptions } from 'exhibit-hash'
import { image } from '../support/fixtures.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

const IN_PROCESS: ScanOptions = { isolation: 'none', concurrency: 2, hashes: [] }

async function collect(paths: AsyncIterable<string> | Iterable<string>, options: ScanOptions): Promise<FileRecord[]> {
  const records: FileRecord[] = []
  await pipeline(Readable.from(paths), createScanStream(options), async (source: AsyncIterable<FileRecord>) => {
    for await (const record of source) records.push(record)
  })
  return records
}

describe('a scan as a stream', () => {
  test('gives the records of the paths written, folders walked, matched against sets', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, 'more'))
    for (const name of ['b', 'a']) writeFileSync(join(folder, 'more', name), name)
    await using set = await HashSet.open(await buildSet(folder, [fixtureRecord('scene-01-64x64.png', 5, 1)]))
    const paths = [image('scene-01-64x64.png'), join(folder, 'more'), join(folder, 'gone')]
    const records = await collect(paths, { sets: [set] })
    expect(records.map(({ seq, path }) => [seq, path])).toEqual([
      [0, paths[0]],
      [1, join(paths[1], 'a')],
      [2, join(paths[1], 'b')],
      [3, paths[2]]
    ])
    expect(records[0].matches).toMatchObject([{ relation: 'identical', mediaId: '5' }, { relation: 'similar' }])
    expect(records[3].error).toMatchObject({ code: 'INPUT_NOT_FOUND' })
  })

  test('asks for no more paths while nobody takes its records', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'a'), 'a')
    const total = 20_000
    let asked = 0
    function* paths() {
      for (; asked < total; asked++) yield join(folder, 'a')
    }
    const stream = Readable.from(paths()).pipe(createScanStream(IN_PROCESS))
    const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<FileRecord>
    await iterator.next()
    // Nothing is taken: everything comes to rest when the buffers are full.
    for (let before = -1; before !== asked;) {
      before = asked
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(asked).toBeLessThan(total / 4)
    stream.destroy()
  })

  test('passes an error of its source on, and ends', async () => {
    async function* failing() {
      yield image('scene-01-64x64.png')
      throw new Error('the list broke off')
    }
    await expect(collect(failing(), IN_PROCESS)).rejects.toThrow('the list broke off')
  })

  test('ends with ABORTED when its signal says so', async () => {
    const controller = new AbortController()
    const stream = createScanStream({ ...IN_PROCESS, signal: controller.signal })
    stream.write(image('scene-01-64x64.png'))
    const [first] = (await stream
      .take(1)
      .toArray()
      .catch(() => [])) as FileRecord[]
    expect(first.digests?.md5).toHaveLength(32)
    const next = createScanStream({ ...IN_PROCESS, signal: controller.signal })
    const failed = new Promise((resolve) => next.once('error', resolve))
    next.resume()
    controller.abort()
    expect(await failed).toMatchObject({ name: 'ExhibitHashError', code: 'ABORTED' })
  })

  test('of no paths is no record', async () => {
    expect(await collect([], IN_PROCESS)).toEqual([])
  })

  test('takes names as bytes too', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'ü.txt'), 'bytes')
    const stream = createScanStream(IN_PROCESS)
    stream.end(Buffer.from(join(folder, 'ü.txt')))
    const records = (await stream.toArray()) as FileRecord[]
    expect(records.map(({ digests }) => digests?.md5)).toEqual([digestHex('md5', 'bytes')])
  })
})
