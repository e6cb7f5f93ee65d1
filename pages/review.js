// The review page: a list of results and what is known of each. Text goes in as text, never as markup.

'use strict'

/* global canBeGraded, showButtons, unsavedRow */
/* exported applyFilters, say, printable, currentRow, currentGrades, standingGrades */

const data = JSON.parse(document.getElementById('data').textContent)
const many = (name) =>
  [...document.querySelectorAll(`script.${name}`)].flatMap((script) => JSON.parse(script.textContent))
data.rows = many('rows')
const ROW_HEIGHT = 28
const RELATIONS = ['identical', 'conflict', 'similar', 'known-good', 'no match']
const element = (id) => document.getElementById(id)
const list = element('list')
/** Browsers draw nothing below some 17 million pixels. */
const MAX_LISTED = 500_000
/** Grades are the last words of all examiners on a content, by its key. */
const state = { shown: [], current: -1, grades: new Map(many('grades')) }

/** Rows by field, as `ReviewRow` has them. */
const fields = (index) => {
  const [source, seq, path, sizeBytes, format, modified, relation, matches, error, md5, sha256, isViewable, omitted] =
    data.rows[index]
  return { source, seq, path, sizeBytes, format, modified, relation, matches, error, md5, sha256, isViewable, omitted }
}

/** Grades are of contents: every copy has the same one. */
const keyOf = ({ sha256, source, seq }) => sha256 ?? `${source}/${seq}`
const currentGrades = (row) => state.grades.get(keyOf(row)) ?? []
const standingGrades = (row) => currentGrades(row).filter(({ category }) => category !== null)

const gradeText = (code) => {
  const label = data.labels.find(([each]) => each === String(code))?.[1]
  return label === undefined ? `${code} = unmapped` : `${code} = ${label}`
}

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag)
  if (text !== undefined) made.textContent = printable(text)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

/** Control and direction characters made visible: a name must not read as another. */
const printable = (text) =>
  text.replace(
    /(?!\n)[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  )

/** A name of a megabyte would be laid out whole. */
const shortened = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text)

function say(text) {
  element('said').textContent = printable(shortened(text, 1000))
}

// The list: only rows that can be seen are in the document.

function applyFilters() {
  const search = element('search').value.toLowerCase()
  const relation = element('relation').value
  const category = element('category').value
  const set = element('set').value
  const graded = element('graded').value
  const found = []
  for (let i = 0; i < data.rows.length; i++) {
    const row = fields(i)
    if (relation !== '' && String(row.relation) !== relation) continue
    if (category !== '' && !row.matches.some((match) => String(match[2]) === category)) continue
    if (set !== '' && !row.matches.some((match) => String(match[1]) === set)) continue
    if (graded !== '' && standingGrades(row).length > 0 !== (graded === 'yes')) continue
    if (search !== '' && !matchesSearch(row, search)) continue
    found.push(i)
  }
  state.shown = found.slice(0, MAX_LISTED)
  element('space').style.height = `${state.shown.length * ROW_HEIGHT}px`
  list.scrollTop = 0
  select(state.shown.length > 0 ? 0 : -1)
  const count = (number) => number.toLocaleString('en-GB')
  const more = found.length - state.shown.length
  element('shown').textContent =
    `${count(found.length)} of ${count(data.rows.length)} files` +
    (more > 0 ? `; the last ${count(more)} of them are not in the list: narrow the search` : '')
}

function matchesSearch({ path, md5, sha256 }, search) {
  return path.toLowerCase().includes(search) || md5?.startsWith(search) || sha256?.startsWith(search)
}

function draw() {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW_HEIGHT) - 5)
  const last = Math.min(state.shown.length, first + Math.ceil(list.clientHeight / ROW_HEIGHT) + 10)
  const rows = []
  for (let place = first; place < last; place++) rows.push(rowAt(place))
  // The current row stays in the document, so that a screen reader can be told of it.
  if (state.current >= 0 && (state.current < first || state.current >= last)) rows.push(rowAt(state.current))
  element('space').replaceChildren(...rows)
  if (state.current >= 0) list.setAttribute('aria-activedescendant', `row-${state.current}`)
  else list.removeAttribute('aria-activedescendant')
}

function rowAt(place) {
  const row = fields(state.shown[place])
  const made = make('div', undefined, {
    id: `row-${place}`,
    class: 'row',
    role: 'option',
    'aria-selected': String(place === state.current),
    'aria-setsize': String(state.shown.length),
    'aria-posinset': String(place + 1)
  })
  made.style.top = `${place * ROW_HEIGHT}px`
  const [strongest] = row.matches
  // Spaces between the cells, for whoever hears them as one name.
  const cells = [
    row.error === null ? RELATIONS[row.relation] : row.error,
    row.path,
    strongest === undefined ? '' : categoriesText(row.matches),
    gradeCell(row)
  ].map((text) => make('span', shortened(text, 300), { title: shortened(text, 1000) }))
  made.append(...cells.flatMap((each) => [each, ' ']))
  made.addEventListener('click', () => select(place))
  return made
}

function gradeCell(row) {
  const standing = standingGrades(row)
  const [before, unsaved] = [standing.length > 1 ? 'disputed' : 'graded', unsavedRow(row) ? 'not saved: ' : '']
  if (standing.length === 0) return unsaved === '' ? '' : 'not saved: withdrawn'
  return `${unsaved}${before} ${standing.map(({ category }) => gradeText(category)).join(' / ')}`
}

/** Every category that sets give it as strongly as any: where they differ, nobody should see one alone. */
function categoriesText(matches) {
  const strongest = matches.filter(([relation]) => relation === matches[0][0])
  const texts = [...new Set(strongest.map(categoryText))]
  return texts.length > 1 ? `sets differ: ${texts.join(' / ')}` : texts[0]
}

function categoryText([, , category, label]) {
  if (category === null) return 'no category'
  return label === null ? String(category) : `${category} = ${label}`
}

function select(place) {
  state.current = place
  if (place >= 0) {
    const top = place * ROW_HEIGHT
    if (top < list.scrollTop) list.scrollTop = top
    else if (top + ROW_HEIGHT > list.scrollTop + list.clientHeight)
      list.scrollTop = top + ROW_HEIGHT - list.clientHeight
  }
  draw()
  showDetail()
}

function currentRow() {
  return state.current < 0 ? null : { index: state.shown[state.current], ...fields(state.shown[state.current]) }
}

// The detail: facts first, and no picture before it is asked for.

function showDetail() {
  const row = currentRow()
  const facts = element('facts')
  element('picture').replaceChildren()
  for (const id of ['blurred', 'original']) {
    if (element(id) !== null) element(id).disabled = row === null || !row.isViewable
  }
  showButtons(row)
  if (row === null) {
    facts.replaceChildren(make('dd', 'No file is selected.'))
    return
  }
  const refusal = canBeGraded(row)
  const parts = [
    ['file', `${data.sources[row.source]}: ${pathText(row)}`],
    ['size', row.sizeBytes === null ? 'unknown' : `${row.sizeBytes.toLocaleString('en-GB')} bytes`],
    ['format', row.format ?? 'unknown'],
    ['last modified', row.modified ?? 'unknown'],
    ['MD5', row.md5 ?? 'unknown: no package for upload can have this file'],
    ['could not be processed', row.error],
    ['grade', refusal ?? gradesText(row)],
    ...row.matches.map((match) => [RELATIONS[match[0]], matchText(match)])
  ]
  facts.replaceChildren(
    ...parts.filter(([, text]) => text !== null).flatMap(([name, text]) => [make('dt', name), make('dd', text)])
  )
}

function pathText({ path, omitted }) {
  return omitted === 0 ? path : `${path} (${omitted.toLocaleString('en-GB')} more characters)`
}

function gradesText(row) {
  const texts = currentGrades(row).map(({ category, gradedBy, gradedAt }) => {
    const said = category === null ? 'withdrawn' : gradeText(category)
    return `${said}, ${gradedBy ?? 'nobody named'}, ${gradedAt ?? 'time unknown'}`
  })
  return texts.length === 0 ? 'none' : texts.join('; ')
}

function matchText(match) {
  const [, set, , , how, mediaId, gradedBy] = match
  const said = [data.sets[set], categoryText(match), how, `MediaID ${mediaId ?? 'none'}`]
  return shortened([...said, ...(gradedBy === null ? [] : [`graded by ${gradedBy}`])].join('; '), 4000)
}
