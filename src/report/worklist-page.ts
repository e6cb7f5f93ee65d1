// The worklist of referrals as a page to print or to leave open: no picture, no script, nothing from outside.

import type { Referral, ReferralItem, ReferralLine, ReferralProblem, ReferralsSummary } from '../casework/index.js'
import { html as markup, type Markup } from './markup.js'
import { page, table } from './page.js'

/** Items of one referral that the page lists; what the sets do not know comes first. */
const MAX_ITEMS = 500

const STYLE = `
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem }
th, td { border: 1px solid #999; padding: .25rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { background: #eee }
h2 { margin-top: 2rem }
.overdue { font-weight: bold; color: #a00000 }
@media print { section { break-inside: avoid-page } body { margin: 0 } }
`

/** @param lines - as `referrals` returns them */
export function worklistPage(lines: readonly ReferralLine[]): string {
  const all = lines.filter((line): line is Referral => line.type === 'referral')
  const problems = lines.filter((line): line is ReferralProblem => line.type === 'problem')
  const summary = lines.find((line): line is ReferralsSummary => line.type === 'summary')
  const body = markup`<main>
    <h1>Referrals in the order of work</h1>
    ${summary === undefined ? '' : summaryOf(summary)}
    <p>Similar means: looks alike, and is not identified. Only a trusted grade says that nobody needs to look again.</p>
    ${overview(all)} ${problems.length === 0 ? '' : problemsOf(problems)} ${all.map(sectionOf)}
  </main>`
  return page('Referrals', STYLE, body)
}

function summaryOf({ referrals, overdue, unknownRisk, problems }: ReferralsSummary): Markup {
  return markup`<p>
    ${referrals} referrals, ${overdue} overdue, ${unknownRisk} of unknown risk, ${problems} that cannot be read.
  </p>`
}

function overview(all: readonly Referral[]): Markup {
  const head = [
    '',
    'Report',
    'Agency',
    'Risk',
    'Due by',
    'Assigned to',
    'Status',
    'Items',
    'Never seen',
    'Identical',
    'Similar',
    'Conflict'
  ]
  return tableOf(
    'Worklist',
    head,
    all.map((one) => {
      const { items, neverSeen, identical, similar, conflict } = one.counts
      const due = one.isOverdue
        ? markup`<span class="overdue">${one.dueBy ?? ''} overdue</span>`
        : (one.dueBy ?? 'none')
      const who = one.assignee ?? 'nobody'
      return [
        one.position,
        one.reportId,
        one.agency ?? 'not named',
        one.risk,
        due,
        who,
        one.status,
        items,
        neverSeen,
        identical,
        similar,
        conflict
      ]
    })
  )
}

function problemsOf(problems: readonly ReferralProblem[]): Markup {
  const rows = problems.map(({ path, code, message }) => [path, code, message])
  return markup`<h2>Cannot be worked with</h2>
    ${tableOf('Problems', ['Path', 'Code', 'What is wrong'], rows)}`
}

function sectionOf(referral: Referral): Markup {
  const { position, reportId, path, reasons, changed, warnings, items } = referral
  const shown = [...items].sort((a, b) => rankOf(a) - rankOf(b)).slice(0, MAX_ITEMS)
  const more = items.length - shown.length
  return markup`<section>
    <h2>${position}. Report ${reportId}</h2>
    <p>${path}</p>
    <h3>Why it stands here</h3>
    ${listOf(reasons)}
    ${
      changed.length === 0
        ? ''
        : markup`<h3>Changed since the last time</h3>
            ${listOf(changed)}`
    }
    ${
      warnings.length === 0
        ? ''
        : markup`<h3>Warnings</h3>
            ${listOf(warnings)}`
    }
    ${tableOf(`Items of report ${reportId}`, ['Name', 'What it is', 'Category', 'Against the report', 'Also in'], shown.map(rowOf))}
    ${more > 0 ? markup`<p>and ${more} more items</p>` : ''}
  </section> `
}

function rankOf({ relation }: ReferralItem): number {
  return [null, 'conflict', 'similar', 'identical', 'known-good'].indexOf(relation)
}

function rowOf({
  name,
  originalName,
  digests,
  relation,
  standing,
  category,
  label,
  verified,
  present,
  alsoIn,
  error
}: ReferralItem) {
  const called = originalName === null || originalName === name ? name : `${name} (${originalName})`
  const what =
    error ??
    (relation === null ? unknownBecause(digests) : `${relation}${standing === undefined ? '' : `, ${standing}`}`)
  const grade =
    category === null ? '' : `${relation === 'identical' ? '' : 'record says '}${category} = ${label ?? 'no label'}`
  const check = !present ? 'not in the bundle' : verified === null ? 'nothing to hold it against' : `digest ${verified}`
  return [called, what, grade, check, alsoIn.join(', ')]
}

function unknownBecause(digests: ReferralItem['digests']): string {
  return Object.keys(digests).length === 0 ? 'only a name: nothing to look it up by' : 'never seen before'
}

function listOf(texts: readonly string[]): Markup {
  return markup`<ul>
    ${texts.map((text) => markup`<li>${text}</li>`)}
  </ul>`
}

function tableOf(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number | Markup)[])[]
): Markup {
  return table({
    caption,
    columns: head.map((name) => ({ name })),
    rows: rows.map(
      (row) =>
        markup`<tr>
          ${row.map((cell) => markup`<td>${cell}</td>`)}
        </tr> `
    )
  })
}
