// The printable summary of a case: one HTML page that loads nothing and shows no picture.

import { describeCategory, formatBytes, formatCount } from '../core/display.js'
import { BUILT_IN_PROFILES, profileIdentity } from '../core/category.js'
import { ERROR_CODES } from '../core/errors.js'
import { type CaseCounts, CaseCounter, type CategoryTally, RELATIONS, type Tally } from './case-counts.js'
import { html, Markup } from './markup.js'
import { type Column, page, table } from './page.js'
import type { ReportFormat, ReportSource } from './writer.js'

export const HTML_REPORT: ReportFormat<'html'> = {
  name: 'html',
  namesDigests: true,
  write(sources) {
    const counter = new CaseCounter()
    return {
      head: '',
      beginSource(source) {
        counter.begin(source)
        return ''
      },
      row(record) {
        counter.add(record)
        return ''
      },
      tail: async () => summary(sources, await counter.finish())
    }
  }
}

const POLICY = new Markup(`default-src 'none'; style-src 'unsafe-inline'`)

const STYLE = `
  :root { color-scheme: light; font: 11pt/1.4 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff; overflow-wrap: anywhere; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
  table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
  caption { text-align: left; font-weight: 600; padding-bottom: 0.3rem; }
  th, td { border: 1px solid #888; padding: 0.2rem 0.45rem; text-align: left; vertical-align: top; }
  thead th { background: #eee; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
  tfoot td, tfoot th { font-weight: 600; } .sign { margin-top: 3rem; }
  code { font-size: 0.85em; } .note { border-left: 3px solid #666; padding-left: 0.7rem; }
  @media print { body { margin: 0; max-width: none; } thead { display: table-header-group; } tr { break-inside: avoid; } }`

function summary(sources: readonly ReportSource[], counts: CaseCounts): string {
  const cases = distinct(sources.map(({ header }) => header.case))
  const title = cases.length === 0 ? 'Summary of results' : `Summary of case ${cases.join(', ')}`
  const body = html`<main>
    <h1>${title}</h1>
    ${organisations(sources)} ${devices(counts)} ${findings(counts)} ${together(counts)} ${hashSets(sources)}
    ${errors(counts)} ${madeFrom(sources)}
    <p class="sign">Examiner: ______________________________ &emsp; Date: ____________________</p>
  </main>`
  return page(title, STYLE, body, POLICY)
}

const text = (...names: string[]): Column[] => names.map((name) => ({ name }))
const numbers = (...names: string[]): Column[] => names.map((name) => ({ name, isNumber: true }))

function organisations(sources: readonly ReportSource[]): Markup {
  const names = distinct(sources.map(({ header }) => header.organisation))
  return names.length === 0 ? html`` : html`<p>Organisation: ${names.join(', ')}</p>`
}

function devices({ exhibits, files }: CaseCounts): Markup {
  const rows = exhibits.map(
    ({ source, summary, files: own }) =>
      html`<tr>
        <th scope="row">${source.name}</th>
        ${counted(own)}
        <td class="n">${formatBytes(summary.bytes)}</td>
        <td class="n">${formatCount(summary.images)}</td>
        <td class="n">${formatCount(summary.videos ?? 0)}</td>
        <td>${span([own])}</td>
        <td class="n">${formatCount(summary.errors)}</td>
      </tr> `
  )
  return html`<h2>Devices</h2>
    ${table({
      columns: [
        ...text('Device'),
        ...numbers('Files', 'Unique', 'Size', 'Pictures hashed', 'Videos hashed'),
        ...text('Last modified'),
        ...numbers('Not processed')
      ],
      rows,
      foot: html`<tr>
        <th scope="row">All</th>
        ${counted(files)}
        <td colspan="3"></td>
        <td>${span([files])}</td>
        <td></td>
      </tr>`
    })}
    <p>Unique files differ in their SHA-256. Dates are those of the file systems, in UTC, and may be wrong.</p> `
}

function findings({ exhibits }: CaseCounts): Markup {
  const tables = exhibits.map(({ source, categories }) =>
    categories.length === 0 ? html`<p>${source.name}: nothing matched.</p> ` : categoryTable(source.name, categories)
  )
  return html`<h2>Matches by device and category</h2>
    <p class="note">
      <strong>Identical</strong>: the file has the digest of a file in the hash set. <strong>Similar</strong>: the
      picture looks like one in the hash set; this identifies no file, and a person must decide.
      <strong>Conflict</strong>: one digest is that of a file in the hash set and another is not, or the size is not;
      one of the two is wrong. A file counts once in a category, by the strongest of these. The category is what the
      hash set says.
    </p>
    ${tables}`
}

function together({ exhibits, categories }: CaseCounts): Markup {
  if (exhibits.length < 2) return html``
  return html`<h2>All devices together</h2>
    ${categories.length === 0 ? html`<p>Nothing matched.</p>` : categoryTable('All devices', categories)}
    <p>A file that is on several devices is one unique file here.</p> `
}

function categoryTable(caption: string, categories: readonly CategoryTally[]): Markup {
  const rows = categories.map((row) => {
    const tallies = RELATIONS.map((relation) => row[relation])
    return html`<tr>
      <th scope="row">${describeCategory(row.category, row.label)}</th>
      <td>${row.set}</td>
      ${tallies.map(counted)}
      <td>${span(tallies)}</td>
    </tr> `
  })
  const counts = ['identical', 'conflict', 'similar only'].flatMap((name) => numbers(name, 'unique'))
  return table({ caption, columns: [...text('Category', 'Hash set'), ...counts, ...text('Last modified')], rows })
}

function counted({ total, unique }: Tally): Markup {
  return html`<td class="n">${formatCount(total)}</td>
    <td class="n">${formatCount(unique)}</td>`
}

/** The days between which all of the files were last modified. */
function span(tallies: readonly Tally[]): string {
  const days = tallies.flatMap(({ earliest, latest }) =>
    earliest === null || latest === null ? [] : [earliest, latest]
  )
  if (days.length === 0) return 'unknown'
  const sorted = days.map((time) => time.slice(0, 10)).sort()
  const [from, to] = [sorted[0], sorted.at(-1)!]
  return from === to ? from : `${from} to ${to}`
}

function hashSets(sources: readonly ReportSource[]): Markup {
  const sets = new Map(sources.flatMap(({ header }) => header.sets.map((set) => [JSON.stringify(set), set])))
  if (sets.size === 0)
    return html`<h2>Hash sets</h2>
      <p>The files were hashed and matched against nothing.</p> `
  const isAssumed = [...sets.values()].some(({ profile }) => profile === profileIdentity(BUILT_IN_PROFILES.uk))
  const rows = [...sets.values()].map(
    ({ name, profile, root, layers, complete }) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${profile}</td>
        <td>${complete ? 'yes' : 'NO: made from part of its sources'}</td>
        <td class="n">${formatCount(layers?.length ?? 0)}</td>
        <td><code>${root}</code></td>
      </tr> `
  )
  return html`<h2>Hash sets</h2>
    ${table({ columns: [...text('Hash set', 'Category profile', 'Complete'), ...numbers('Updates'), ...text('Root')], rows })}
    ${isAssumed ? html`<p class="note">${BUILT_IN_PROFILES.uk.note ?? ''}</p>` : html``} `
}

function errors({ errors: found }: CaseCounts): Markup {
  if (found.length === 0) return html``
  const rows = found.map(
    ([code, files]) =>
      html`<tr>
        <th scope="row"><code>${code}</code></th>
        <td>${meaningOf(code)}</td>
        <td class="n">${formatCount(files)}</td>
      </tr> `
  )
  return html`<h2>Files that could not be processed</h2>
    <p>Nothing is known of whether these match, beyond their digests where they could be read.</p>
    ${table({ columns: [...text('Code', 'Meaning'), ...numbers('Files')], rows })} `
}

/** The code comes from a file, and may be one that this release does not know. */
function meaningOf(code: string): string {
  return Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as keyof typeof ERROR_CODES].meaning : ''
}

function madeFrom(sources: readonly ReportSource[]): Markup {
  const rows = sources.map(
    ({ name, sha256, header }) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>
          ${header.rematchOf === undefined ? 'scan' : header.rematchOf.all ? 'rematch' : 'rematch: only what was new'}
        </td>
        <td><code>${sha256 ?? ''}</code></td>
      </tr> `
  )
  return html`<h2>Made from</h2>
    ${table({ columns: [...text('Results', 'Of', 'SHA-256 of the results file')], rows })} `
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))]
}
