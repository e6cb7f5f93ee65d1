// `set`: hash sets as index files. Building, describing and verifying are here, each other command in a file of its own.

import { existsSync } from 'node:fs'
import { Command, Option } from '@commander-js/extra-typings'
import { profileIdentity } from '../../core/category.js'
import { HASH_KINDS } from '../../core/hashes.js'
import type { SourceCounts } from '../../core/set-record.js'
import { FORMAT_NAMES } from '../../formats/index.js'
import {
  buildHashSet,
  type BuildReport,
  type HashSet,
  type SetMetadata,
  type SetSignature,
  type SourceFacts
} from '../../index/index.js'
import { counted, formatBytes, formatCount, note, printsJson, table, writeJson, writeText } from '../output.js'
import { progressLine } from '../progress.js'
import { readingOptions } from '../reading-options.js'
import { REQUIRE_SIGNATURE_HELP, signatureOption, withEachSet } from '../sets.js'
import { stoppable } from '../stop.js'
import { byteSize, pairOption } from '../values.js'
import { compactCommand } from './set-compact.js'
import { diffCommand } from './set-diff.js'
import { exportCommand } from './set-export.js'
import { keygenCommand, signCommand } from './set-sign.js'
import { updateCommand } from './set-update.js'

export function setCommand(setStatus: (status: number) => void) {
  return new Command('set')
    .description('build, update, compare, sign, describe, verify and export hash sets')
    .addCommand(buildCommand())
    .addCommand(infoCommand(setStatus))
    .addCommand(verifyCommand(setStatus))
    .addCommand(updateCommand())
    .addCommand(compactCommand())
    .addCommand(diffCommand())
    .addCommand(signCommand())
    .addCommand(keygenCommand())
    .addCommand(exportCommand())
    .addHelpText(
      'after',
      '\nExample:\n  exhibit-hash set build caid.ehx caid-1.json caid-2.json --name "CAID 2026-10" --profile uk'
    )
}

const COUNTS_HELP = `The report counts the records of each source: taken; rejected, which warnings tell of; skipped by rule of the format, as
repeated lines of NSRL are; lacking, those taken that have no hash of a kind.`

function buildCommand() {
  return new Command('build')
    .description('make one index file of hash-set sources, of any format below; each is recognised by its content')
    .argument('<index>', 'file to write, usually *.ehx')
    .argument('<source...>', 'files that together make the set')
    .option('--name <name>', 'what results call the set (default: name of the first source)')
    .option(
      '--profile <profile>',
      'what categories mean: uk, us, none or a profile file (default: what the sources say)'
    )
    .addOption(
      new Option(
        '--known-good',
        'the set lists files that may be ignored (default where all sources are of NSRL); refused for VICS and the like'
      ).conflicts('known')
    )
    .option('--known', 'the set lists files to find, also where its sources are of NSRL')
    .addOption(new Option('--kind <kind>', 'kind of the digests of a list that does not tell').choices(HASH_KINDS))
    .addOption(new Option('--format <format>', 'format of the sources (default: by content)').choices(FORMAT_NAMES))
    .option('--column <header=field>', 'CSV: what an odd header means (repeatable)', pairOption)
    .option('--allow-incomplete', 'keep what can be read of a broken source; the set says that it is incomplete')
    .addOption(
      new Option(
        '--memory <size>',
        'memory to use; what does not fit goes to temporary files (below 512MiB the program itself needs more)'
      )
        .argParser(byteSize)
        .default(2 ** 31, '2GiB')
    )
    .option('--temp <folder>', 'where temporary files go (default: beside the index)')
    .option('--json', 'print the report as JSON also on a terminal')
    .option('--quiet', 'no progress bar')
    .addHelpText(
      'after',
      `\n${COUNTS_HELP}\n\nExamples:\n  exhibit-hash set build caid.ehx caid-1.json caid-2.json --profile uk\n  exhibit-hash set build local.ehx hashes.txt --kind pdq\n  exhibit-hash set build local.ehx list.csv --column Checksum=md5 --column Grade=category`
    )
    .action(async (index, sources, options) => {
      const bar = progressLine(options.quiet)
      const wasThere = existsSync(index)
      const report = await stoppable((signal) =>
        buildHashSet(index, sources, {
          ...(options.name !== undefined && { name: options.name }),
          ...readingOptions(options),
          ...(options.temp !== undefined && { temporaryFolder: options.temp }),
          maxMemoryBytes: options.memory,
          signal,
          onProgress: ({ phase, source, bytesRead, totalBytes, records }) =>
            bar.update(bytesRead, totalBytes, `${phase} ${source}, ${formatCount(records)} records`)
        })
      ).finally(() => bar.stop())
      warnAbout(report, printsJson(options.json))
      if (wasThere) note(`note: ${index} was there, and was replaced`)
      if (report.role === 'known-good' && options.knownGood !== true) note(KNOWN_GOOD_NOTE)
      if (printsJson(options.json)) await writeJson(report)
      else await writeText(describeSet(report))
    })
}

function infoCommand(setStatus: (status: number) => void) {
  return new Command('info')
    .description('what a hash set is: name, profile, sources, updates, counts')
    .argument('<index...>')
    .option('--require-signature <public.pem>', REQUIRE_SIGNATURE_HELP)
    .option('--json', 'print JSON also on a terminal')
    .addHelpText('after', `\n${COUNTS_HELP}\n\nExample:\n  exhibit-hash set info caid.ehx`)
    .action(async (indexes, { json, requireSignature }) => {
      const status = await withEachSet(indexes, signatureOption(requireSignature), async (set) => {
        const { path, root, layers, signature } = set
        const facts = { path, root, layers, signature, ...set.metadata }
        if (printsJson(json)) await writeJson(facts)
        else await writeText(describeSet(facts))
      })
      setStatus(status)
    })
}

function verifyCommand(setStatus: (status: number) => void) {
  return new Command('verify')
    .description('read a whole index and its updates and check every block against its digest tree')
    .argument('<index...>')
    .option('--require-signature <public.pem>', REQUIRE_SIGNATURE_HELP)
    .option('--json', 'print JSON also on a terminal')
    .option('--quiet', 'no progress bar')
    .addHelpText('after', '\nExample:\n  exhibit-hash set verify caid.ehx')
    .action(async (indexes, { json, quiet, requireSignature }) => {
      const status = await withEachSet(indexes, signatureOption(requireSignature), (set) =>
        stoppable((signal) => verifyOne(set, { json, quiet, signal }))
      )
      setStatus(status)
    })
}

async function verifyOne(
  set: HashSet,
  { json, quiet, signal }: { json: boolean | undefined; quiet: boolean | undefined; signal: AbortSignal }
): Promise<void> {
  const bar = progressLine(quiet)
  const onProgress = (bytes: number, total: number): void =>
    bar.update(bytes, total, `${formatBytes(bytes)} of ${set.path}`)
  const verified = await set.verify({ signal, onProgress }).finally(() => bar.stop())
  const { signature } = set
  if (printsJson(json)) await writeJson({ path: set.path, sound: true, ...verified, signature })
  else {
    const { bytes, blocks, root, layers } = verified
    const size = `${formatBytes(bytes)} in ${counted(blocks, 'block', 'blocks')}`
    const updates = layers.length === 0 ? '' : `, ${counted(layers.length, 'update', 'updates')} on it`
    await writeText(`${set.path}: sound, ${size}, root ${root}${updates}; ${describeSignature(signature)}`)
  }
}

const KNOWN_GOOD_NOTE =
  'note: the sources list harmless files, so the set is known-good: what it matches may be ignored (--known: to be found)'

const HAS_NO_LABELS = 'note: No profile was named, so categories have no labels: --profile uk, us or FILE gives them'

/** The note of a profile stands below the table where there is one. */
function noteProfile({ role, profile }: BuildReport, printsNoTable: boolean): void {
  if (profile.id === 'none') {
    if (role === 'known') note(HAS_NO_LABELS)
  } else if (profile.note !== undefined && printsNoTable) note(`note: ${profile.note}`)
}

/** A delta by itself lacks all that did not change. */
function noteDelta({ sources }: BuildReport): void {
  const isDelta = ({ format }: SourceFacts): boolean => format === 'nsrl-delta'
  if (sources.length === 0 || !sources.every(isDelta)) return
  note('note: the sources are deltas alone: name the full NSRL set before them, or give them to set update')
}

function warnAbout(report: BuildReport, printsNoTable: boolean): void {
  for (const source of report.sources) {
    if (source.fault !== undefined) note(`warning: ${source.name} is incomplete: ${source.fault}`)
    for (const { position, message } of source.warnings.slice(0, 5))
      note(`warning: ${source.name}, record ${position}: ${message}`)
    if (source.warningCount > 5)
      note(`warning: ${source.name}: ${formatCount(source.warningCount)} warnings in all; set info --json has more`)
  }
  noteProfile(report, printsNoTable)
  noteDelta(report)
}

/** Every file that was read for a set: sources, each with its updates below it, then what was taken back. */
function filesOf({ sources, withdrawals = [] }: SetMetadata): (SourceFacts & { readonly name: string })[] {
  return [
    ...sources.flatMap((source) => [
      source,
      ...(source.updates ?? []).map((update) => ({ ...update, name: `  update: ${update.file}` }))
    ]),
    ...withdrawals.map((update) => ({ ...update, name: `withdrawn by ${update.file}` }))
  ]
}

/** Columns of the table of sources that most sets have no use for. */
const SELDOM: readonly (readonly [name: string, countOf: (counts: SourceCounts) => number])[] = [
  ['skipped', ({ skipped }) => skipped ?? 0],
  ['withdrawals', ({ withdrawn }) => withdrawn ?? 0],
  ['taken back', ({ takenBack }) => takenBack ?? 0]
]

interface SetFacts extends SetMetadata {
  readonly path: string
  readonly root: string
  readonly layers?: readonly string[]
  readonly signature?: SetSignature | null
}

function describeSignature(signature: SetSignature | null): string {
  if (signature === null) return 'not signed'
  const key = `key ${signature.key.slice(0, 16)}`
  return signature.checked ? `signed, checked with ${key}` : `signed with ${key}, not checked (--require-signature)`
}

function describeSet(set: SetFacts): string {
  const counts = Object.entries(set.hashCounts).map(([kind, count]) => `${kind} ${formatCount(count)}`)
  const facts = [
    ['name', set.name],
    ['role', set.role],
    ['profile', profileIdentity(set.profile)],
    ['complete', set.complete ? 'yes' : 'NO: built from part of its sources'],
    ['entries', formatCount(set.entries)],
    ['hashes', counts.join(', ')],
    ['root', set.root],
    ...(set.layers ?? []).map((root, i) => [`update ${i + 1}`, root]),
    ...(set.signature === undefined ? [] : [['signature', describeSignature(set.signature)]])
  ]
  const files = filesOf(set)
  const seldom = SELDOM.filter(([, countOf]) => files.some(({ counts }) => countOf(counts) > 0))
  const sources = files.map((source) => [
    source.name,
    source.format,
    formatCount(source.counts.taken),
    formatCount(source.counts.rejected),
    ...seldom.map(([, countOf]) => formatCount(countOf(source.counts))),
    Object.entries(source.counts.lacking)
      .filter(([, n]) => n > 0)
      .map(([kind, n]) => `${kind} ${formatCount(n)}`)
      .join(', ')
  ])
  const note = set.profile.note === undefined || set.profile.id === 'none' ? [] : [`Note: ${set.profile.note}`]
  return [
    table([set.path, ''], facts),
    table(['source', 'format', 'taken', 'rejected', ...seldom.map(([name]) => name), 'lacking'], sources),
    ...note
  ].join('\n')
}
