// The README's examples run as they stand, in a folder that has the files they name.

import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonLines, runCli } from './support/cli.js'
import { image } from './support/fixtures.js'
import { digestHex, recordOf, writeVics } from './support/vics.js'
import { VicsTestServer } from './support/vics-server.js'

const ROOT = resolve(import.meta.dirname, '..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** The text of each fenced block of a language. */
function blocks(language: string): string[] {
  return [...README.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter((found) => found[1] === language)
    .map((found) => found[2])
}

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-hash-readme-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules', 'exhibit-hash'), 'junction')
  mkdirSync(join(folder, 'evidence/AB-1'), { recursive: true })
  for (const name of ['edit-00-original.jpg', 'edit-01-q30.jpg', 'scene-13-800x600.jpg']) {
    copyFileSync(image(name), join(folder, 'evidence/AB-1', name))
  }
  copyFileSync(image('edit-00-original.jpg'), join(folder, 'IMG_0001.JPG'))
  const original = join(folder, 'IMG_0001.JPG')
  const pdq = '05dc63b4f62b7a37d4d561d4b33e23379bcb1ec015307367c43bec23a280371c'
  const near = { AlternativeHashes: [{ HashName: 'PDQ', HashValue: pdq }] }
  writeVics(join(folder, 'caid-1.json'), [recordOf(original, 1001, 2, near)])
  writeVics(join(folder, 'caid-2.json'), [{ MediaID: 7, Category: 1, MD5: '0CC175B9C0F1B6A831C399E269772661' }])
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function runProgram(text: string): string {
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
  writeFileSync(join(folder, 'example.mjs'), ts.transpileModule(text, { compilerOptions: options }).outputText)
  const { status, stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout
}

/** Words of a command behind its name, quotes taken away. */
function argumentsOf(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', '')).slice(1)
}

/** Each line of a block in a folder. */
async function runLines(commands: string, cwd: string) {
  const runs: Awaited<ReturnType<typeof runCli>>[] = []
  for (const line of commands.trim().split('\n')) runs.push(await runCli(argumentsOf(line), { cwd }))
  return runs
}

/** The exit status of each line. */
async function runCommands(commands: string): Promise<(number | null)[]> {
  return (await runLines(commands, folder)).map(({ status }) => status)
}

/** The block of commands that begins with these words. */
function blockWith(start: string): string {
  return blocks('sh').find((block) => block.startsWith(start)) ?? ''
}

describe('the README', () => {
  test('has four programs, of which the first finds the original and its edited copy', () => {
    const programs = blocks('ts')
    expect(programs).toHaveLength(4)
    expect(runProgram(programs[0]).trim().split('\n')).toEqual([
      'edit-00-original.jpg identical Category B',
      'edit-00-original.jpg similar Category B',
      'edit-01-q30.jpg similar Category B'
    ])
  })

  test('hashes a file as the second program says', () => {
    const [file, raster] = runProgram(blocks('ts')[1]).trim().split('\n')
    expect(file).toMatch(/^[0-9a-f]{64} [0-9a-f]{64} 100$/)
    expect(raster.split(' ')[0]).toBe(file.split(' ')[1])
  })

  test('looks up digests and hashes as the third program says', () => {
    expect(runProgram(blocks('ts')[2])).toContain("mediaId: '7'")
  })

  test('scans a stream as the fourth program says', () => {
    expect(runProgram(blocks('ts')[3])).toMatch(/^mail\/1\.jpg [0-9a-f]{64}\ntrue\n$/)
  })

  test('walks through a case with the commands it shows', async () => {
    const commands = blocks('sh').find((block) => block.includes('referrals referrals'))!
    const copy = join(folder, 'example')
    cpSync(join(ROOT, 'fixtures/case'), copy, { recursive: true })
    const server = await VicsTestServer.start()
    const runs = await runLines(commands.replace('https://server.example/api', server.address), copy)
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 1, 1, 1, 0, 0, 0, 0])
    expect(jsonLines(runs[3].stdout)).toMatchObject([
      { reportId: '4711', risk: 'high', assignee: 'DC Smith', counts: { neverSeen: 1, victimNotIdentified: 1 } },
      { reportId: '4713', risk: 'unknown', items: [{ alsoIn: ['4711'] }] },
      { reportId: '4712', risk: 'medium', dueBy: '2026-12-08' },
      { type: 'summary', problems: 0 }
    ])
    expect(jsonLines(runs[5].stdout)).toMatchObject([
      { relation: 'identical', grade: { standing: 'trusted', graders: 3 }, lookAgain: false },
      { relation: 'identical', grade: { standing: 'disputed' } },
      { relation: 'similar' },
      { type: 'summary', lookAgain: 2 }
    ])
    expect(runs[6].stdout).toContain('"media":2')
    const held = [...server.files.values()].map(({ bytes, isFinal }) => [digestHex('md5', bytes), isFinal])
    const sent = ['holiday-2.png', 'thumb.jpg'].map((name) => readFileSync(join(copy, 'evidence/AB-1', name)))
    expect(held).toEqual(sent.map((bytes) => [digestHex('md5', bytes), true]))
    expect([...server.cases.values()]).toMatchObject([{ isFinal: true }])
  }, 60_000)

  test('builds and scans with the commands it shows', async () => {
    expect(await runCommands(blocks('sh')[2])).toEqual([0, 1])
    expect(readFileSync(join(folder, 'AB-1.ndjson'), 'utf8').trim().split('\n')).toHaveLength(5)
  })

  test('makes and checks the package it shows', async () => {
    writeFileSync(join(folder, 'grades.csv'), /^```csv\n(.*?)^```$/ms.exec(README)![1])
    expect(await runCommands(blockWith('exhibit-hash grade'))).toEqual([0, 0, 0])
    expect(readFileSync(join(folder, 'case/case.json'), 'utf8')).toContain('"Category":2,"MD5":"95CF97')
  })

  test('writes the page it shows', async () => {
    expect(await runCommands(blockWith('exhibit-hash review'))).toEqual([0])
    expect(readFileSync(join(folder, 'AB-1.html'), 'utf8')).toContain('edit-01-q30.jpg')
  })

  test('makes the reports it shows', async () => {
    expect(await runCommands(blockWith('exhibit-hash report'))).toEqual([0, 0])
    expect(readFileSync(join(folder, 'case.html'), 'utf8')).toContain('2 = Category B')
    expect(readFileSync(join(folder, 'AB-1.csv'), 'utf8').trim().split('\r\n')).toHaveLength(4)
  })
})
