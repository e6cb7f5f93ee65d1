// `corroborate`: how sure the gradings of matched material are, and what other exhibits, cases and forces have it too.

import { Command, Option } from '@commander-js/extra-typings'
import { ExhibitHashError } from '../../core/errors.js'
import {
  corroborate,
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
import { describeShared, describeVerdict, verdictsTable } from '../describe-verdict.js'
import { formatCount, note, printsJson, writeJson, writeText } from '../output.js'
import { progressLine } from '../progress.js'
import { stoppable } from '../stop.js'
import { wholeNumber } from '../values.js'

const SHOWN = ['all', 'verdicts', 'disagreements', 'shared'] as const
const ALL_HELP = 'compare every file, and not only pictures, videos and what matched'

export function corroborateCommand() {
  return (
    new Command('corroborate')
      .description('weigh the gradings of matched material; find what several exhibits, cases and forces have')
      .argument('<inputs...>', 'results files as scan --out writes them; with --only shared also keyed manifests')
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
      .option('--json', 'print JSON also on a terminal')
      .option('--quiet', 'no progress bar and no table')
      // --key after `keyed` is that of `keyed`.
      .enablePositionalOptions()
      .addCommand(keyedCommand())
      .addCommand(keygenCommand())
      .addHelpText('after', HELP)
      .action(async (inputs, { only, rule, graders, mapping, key, allFiles, json, quiet }) => {
        const given = rule === undefined ? {} : await loadRule(rule)
        const options = {
          rule: graders === undefined ? given : { ...given, graders },
          mappings: await Promise.all((mapping ?? []).map((path) => loadCategoryMapping(path)))
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

async function printVerdicts(
  inputs: readonly string[],
  options: {
    rule: CorroborationRule
    mappings: Awaited<ReturnType<typeof loadCategoryMapping>>[]
    signal: AbortSignal
  },
  { only, json, quiet }: Printing & { readonly only: (typeof SHOWN)[number] }
): Promise<void> {
  const bar = progressLine(quiet)
  const onProgress = ({ results, bytesRead, totalBytes }: { results: string; bytesRead: number; totalBytes: number }) =>
    bar.update(bytesRead, totalBytes, results)
  const isWanted = (verdict: Verdict): boolean => only !== 'disagreements' || verdict.disagreements.length > 0
  let summary: CorroborationSummary | undefined
  try {
    for await (const line of corroborate(inputs, { ...options, onProgress })) {
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
  exhibit-hash corroborate AB-1.ndjson other-force.keyed --only shared --key shared.key`
