// The review page as one HTML text that loads nothing: its script and style stand in it, and its policy names them by their digests.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatCount } from '../core/display.js'
import { ownFolder } from '../files/index.js'
import { html, type Markup } from './markup.js'
import { pageHead, sourceOf } from './page.js'
import type { Bars, ReviewData } from './review-data.js'
import type { ReportSource } from './writer.js'

export interface ReviewFacts {
  readonly sources: readonly ReportSource[]
  readonly isServed: boolean
  /** Codes and labels of the profile that grades follow. */
  readonly labels: readonly (readonly [code: string, label: string])[]
  readonly profile: string
  /** What the user must know of the profile. */
  readonly note: string | undefined
  /** Grades that were made before, by content. */
  readonly grades: readonly (readonly [key: string, grade: object])[]
}

/** Script and style lie in `pages/` of the package. */
function pageFile(name: string): string {
  return readFileSync(join(ownFolder() ?? '.', 'pages', name), 'utf8')
}

/** What the page may do: run and look like what stands in it, and ask its own server where there is one. */
export function policyOf(isServed: boolean): string {
  const own = isServed ? ["connect-src 'self'", 'img-src blob:'] : []
  return [
    "default-src 'none'",
    `script-src ${sourceOf(pageFile('review.js'))}`,
    // Rows are placed by script, which is no attribute and needs no permission.
    `style-src ${sourceOf(pageFile('review.css'))}`,
    ...own,
    "base-uri 'none'",
    "form-action 'none'"
  ].join('; ')
}

/** The text in pieces: rows are many. */
export function* reviewPage(data: ReviewData, facts: ReviewFacts): Generator<string> {
  yield headOf(data, facts).text
  yield '<script type="application/json" id="data">'
  const { isServed, labels, grades, sources } = facts
  const fixed = { isServed, labels, grades, sources: sources.map(({ name }) => name), sets: data.sets }
  yield `${inScript(fixed).slice(0, -1)},"rows":[`
  for (const [i, row] of data.rows.entries()) yield `${i === 0 ? '' : ',\n'}${inScript(row)}`
  yield `]}</script>\n<script>${pageFile('review.js')}</script>\n</body>\n</html>\n`
}

/** JSON in which nothing can end the script that it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function headOf(data: ReviewData, facts: ReviewFacts): Markup {
  const { sources, isServed, profile, note } = facts
  const cases = [...new Set(sources.map(({ header }) => header.case).filter((name) => name !== undefined))]
  const title = `Review: ${cases.length > 0 ? `case ${cases.join(', ')}, ` : ''}${sources.map(({ name }) => name).join(', ')}`
  const unlisted =
    data.unlisted === 0
      ? html``
      : html` ${formatCount(data.unlisted)} files without a match are counted and not listed.`
  return html`${pageHead(title, policyOf(isServed), pageFile('review.css'))}
    <body>
      <header>
        <h1>${title}</h1>
        <p>
          ${formatCount(data.files)} files.${unlisted} No picture is shown before it is asked for. Similar means that
          pictures look alike: it identifies no file. Grades follow profile
          ${profile}.${note === undefined ? '' : ` ${note}`}
        </p>
      </header>
      <details>
        <summary>Counts</summary>
        <div class="charts">${data.charts.map(chart)}</div>
      </details>
      <main>
        ${filters(data)}
        <p>
          Keys in the list: arrows or j and k move, 0 to 9
          grade${isServed ? ', b shows a blurred grey preview, o asks for the original' : ''}; / goes to the search.
          <span id="shown"></span>
        </p>
        <div class="work">
          <div id="list" role="listbox" tabindex="0" aria-label="Files">
            <div id="space" role="presentation"></div>
          </div>
          <section id="detail" aria-label="Selected file">
            <dl id="facts"></dl>
            ${isServed ? PICTURE_BUTTONS : html``}
            <div id="picture"></div>
          </section>
        </div>
        <p id="said" role="status" aria-live="polite"></p>
      </main>
      ${isServed ? QUESTION : html``}
    </body>`
}

function filters({ sets, categories }: ReviewData): Markup {
  const option = (value: string, text: string): Markup => html`<option value="${value}">${text}</option>`
  const relations = ['identical', 'conflict', 'similar only', 'known-good', 'no match']
  return html`<form id="filters">
    <label>Search name or digest <input id="search" type="search" autocomplete="off" /></label>
    <label
      >Relation
      <select id="relation">
        ${[option('', 'all'), ...relations.map((name, i) => option(String(i), name))]}
      </select></label
    >
    <label
      >Category
      <select id="category">
        ${[option('', 'all'), ...categories.map(([code, text]) => option(code, text))]}
      </select></label
    >
    <label
      >Hash set
      <select id="set">
        ${[option('', 'all'), ...sets.map((name, i) => option(String(i), name))]}
      </select></label
    >
    <label
      >Graded here
      <select id="graded">
        ${[option('', 'all'), option('yes', 'graded'), option('no', 'not graded')]}
      </select></label
    >
    <label>Examiner <input id="examiner" autocomplete="off" /></label>
    <button type="button" id="export">Export grades</button>
  </form>`
}

const PICTURE_BUTTONS = html`<p>
  <button type="button" id="blurred">Blurred grey preview</button>
  <button type="button" id="original">Original…</button>
</p>`

const QUESTION = html`<dialog id="ask" aria-labelledby="ask-title">
  <form method="dialog">
    <h2 id="ask-title">Show the original picture?</h2>
    <p id="ask-path"></p>
    <p>Looking is written to the log, with your name and the time.</p>
    <button value="no" autofocus>Do not show</button> <button value="show">Show the original</button>
  </form>
</dialog>`

/** A table, of which the bars are decoration. */
function chart({ title, bars }: Bars): Markup {
  const most = Math.max(1, ...bars.map(([, files]) => files))
  const rows = bars.map(
    ([name, files]) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${formatCount(files)}</td>
        <td>
          <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect width="${(100 * files) / most}" height="8" />
          </svg>
        </td>
      </tr> `
  )
  return html`<table>
    <caption>
      ${title}
    </caption>
    <tbody>
      ${rows}
    </tbody>
  </table> `
}
