// `demo`: the whole job on a small exhibit that it draws itself, with the result explained.

import { Command } from '@commander-js/extra-typings'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ExhibitHashError, toExhibitHashError } from '../../core/errors.js'
import type { FileRecord, SummaryRecord } from '../../core/result.js'
import { buildHashSet, HashSet } from '../../index/index.js'
import { scanLines } from '../../pipeline/index.js'
import { ResultsFile } from '../../results/index.js'
import { makeDemoExhibit, type DemoFile } from '../demo/exhibit.js'
import { distanceWord, relationWord, summaryTable } from '../describe-match.js'
import { table, writeJson, writeLines, writeText } from '../output.js'
import { progressLine } from '../progress.js'
import { stoppable } from '../stop.js'

const MARKER = '.exhibit-hash-demo'

export function demoCommand() {
  return new Command('demo')
    .description('draw a small exhibit and a hash set, scan one against the other, explain the result')
    .argument('[dir]', 'folder to make', 'exhibit-hash-demo')
    .option('--json', 'print the records as NDJSON in place of the explanation')
    .addHelpText('after', '\nExample:\n  exhibit-hash demo /tmp/demo')
    .action(async (dir, { json }) => {
      const paths = {
        exhibit: join(dir, 'exhibit'),
        vics: join(dir, 'set.json'),
        index: join(dir, 'set.ehx'),
        results: join(dir, 'results.ndjson')
      }
      await prepareFolder(dir)
      const files = await draw(paths)
      await buildHashSet(paths.index, [paths.vics], { name: 'Demo set', profile: 'uk' })
      const started = performance.now()
      const { records, summary } = await stoppable((signal) => scanDemo(paths, signal))
      const seconds = (performance.now() - started) / 1000
      if (json === true) for (const record of records) await writeJson(record)
      else await writeText(explain(files, records, summary, seconds, paths))
    })
}

interface Paths {
  readonly exhibit: string
  readonly vics: string
  readonly index: string
  readonly results: string
}

/** An earlier demo may be replaced; a folder with anything else in it is left alone. */
async function prepareFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true })
    const present = await readdir(dir)
    if (present.length > 0 && !present.includes(MARKER)) {
      const message = `${dir}: the folder is not empty and no demo; name another one: exhibit-hash demo DIR`
      throw new ExhibitHashError('USAGE', message, { path: dir })
    }
    await rm(join(dir, 'exhibit'), { recursive: true, force: true })
    await writeFile(join(dir, MARKER), 'Made by: exhibit-hash demo. The folder can be deleted.\n')
  } catch (error) {
    throw toExhibitHashError(error, 'WRITE_FAILED', { path: dir, stage: 'write' })
  }
}

async function draw(paths: Paths): Promise<readonly DemoFile[]> {
  const bar = progressLine(false)
  try {
    const { files, vics } = await makeDemoExhibit(paths.exhibit, (done, total) =>
      bar.update(done, total, 'drawing pictures')
    )
    await writeFile(paths.vics, vics)
    return files
  } finally {
    bar.stop()
  }
}

async function scanDemo(paths: Paths, signal: AbortSignal): Promise<{ records: FileRecord[]; summary: SummaryRecord }> {
  await using set = await HashSet.open(paths.index)
  const records: FileRecord[] = []
  const summary = await ResultsFile.during(paths.results, async (file) => {
    return writeLines(scanLines([paths.exhibit], { sets: [set], signal }), {
      async write(line) {
        await file.write(line)
        if (line.type === 'file') records.push(line)
      }
    })
  })
  return { records, summary }
}

function explain(
  files: readonly DemoFile[],
  records: readonly FileRecord[],
  summary: SummaryRecord,
  seconds: number,
  paths: Paths
): string {
  const whats = new Map(files.map((file) => [file.path, file]))
  const rows = records.map((record) => {
    const { what = '', expected = '' } = whats.get(record.path) ?? {}
    const found = foundWord(record)
    return [record.path, what, found === expected ? found : `${found} (expected: ${expected})`, detail(record)]
  })
  const asExpected = records.filter((record) => foundWord(record) === whats.get(record.path)?.expected).length
  const command = ['npx exhibit-hash scan', relative('.', paths.exhibit), '--set', relative('.', paths.index)].join(' ')
  return [
    'The exhibit holds drawn landscapes, and edited copies of six that the hash set knows. The categories are made up.',
    table(['file', 'what it is', 'found', 'record of the set'], rows),
    summaryTable(summary, seconds),
    `${asExpected} of ${records.length} files were found as expected.`,
    '',
    'identical  equal digest (MD5, SHA-1 or SHA-256): the same file, bit for bit. Nobody needs to look at it again',
    '           if the grading is trusted.',
    'similar    perceptual hash (PDQ) within 31 of 256 bits, turned or mirrored copies included: looks alike, and a',
    '           person must decide. Strong crops and small rotations are beyond PDQ, as the table shows.',
    'conflict   one digest is equal and another differs: a forged digest or a wrong record. Never treated as identical.',
    'error      the file could not be processed and why; its digests were matched all the same.',
    '',
    `Pictures: ${paths.exhibit}   hash set: ${paths.index} (made from ${paths.vics})   results: ${paths.results}`,
    `Try: ${command}`,
    ''
  ].join('\n')
}

function foundWord(record: FileRecord): string {
  const relation = relationWord(record)
  if (relation !== '-') return relation
  return record.error === null ? 'not found' : 'error'
}

function detail(record: FileRecord): string {
  const match = record.matches?.[0]
  if (match === undefined) return record.error === null ? '' : record.error.code
  const how = match.relation === 'similar' ? distanceWord(match) : match.agreeing.join(' ')
  const damaged = record.media?.partial === true ? ', damaged' : ''
  return `${match.mediaId ?? 'no MediaID'}, ${match.label ?? 'no category'}, ${how}${damaged}`
}
