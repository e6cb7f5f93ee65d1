// The review page as one HTML text that loads nothing: its script and style stand in it, and its policy names them by their digests.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatCount } from '../core/display.js'
import { ownFolder } from '../files/index.js'
import { html, type Markup } from './markup.js'
import { pageHead, sourceOf } from './page.js'
import { type Bars, cut } from './review-counts.js'
import { isTold, type ReviewData } from './review-data.js'
import type { ReportSource } from './writer.js'

export interface ReviewFacts {
  readonly sources: readonly ReportSource[]
  /** Codes and labels of the profile that grades follow. */
  readonly labels: readonly (readonly [code: string, label: string])[]
  readonly profile: string
  /** What the user must know of the profile. */
  readonly note: string | undefined
}

/** In this order they are one script. */
const SCRIPTS = ['review.js', 'review-grading.js', 'review-pictures.js', 'review-keys.js']
/** A text that is longer than strings of browsers can be would be no data at all. */
const ROWS_A_SCRIPT = 20_000

/** Script and style lie in `pages/` of the package. */
function pageFile(name: string): string {
  return readFileSync(join(ownFolder() ?? '.', 'pages', name), 'utf8')
}

function pageScript(): string {
  return SCRIPTS.map(pageFile).join('\n')
}

/** What the page may do: run and look like what stands in it, and ask its own server where there is one. */
export function policyOf(isServed: boolean): string {
  const own = isServed ? ["connect-src 'self'", 'img-src blob:'] : []
  return [
    "default-src 'none'",
    `script-src ${sourceOf(pageScript())}`,
    // Rows are placed by script, which is no attribute and needs no permission.
    `style-src ${sourceOf(pageFile('review.css'))}`,
    ...own,
    "base-uri 'none'",
    "form-action 'none'"
  ].join('; ')
}

/** The text in pieces: rows are many. */
export function* reviewPage(data: ReviewData, facts: ReviewFacts, isServed: boolean): Generator<string> {
  yield headOf(data, facts, isServed).text
  const { labels, sources, profile } = facts
  const names = sources.map(({ name }) => cut(name))
  // What a grade by path must say beside the path; `null` where that would not be enough.
  const exhibits = sources.map(({ header: { exhibit } }) => (isTold(exhibit, sources) ? (exhibit ?? '') : null))
  yield jsonScript('id="data"', inScript({ isServed, labels, profile, sources: names, exhibits, sets: data.sets }))
  yield* manyInScripts('grades', data.grades)
  yield* manyInScripts('rows', data.rows)
  yield `<script>${pageScript()}</script>\n</body>\n</html>\n`
}

function* manyInScripts(name: string, values: Iterable<unknown>): Generator<string> {
  let texts: string[] = []
  for (const value of values) {
    if (texts.push(inScript(value)) < ROWS_A_SCRIPT) continue
    yield jsonScript(`class="${name}"`, `[${texts.join(',\n')}]`)
    texts = []
  }
  yield jsonScript(`class="${name}"`, `[${texts.join(',\n')}]`)
}

function jsonScript(attribute: string, json: string): string {
  return `<script type="application/json" ${attribute}>${json}</script>\n`
}

/** JSON in which nothing can end the script that it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function headOf(data: ReviewData, facts: ReviewFacts, isServed: boolean): Markup {
  const title = titleOf(facts)
  return html`${pageHead(title, policyOf(isServed), pageFile('review.css'))}
    <body>
      <header>
        <h1>${title}</h1>
        <p>
          ${formatCount(data.files)} files. No picture is shown before it is asked for. Similar means that pictures look
          alike: it identifies no file. Grades follow profile
          ${facts.profile}.${facts.note === undefined ? '' : ` ${facts.note}`}
        </p>
        ${notesOn(data)}
      </header>
      <details>
        <summary>Counts</summary>
        <div class="charts">${data.charts.map(chart)}</div>
      </details>
      <main>
        ${filters(data)} ${keys(isServed)}
        <div class="status">
          <span id="shown"></span> <strong id="unsaved" role="status"></strong>
          <span id="said" role="status" aria-live="polite"></span>
        </div>
        <div class="work">
          <div id="list" role="listbox" tabindex="0" aria-label="Files">
            <div id="space" role="presentation"></div>
          </div>
          <section id="detail" aria-label="Selected file">
            ${GRADE_BUTTONS} ${isServed ? PICTURE_BUTTONS : html``}
            <div id="picture"></div>
            <dl id="facts"></dl>
          </section>
        </div>
      </main>
      ${DOUBT} ${isServed ? QUESTION : html``}
    </body>`
}

function titleOf({ sources }: ReviewFacts): string {
  const cases = [...new Set(sources.map(({ header }) => header.case).filter((name) => name !== undefined))]
  const names = sources.map(({ name }) => cut(name)).join(', ')
  return cut(`Review: ${cases.length > 0 ? `case ${cut(cases.join(', '))}, ` : ''}${names}`, 1000)
}

function notesOn({ unlisted, unplaced = 0 }: ReviewData): Markup {
  const notes = [
    [unlisted, 'Files without a match, or known to be good, that are counted and not listed:'],
    [unplaced, 'Earlier grades of files that are not in these results, which stay where they are kept:']
  ] as const
  const said = notes.filter(([count]) => count > 0).map(([count, text]) => `${text} ${formatCount(count)}.`)
  return said.length === 0 ? html`` : html`<p>${said.join(' ')}</p>`
}

function keys(isServed: boolean): Markup {
  return html`<p>
    Keys in the list: arrows or j and k move, 0 to 9 grade, g goes to the other grades, w withdraws a grade, u undoes
    the last one${isServed ? ', b shows a blurred grey preview, o asks for the original' : ''}; / goes to the search. A
    text that ends in … is longer.
  </p>`
}

function filters({ sets, categories, hasMoreCategories }: ReviewData): Markup {
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
        ${hasMoreCategories ? html`<option disabled>… and rarer ones</option>` : html``}
      </select></label
    >
    <label
      >Hash set
      <select id="set">
        ${[option('', 'all'), ...sets.slice(0, MAX_SETS).map((name, i) => option(String(i), name))]}
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

/** More than that nobody chooses from. */
const MAX_SETS = 200

/** The buttons of the profile's codes are made by the script. */
const GRADE_BUTTONS = html`<div id="grading" role="group" aria-label="Grade">
  <span id="codes"></span>
  <label>Other code <input id="code" autocomplete="off" maxlength="100" /></label>
  <button type="button" id="grade-code">Grade with this code</button>
  <button type="button" id="withdraw">Withdraw grade</button>
</div>`

/** Asked before a grade that may be a slip. */
const DOUBT = html`<dialog id="doubt" aria-labelledby="doubt-title">
  <form method="dialog">
    <h2 id="doubt-title">Grade it all the same?</h2>
    <p id="doubt-text"></p>
    <button value="no" autofocus>Do not grade</button> <button value="yes">Grade it</button>
  </form>
</dialog>`

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
