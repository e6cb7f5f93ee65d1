// Help: every command explains itself with an example that names it.

import { describe, expect, test } from 'vitest'
import { runCli } from '../support/cli.js'

async function helpOf(...command: string[]): Promise<string> {
  const result = await runCli([...command, '--help'])
  expect(result).toMatchObject({ status: 0, stderr: '' })
  return result.stdout
}

/** Names in the list of commands of a help text. */
function commandsIn(help: string): string[] {
  const list = /\nCommands:\n((?: {2}.*\n?)*)/.exec(help)?.[1] ?? ''
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name).filter((name) => name !== 'help')
}

describe('help', () => {
  test('of every command and subcommand has an example of that command', async () => {
    const commands = commandsIn(await helpOf())
    expect(commands).toEqual(expect.arrayContaining(['demo', 'hash', 'scan', 'match', 'set', 'doctor']))
    const tree = await Promise.all(
      commands.map(async (name) => {
        const help = await helpOf(name)
        const below = commandsIn(help)
        const texts = await Promise.all(below.map((child) => helpOf(name, child)))
        return [[name, help], ...below.map((child, i) => [`${name} ${child}`, texts[i]])]
      })
    )
    for (const [command, help] of tree.flat()) {
      expect(help, command).toMatch(/\nExamples?:\n/)
      expect(help.slice(help.search(/\nExamples?:/)), command).toContain(`exhibit-hash ${command}`)
    }
  })

  test('without a command is shown on standard error, as wrong usage', async () => {
    const result = await runCli([])
    expect(result).toMatchObject({ status: 64, stdout: '', stderr: expect.stringContaining('Commands:') as string })
  })

  test('--version is the version alone', async () => {
    const result = await runCli(['--version'])
    expect(result).toMatchObject({ status: 0, stderr: '' })
    expect(result.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
