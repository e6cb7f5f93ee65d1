// What the child process is given: the files to read, and nothing of its parent's secrets.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startCli } from '../support/cli.js'
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

test('the child ends when its parent is killed', async (context) => {
  skipOnWindows(context)
  const { run, child } = await scanUnderWay({})
  run.kill('SIGKILL')
  await run.result
  await until(() => !isAlive(child))
  expect(isAlive(child)).toBe(false)
})
