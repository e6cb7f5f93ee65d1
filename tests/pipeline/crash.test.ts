// Files that kill the child or take for ever: each costs itself a record with an error, and its neighbours nothing.

import { randomBytes } from 'node:crypto'
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scan, type FileRecord, type ScanOptions } from 'exhibit-hash'
import { endlessFile } from '../support/bad-files.js'
import { hasherText, writeModule } from '../hashers/modules.js'
import { childrenOf, skipOnWindows, skipUnlessLinux, until } from '../support/processes.js'
import { tempFolder } from '../support/temp.js'

function exhibit(): string {
  const root = tempFolder()
  for (const name of ['a.txt', 'c.txt']) writeFileSync(join(root, name), name)
  return root
}

/** Before that it is not the file that has killed it. */
function hasOpen(pid: number, name: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).some((fd) => readlinkSync(join(folder, fd)).endsWith(name))
  } catch {
    // A descriptor that was closed meanwhile.
    return false
  }
}

async function collect(root: string, options: ScanOptions): Promise<FileRecord[]> {
  const records: FileRecord[] = []
  for await (const record of scan([root], options)) records.push(record)
  return records
}

const outcome = ({ path, error }: FileRecord) => [path, error === null ? 'hashed' : `${error.code} ${error.stage}`]

test('a file on which the child dies twice, and once more over its digests, is DECODER_CRASHED', async (context) => {
  skipUnlessLinux(context, 'it shows the open files of processes')
  const root = exhibit()
  endlessFile(join(root, 'b.bin'))
  const known = new Set(childrenOf(process.pid))
  const records: FileRecord[] = []
  const run = async () => {
    for await (const record of scan([root], { concurrency: 1 })) records.push(record)
  }
  const done = run()
  // From here on there is only the endless file to work on, until it is given up.
  await until(() => records.length === 1)
  for (let deaths = 0; deaths < 3; deaths++) {
    const child = await until(() => childrenOf(process.pid).find((pid) => !known.has(pid)))
    known.add(child)
    await until(() => hasOpen(child, 'b.bin'))
    process.kill(child, 'SIGKILL')
  }
  await done
  expect(records.map(outcome)).toEqual([
    ['a.txt', 'hashed'],
    ['b.bin', 'DECODER_CRASHED decode'],
    ['c.txt', 'hashed']
  ])
})

test('a file that is over its time is TIME_LIMIT, and its record names the limit', async () => {
  const records = await collect(exhibit(), { concurrency: 1, timeoutMs: 1 })
  expect(records.map(outcome)).toEqual([
    ['a.txt', 'TIME_LIMIT decode'],
    ['c.txt', 'TIME_LIMIT decode']
  ])
  for (const { error, digests } of records) {
    expect(error?.message).toContain('1 ms')
    expect(digests).toBeNull()
  }
})

test('a large file has the time that its size takes to be read', async () => {
  const root = tempFolder()
  writeFileSync(join(root, 'large.bin'), randomBytes(80_000_000))
  writeFileSync(join(root, 'small.bin'), 'small')
  const hash = '({ bytes }) => new Promise((resolve) => setTimeout(resolve, 4500, bytes.subarray(0, 1)))'
  const hashers = [writeModule(tempFolder(), hasherText({ of: "'file'", hash }))]
  const records = await collect(root, { concurrency: 1, timeoutMs: 2500, hashers })
  expect(records.map(outcome)).toEqual([
    ['large.bin', 'hashed'],
    ['small.bin', 'TIME_LIMIT decode']
  ])
}, 60_000)

test('a large file keeps no small one from its turn', async () => {
  const root = tempFolder()
  // A hole: as long to read as it may take, and no bytes on the drive.
  endlessFile(join(root, 'a.bin'))
  const names = Array.from({ length: 12 }, (_, i) => `b${i}.txt`)
  for (const name of names) writeFileSync(join(root, name), name)
  const seen: string[] = []
  const run = async () => {
    for await (const { path } of scan([root], { concurrency: 3, order: 'completion', timeoutMs: 600_000 })) {
      seen.push(path)
      if (seen.length === names.length) break
    }
  }
  await run()
  expect(seen.sort()).toEqual([...names].sort())
}, 30_000)

test('of many files that a child has at hand, those that kill it cost no other', async (context) => {
  skipOnWindows(context)
  const root = tempFolder()
  const names = Array.from({ length: 150 }, (_, i) => `${String(i).padStart(3, '0')}.txt`)
  const killers = ['070.txt', '071.txt']
  for (const name of names) writeFileSync(join(root, name), killers.includes(name) ? `kill ${name}` : name)
  const hash = "({ bytes }) => bytes[0] === 0x6b ? process.kill(process.pid, 'SIGKILL') : bytes.subarray(0, 1)"
  const hashers = [writeModule(tempFolder(), hasherText({ of: "'file'", hash }))]
  const records = await collect(root, { hashers })
  expect(records.map(outcome)).toEqual(
    names.map((name) => [name, killers.includes(name) ? 'DECODER_CRASHED decode' : 'hashed'])
  )
  for (const { digests } of records) expect(digests).not.toBeNull()
})
