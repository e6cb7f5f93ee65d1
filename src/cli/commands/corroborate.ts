// `corroborate`: how sure the gradings of matched material are, or those of whole sets, and what other exhibits, cases and
// forces have it too.

import { Command, Option } from '@commander-js/extra-typings'
import { ExhibitHashError } from '../../core/errors.js'
import {
  corroborate,
  corroborateSets,
  type CorroborationRule,
  type CorroborationSummary,
  findShared,
  loadCategoryMapping,
  loadRule,
  makeManifestKey,
  type SharedMaterial,
  type Verdict,
  writeKeyedManifest
} from '../../casework/index.js'
import type { HashSet } from '../../index/index.js'
import { describeShared, describeVerdict, verdictsTable } from '../describe-verdict.js'
import { formatCount, note, printsJson, writeJson, writeText } from '../output.js'
import { progressLine, type ProgressLine } from '../progress.js'
import { REQUIRE_SIGNATURE_HELP, signatureOption, withSets } from '../sets.js'
import { stoppable } from '../stop.js'
import { wholeNumber } from '../values.js'

const SHOWN = ['all', 'verdicts', 'disagreements', 'shared'] as const
const ALL_HELP = 'compare every file, and not only pictures, videos and what matched'

export function corroborateCommand() {
  return (
    new Command('corroborate')
      .description('weigh the gradings of matched material; find what several exhibits, cases and forces have')
      .argument('[inputs...]', 'results files as scan --out writes them; with --only shared also keyed manifests')
      .option(
        '--set <index...>',
        'in place of results: what hash sets say of each other, without an exhibit (repeatable)'
      )
      .addOption(
        new Option('--only <what>', 'verdicts, disagreements among them, or material that several exhibits have')
          .choices(SHOWN)
          .default('all' as const)
      )
      .option('--rule <file>', 'what is known of sources, and what makes a grade trusted (JSON)')
      .option('--graders <n>', 'independent graders that make a grade trusted (default: 3)', wholeNumber)
      .option('--mapping <file...>', 'categories of one profile that are those of another (repeatable)')
      .option('--key <file>', 'key of keyed manifests, where results are compared with them')
      .option('--all-files', ALL_HELP)
      .option('--require-signature <public.pem>', REQUIRE_SIGNATURE_HELP)
      .option('--json', 'print JSON also on a terminal')
      .option('--quiet', 'no progress bar and no table')
      // --key after `keyed` is that of `keyed`.
      .enablePositionalOptions()
      .addCommand(keyedCommand())
      .addCommand(keygenCommand())
      .addHelpText('after', HELP)
      .action(async (inputs, { only, rule, graders, mapping, key, allFiles, set, json, quiet, ...opening }) => {
        checkInputs(inputs, set, only)
        const given = rule === undefined ? {} : await loadRule(rule)
        const options = {
          rule: graders === undefined ? given : { ...given, graders },
          mappings: await Promise.all((mapping ?? []).map((path) => loadCategoryMapping(path)))
        }
        if (set !== undefined) {
          await withSets(set, signatureOption(opening.requireSignature), (sets) =>
            stoppable((signal) => printAcrossSets(sets, { ...options, signal }, { only, json, quiet }))
          )
          return
        }
        const shared = { ...(key !== undefined && { key }), ...(allFiles === true && { all: true }) }
        await stoppable(async (signal) => {
          if (only !== 'shared') await printVerdicts(inputs, { ...options, signal }, { only, json, quiet })
          const isAsked = only === 'shared' || (only === 'all' && inputs.length > 1)
          if (isAsked) await printShared(inputs, { ...shared, signal }, { json, quiet })
        })
      })
  )
}

interface Printing {
  readonly json: boolean | undefined
  readonly quiet: boolean | undefined
}

/** Either results are weighed or sets. */
function checkInputs(inputs: readonly string[], sets: readonly string[] | undefined, only: Only): void {
  const usage = (message: string): never => {
    throw new ExhibitHashError('USAGE', message)
  }
  if (sets === undefined && inputs.length === 0) usage('name results files, or hash sets with --set')
  if (sets === undefined) return
  if (inputs.length > 0) {
    usage('results are weighed by the sets that they were matched with: give either results or --set, and see rematch')
  }
  if (only === 'shared') usage('--only shared is of results files: sets hold no exhibits')
}

type Only = (typeof SHOWN)[number]
type VerdictLines = AsyncIterable<Verdict | CorroborationSummary>

interface Weighing {
  readonly rule: CorroborationRule
  readonly mappings: Awaited<ReturnType<typeof loadCategoryMapping>>[]
  readonly signal: AbortSignal
}

interface VerdictPrinting extends Printing {
  readonly only: Only
}

async function printVerdicts(inputs: readonly string[], options: Weighing, printing: VerdictPrinting): Promise<void> {
  const bar = progressLine(printing.quiet)
  const onProgress = ({ results, bytesRead, totalBytes }: { results: string; bytesRead: number; totalBytes: number }) =>
    bar.update(bytesRead, totalBytes, results)
  await printLines(corroborate(inputs, { ...options, onProgress }), bar, printing)
}

async function printAcrossSets(sets: readonly HashSet[], options: Weighing, printing: VerdictPrinting): Promise<void> {
  const bar = progressLine(printing.quiet)
  const onProgress = ({ entries, totalEntries }: { entries: number; totalEntries: number }) =>
    bar.update(entries, totalEntries, `${formatCount(entries)} of ${formatCount(totalEntries)} records`)
  await printLines(corroborateSets(sets, { ...options, onProgress }), bar, printing)
}

async function printLines(
  lines: VerdictLines,
  bar: ProgressLine,
  { only, json, quiet }: VerdictPrinting
): Promise<void> {
  const isWanted = (verdict: Verdict): boolean => only !== 'disagreements' || verdict.disagreements.length > 0
  let summary: CorroborationSummary | undefined
  try {
    for await (const line of lines) {
      if (line.type === 'summary') summary = line
      else if (!isWanted(line)) continue
      if (printsJson(json)) await writeJson(line)
      else if (line.type === 'verdict') await writeText(describeVerdict(line))
    }
  } finally {
    bar.stop()
  }
  if (summary === undefined) throw new ExhibitHashError('INTERNAL', 'a corroboration ended without a summary')
  if (quiet !== true) note(verdictsTable(summary))
}

async function printShared(
  inputs: readonly string[],
  options: Parameters<typeof findShared>[1],
  { json, quiet }: Printing
): Promise<void> {
  const counts: Record<SharedMaterial['between'], number> = { forces: 0, cases: 0, exhibits: 0 }
  for await (const shared of findShared(inputs, options)) {
    counts[shared.between]++
    if (printsJson(json)) await writeJson(shared)
    else await writeText(describeShared(shared))
  }
  if (quiet === true) return
  const { forces, cases, exhibits } = counts
  note(
    `shared between forces: ${formatCount(forces)}, between cases of one force: ${formatCount(cases)}, between exhibits of one case: ${formatCount(exhibits)}`
  )
}

function keyedCommand() {
  return new Command('keyed')
    .description('write the contents of results as a keyed (HMAC) manifest, for where hashes may not be handed out')
    .argument('<results...>', 'results files of what is to be one exhibit, case or force')
    .requiredOption('--key <file>', 'key that everybody who compares has (corroborate keygen)')
    .requiredOption('--out <file>', 'manifest to write')
    .option('--all-files', ALL_HELP)
    .option('--json', 'print the report as JSON also on a terminal')
    .addHelpText(
      'after',
      `
Whoever has the key can ask of any file or hash whether it is in the manifest; whoever has not learns only how many
contents there are, and which of them stand in another manifest of the same key.

Example:
  exhibit-hash corroborate keyed AB-1.ndjson --key shared.key --out AB-1.keyed`
    )
    .action(async (results, { key, out, allFiles, json }) => {
      const report = await stoppable((signal) =>
        writeKeyedManifest(out, results, { key, signal, ...(allFiles === true && { all: true }) })
      )
      if (printsJson(json)) await writeJson(report)
      else await writeText(`${out}: ${formatCount(report.contents)} contents, key ${report.keyId}`)
    })
}

function keygenCommand() {
  return new Command('keygen')
    .description('make a key for keyed manifests; the file is readable by its owner only')
    .argument('<key>', 'file to write; everybody who is to compare gets a copy, over a safe way')
    .option('--json', 'print JSON also on a terminal')
    .addHelpText('after', '\nExample:\n  exhibit-hash corroborate keygen shared.key')
    .action(async (path, { json }) => {
      const { keyId } = await makeManifestKey(path)
      if (printsJson(json)) await writeJson({ key: path, keyId })
      else await writeText(`${path}: key ${keyId}`)
    })
}

const HELP = `
A verdict is one of three, which are never merged: identical (with a grade), conflict (one digest equal, another fact
different) and similar (looks alike; identifies nothing). A grade is trusted (three independent, undisputed graders, or as
the rule says), agreed, indicative (one grader), disputed or ungraded. Only trusted says that nobody needs to look again.

Independent are other grading organisations. Releases of one database are one source where the rule file says so
(derivedFrom); sources that do not say who graded count as one at most.

Exit status: 0 done; 64 wrong usage, 65 unusable results or manifests, 74 input or output failed, 130 stopped.

Examples:
  exhibit-hash corroborate AB-1.ndjson AB-2.ndjson --rule rule.json
  exhibit-hash corroborate AB-1.ndjson --only disagreements
  exhibit-hash corroborate --set caid.ehx --set force-12.ehx --only disagreements
  exhibit-hash corroborate AB-1.ndjson other-force.keyed --only shared --key shared.key`
