// What the child process is given: the files to read, and nothing of its parent's secrets.

import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { kernelFacts, scan, type FileRecord } from 'exhibit-hash'
import { writeModule } from '../hashers/modules.js'
import { CLI, startCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { childrenOf, environmentOf, isAlive, skipOnWindows, skipUnlessLinux, until } from '../support/processes.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { tempFolder } from '../support/temp.js'

async function scanUnderWay(env: Readonly<Record<string, string>>) {
  const index = await buildSet(tempFolder(), [fixtureRecord('scene-01-64x64.png', 1, 1)])
  const run = startCli(['scan', '-', '--set', index], { env })
  run.stdin.write(`${image('scene-01-64x64.png')}\n`)
  await until(() => run.stdoutSoFar().includes('"type":"file"'))
  const [child, ...more] = childrenOf(run.pid)
  expect(more).toEqual([])
  return { run, child, index }
}

test('the child has nothing of the environment of its parent but what chooses the kernels', async (context) => {
  skipUnlessLinux(context, 'it shows the environment of processes')
  const { run, child } = await scanUnderWay({ SECRET: 'key of the evidence store', NODE_OPTIONS: '--no-deprecation' })
  const environment = environmentOf(child)
  expect([...environment.values()].join('\n')).not.toContain('key of the evidence store')
  const allowed =
    /^(EXHIBIT_HASH_(NATIVE|ISA)|UV_THREADPOOL_SIZE|VIPS_WARNING|NODE_CHANNEL_FD|NODE_CHANNEL_SERIALIZATION_MODE)$/
  expect([...environment.keys()].filter((name) => !allowed.test(name))).toEqual([])
  expect(environmentOf(run.pid).get('SECRET')).toBe('key of the evidence store')
  run.stdin.end()
  expect((await run.result).status).toBe(1)
})

test('the child does not open the hash set', async (context) => {
  skipUnlessLinux(context, 'it shows the open files of processes')
  const { run, child, index } = await scanUnderWay({})
  const openFiles = (pid: number): string[] =>
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
      } catch {
        return [] // closed since the listing
      }
    })
  const mapped = (pid: number): string => readFileSync(`/proc/${pid}/maps`, 'utf8')
  const uses = (pid: number): boolean => openFiles(pid).includes(index) || mapped(pid).includes(index)
  expect({ parent: uses(run.pid), child: uses(child) }).toEqual({ parent: true, child: false })
  run.stdin.end()
  await run.result
})

/** Says by one byte how far each way out of the process leads: 1 where it was refused. */
const LOOKS_OUT = `
import { connect } from 'node:net'

const refused = (error) => (error?.code === 'EACCES' ? 1 : 0)

export default {
  name: 'looksOut',
  version: '1',
  bytes: 2,
  of: 'file',
  async hash({ bytes }) {
    const tries = JSON.parse(Buffer.from(bytes).toString()).map(
      (place) =>
        new Promise((resolve) => {
          const socket = connect(place)
          socket.on('connect', () => resolve(0)).on('error', (error) => resolve(refused(error)))
        })
    )
    return Uint8Array.from(await Promise.all(tries))
  }
}
`

test('the child has no network, nor a way to other processes of the machine', async (context) => {
  skipUnlessLinux(context, 'it is where the kernel can take the network from a process')
  if (kernelFacts().path !== 'native') context.skip('it is the addon that does it')
  const root = tempFolder()
  const pipe = join(root, 'socket')
  const servers = [createServer(), createServer()]
  await Promise.all([once(servers[0].listen(0, '127.0.0.1'), 'listening'), once(servers[1].listen(pipe), 'listening')])
  let calls = 0
  for (const server of servers) server.on('connection', (socket) => (calls++, socket.destroy()))
  const { port } = servers[0].address() as AddressInfo
  const file = join(root, 'places.json')
  writeFileSync(file, JSON.stringify([{ port, host: '127.0.0.1' }, { path: pipe }]))
  const hashers = [writeModule(root, LOOKS_OUT)]
  const seen: Record<string, unknown> = {}
  for (const isolation of ['process', 'none'] as const) {
    for await (const { hashes } of scan([file], { hashers, isolation })) seen[isolation] = hashes
  }
  for (const server of servers) server.close()
  expect(seen).toEqual({ process: { looksOut: '0101' }, none: { looksOut: '0000' } })
  expect(calls).toBe(2)
})

test('the child ends when its parent is killed', async (context) => {
  skipOnWindows(context)
  const { run, child } = await scanUnderWay({})
  run.kill('SIGKILL')
  await run.result
  await until(() => !isAlive(child))
  expect(isAlive(child)).toBe(false)
})

test.each(['pipeline/child/main.js', 'pipeline/child/worker.js'])(
  'a child that cannot start ends the run soon, and no file is blamed for it (%s)',
  { timeout: 60_000 },
  async (program) => {
    const built = dirname(dirname(CLI))
    const copy = tempFolder()
    cpSync(built, join(copy, 'dist'), { recursive: true })
    cpSync(join(built, '..', 'package.json'), join(copy, 'package.json'))
    symlinkSync(join(built, '..', 'node_modules'), join(copy, 'node_modules'), 'junction')
    writeFileSync(join(copy, 'dist', program), "throw new Error('a broken installation')")
    const exhibit = tempFolder()
    for (let i = 0; i < 20; i++) writeFileSync(join(exhibit, `${i}.txt`), `${i}`)
    const broken = (await import(pathToFileURL(join(copy, 'dist', 'index.js')).href)) as { scan: typeof scan }
    const records: FileRecord[] = []
    const run = async () => {
      for await (const record of broken.scan([exhibit])) records.push(record)
    }
    await expect(run()).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('a broken installation') as string
    })
    expect(records).toEqual([])
  }
)
