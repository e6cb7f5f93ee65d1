// `referrals`: reports of outside agencies with their files, matched and put in the order of work.

import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { ExhibitHashError } from '../../core/errors.js'
import {
  loadRule,
  type Referral,
  type ReferralLine,
  type ReferralProblem,
  type ReferralsOptions,
  type ReferralsSummary,
  referrals,
  type Risk,
  RISKS,
  type RiskDays
} from '../../casework/index.js'
import { headOf, writeAtomically } from '../../files/index.js'
import { worklistPage } from '../../report/worklist-page.js'
import { exitOfSummary } from '../exit.js'
import { formatCount, note, oneLine, printsJson, table, writeJson, writeText } from '../output.js'
import { progressLine, showRun } from '../progress.js'
import { NO_MAPPING_HELP, REQUIRE_SIGNATURE_HELP, signatureOption, withSets } from '../sets.js'
import { stoppable } from '../stop.js'
import { pairOption, wholeNumber } from '../values.js'

export function referralsCommand(setStatus: (status: number) => void) {
  return new Command('referrals')
    .description('match referrals of outside agencies, and list them in the order of work with the reasons')
    .argument('<bundles...>', 'folders or archives with a report and its files, or folders of such')
    .requiredOption('--set <index...>', 'hash set to match against (repeatable)')
    .option('--worklist <file>', 'keep decisions in this file, which is made where it is not there')
    .option('--risk <report=risk>', 'high, medium or low (repeatable; likewise the next three)', pairOption)
    .option('--due <report=day>', 'due date, e.g. 4711=2026-12-01', pairOption)
    .option('--assign <report=name>', 'who works on it', pairOption)
    .option('--status <report=status>', 'new, in-progress or done', pairOption)
    .addOption(
      new Option('--days <list>', 'days until the due date, by risk')
        .argParser(parseDays)
        .default({ high: 7, medium: 14, low: 30 }, 'high=7,medium=14,low=30')
    )
    .option('--priority <level=risk>', 'what a priority of the agencies means, e.g. E=high (repeatable)', pairOption)
    .option('--rule <file>', 'what is known of sources, as for corroborate (JSON)')
    .option('--html <file>', 'write the worklist as a page, too')
    .option('--concurrency <n>', 'files in flight (default: one more than the cores)', wholeNumber)
    .option('--require-signature <public.pem>', REQUIRE_SIGNATURE_HELP)
    .option('--no-mapping', NO_MAPPING_HELP)
    .option('--json', 'print a referral a line as JSON also on a terminal')
    .option('--quiet', 'no progress bar')
    .addHelpText('after', HELP)
    .action(async (bundles, options) => {
      const changes = changesOf(options)
      const { worklist, rule, concurrency, html, days, priority } = options
      if (worklist === undefined && Object.keys(changes).length > 0) {
        throw new ExhibitHashError('USAGE', '--risk, --due, --assign and --status are kept in a --worklist: name one')
      }
      if (html !== undefined) await checkPage(html)
      const given: Omit<ReferralsOptions, 'sets'> = {
        days,
        changes,
        ...(worklist !== undefined && { worklist }),
        ...(priority !== undefined && { priorities: priority as Record<string, Risk> }),
        ...(rule !== undefined && { rule: await loadRule(rule) }),
        ...(concurrency !== undefined && { concurrency })
      }
      const bar = progressLine(options.quiet)
      const lines = await withSets(
        options.set,
        { mapping: options.mapping, ...signatureOption(options.requireSignature) },
        (sets) => stoppable((signal) => referrals(bundles, { ...given, sets, signal, onProgress: showRun(bar) }))
      ).finally(() => bar.stop())
      if (html !== undefined) await writeAtomically(html, worklistPage(lines))
      await print(lines, options.json)
      const summary = lines.at(-1) as ReferralsSummary
      const { matched, problems, unread } = summary
      setStatus(exitOfSummary({ identical: matched, conflict: 0, similar: 0, errors: problems + unread }))
    })
}

interface Given {
  readonly risk?: Record<string, string> | undefined
  readonly due?: Record<string, string> | undefined
  readonly assign?: Record<string, string> | undefined
  readonly status?: Record<string, string> | undefined
}

function changesOf({ risk, due, assign, status }: Given): NonNullable<ReferralsOptions['changes']> {
  return {
    ...(risk !== undefined && { risk }),
    ...(due !== undefined && { dueBy: due }),
    ...(assign !== undefined && { assignee: assign }),
    ...(status !== undefined && { status })
  }
}

/** `high=7,medium=14` */
function parseDays(list: string, before: RiskDays): RiskDays {
  const pairs = list.split(',').map((item) => {
    const [, risk, days] = /^\s*(\w+)=([0-9]{1,4})\s*$/.exec(item) ?? []
    const known = RISKS.find((each) => each === risk)
    if (known === undefined) throw new InvalidArgumentError('expected e.g. high=7,medium=14,low=30.')
    return [known, Number(days)] as const
  })
  return { ...before, ...Object.fromEntries(pairs) }
}

const PAGE_HEAD = '<!doctype html>'

/** A page may be written over a page, and over nothing else. */
async function checkPage(path: string): Promise<void> {
  const head = await headOf(path, PAGE_HEAD.length)
  if (head === null || head.toString('latin1') === PAGE_HEAD) return
  throw new ExhibitHashError('USAGE', `--html ${path} is there and no page: name another`, { path })
}

async function print(lines: readonly ReferralLine[], json: boolean | undefined): Promise<void> {
  if (printsJson(json)) {
    for (const line of lines) await writeJson(line)
    return
  }
  const all = lines.filter((line): line is Referral => line.type === 'referral')
  await writeText(worklistTable(all))
  for (const referral of all) await writeText(describe(referral))
  for (const { code, message } of lines.filter((line): line is ReferralProblem => line.type === 'problem')) {
    note(`${code} ${message}`)
  }
  const summary = lines.at(-1) as ReferralsSummary
  if (summary.notNamed.length > 0) {
    note(`note: kept in the worklist, and in none of these bundles: ${summary.notNamed.map(oneLine).join(', ')}`)
  }
}

function worklistTable(all: readonly Referral[]): string {
  const head = [
    '',
    'report',
    'agency',
    'risk',
    'due by',
    'assigned',
    'status',
    'items',
    'never seen',
    'identical',
    'similar'
  ]
  const rows = all.map((one) => [
    String(one.position),
    short(one.reportId),
    short(one.agency ?? 'not named'),
    one.risk,
    `${one.dueBy ?? 'none'}${one.isOverdue ? ' OVERDUE' : ''}`,
    short(one.assignee ?? 'nobody'),
    one.status,
    ...[one.counts.items, one.counts.neverSeen, one.counts.identical, one.counts.similar].map(formatCount)
  ])
  return table(head, rows)
}

const MAX_CELL = 40

function short(text: string): string {
  const line = oneLine(text)
  return line.length > MAX_CELL ? `${line.slice(0, MAX_CELL)}…` : line
}

function describe({ position, reportId, path, reasons, changed, warnings, items }: Referral): string {
  const shared = items.filter(({ alsoIn }) => alsoIn.length > 0)
  return [
    oneLine(`${position}. ${reportId} (${path})`),
    ...reasons.map((reason) => `  ${oneLine(reason)}`),
    ...changed.map((change) => `  changed: ${oneLine(change)}`),
    ...warnings.map((warning) => `  warning: ${oneLine(warning)}`),
    ...shared.map(({ name, alsoIn }) => `  also in ${oneLine(alsoIn.join(', '))}: ${oneLine(name)}`)
  ].join('\n')
}

const HELP = `
A report is JSON or XML in the style of NCMEC's CyberTipline, or a CSV of digests. Files are hashed and matched as by scan,
and held against the digests of the report; what the report lists and the bundle does not have is looked up by its digest.

The order: risk and due date first, then material that no set knows, victims not yet identified, number of items, age.
Unknown risk stands right behind high, and has no due date before somebody has assessed it. An agency's own priority (E, 1, 2
and 3 of NCMEC) is shown, and means a risk only where --priority says which.

Exit status: 0 nothing matched, 1 something matched, 2 some referrals or files could not be read, 3 both;
64 wrong usage, 65 unusable hash set or worklist, 70 a fault of this program, 74 input or output failed, 130 stopped.

Examples:
  exhibit-hash referrals incoming/ --set caid.ehx --worklist referrals.json --html referrals.html
  exhibit-hash referrals incoming/ --set caid.ehx --worklist referrals.json --risk 4711=high --assign 4711="DC Smith"`
