// The review page: a list of results, filtered and graded by keyboard. Text goes in as text, never as markup.

'use strict'

const data = JSON.parse(document.getElementById('data').textContent)
const ROW_HEIGHT = 28
const RELATIONS = ['identical', 'conflict', 'similar', 'known-good', 'no match']
const element = (id) => document.getElementById(id)
const list = element('list')
const state = { shown: [], current: -1, grades: new Map(), unsaved: 0 }

for (const [key, grade] of data.grades) state.grades.set(key, grade)

/** Rows by field: [source, seq, path, sizeBytes, format, modified, relation, matches, error, md5, sha256, isViewable]. */
const fields = (index) => {
  const [source, seq, path, sizeBytes, format, modified, relation, matches, error, md5, sha256, isViewable] =
    data.rows[index]
  return { source, seq, path, sizeBytes, format, modified, relation, matches, error, md5, sha256, isViewable }
}

/** Grades are of contents: every copy has the same one. */
const keyOf = ({ sha256, source, path }) => sha256 ?? JSON.stringify([source, path])

const gradeText = (code) => {
  const label = data.labels.find(([each]) => each === String(code))?.[1]
  return label === undefined ? `${code} = unmapped` : `${code} = ${label}`
}

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag)
  if (text !== undefined) made.textContent = text
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

/** A name of a megabyte would be laid out whole. */
const shortened = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text)

function say(text) {
  element('said').textContent = shortened(text, 1000)
}

// The list: only rows that can be seen are in the document.

function applyFilters() {
  const search = element('search').value.toLowerCase()
  const relation = element('relation').value
  const category = element('category').value
  const set = element('set').value
  const graded = element('graded').value
  state.shown = []
  for (let i = 0; i < data.rows.length; i++) {
    const row = fields(i)
    if (relation !== '' && String(row.relation) !== relation) continue
    if (category !== '' && !row.matches.some((match) => String(match[2]) === category)) continue
    if (set !== '' && !row.matches.some((match) => String(match[1]) === set)) continue
    if (graded !== '' && state.grades.has(keyOf(row)) !== (graded === 'yes')) continue
    if (search !== '' && !matchesSearch(row, search)) continue
    state.shown.push(i)
  }
  element('space').style.height = `${state.shown.length * ROW_HEIGHT}px`
  list.scrollTop = 0
  select(state.shown.length > 0 ? 0 : -1)
  element('shown').textContent =
    `${state.shown.length.toLocaleString('en-GB')} of ${data.rows.length.toLocaleString('en-GB')} files`
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
  const grade = state.grades.get(keyOf(row))
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
    make('span', row.error === null ? RELATIONS[row.relation] : row.error),
    make('span', shortened(row.path, 300)),
    make('span', strongest === undefined ? '' : shortened(categoryText(strongest), 300)),
    make('span', grade === undefined ? '' : `graded ${grade.category}`)
  ]
  made.append(...cells.flatMap((each) => [each, ' ']))
  made.addEventListener('click', () => select(place))
  return made
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
  if (row === null) {
    facts.replaceChildren(make('dd', 'No file is selected.'))
    return
  }
  const grade = state.grades.get(keyOf(row))
  const parts = [
    ['file', `${data.sources[row.source]}: ${shortened(row.path, 4000)}`],
    ['size', row.sizeBytes === null ? 'unknown' : `${row.sizeBytes.toLocaleString('en-GB')} bytes`],
    ['format', row.format ?? 'unknown'],
    ['last modified', row.modified ?? 'unknown'],
    ['MD5', row.md5 ?? 'unknown'],
    ['could not be processed', row.error],
    ['grade', grade === undefined ? 'none' : `${gradeText(grade.category)}, ${grade.gradedBy}, ${grade.gradedAt}`],
    ...row.matches.map((match) => [RELATIONS[match[0]], matchText(match)])
  ]
  facts.replaceChildren(
    ...parts.filter(([, text]) => text !== null).flatMap(([name, text]) => [make('dt', name), make('dd', text)])
  )
}

function matchText(match) {
  const [, set, , , how, mediaId, gradedBy] = match
  const said = [data.sets[set], categoryText(match), how, `MediaID ${mediaId ?? 'none'}`]
  return shortened([...said, ...(gradedBy === null ? [] : [`graded by ${gradedBy}`])].join('; '), 4000)
}

// Grading.

function grade(code) {
  const row = currentRow()
  const gradedBy = element('examiner').value.trim()
  if (row === null) return
  if (gradedBy === '') {
    say('Say first who grades.')
    element('examiner').focus()
    return
  }
  const made = { category: code, gradedBy, gradedAt: new Date().toISOString() }
  const named = row.sha256 === null ? { path: row.path } : { md5: row.md5, sha256: row.sha256 }
  state.grades.set(keyOf(row), { ...named, ...made })
  save({ ...named, ...made })
  say(`${row.path} graded ${gradeText(code)}`)
  if (state.current + 1 < state.shown.length) select(state.current + 1)
  else select(state.current)
}

function save(made) {
  if (!data.isServed) {
    state.unsaved++
    return
  }
  ask('grade', made).catch((error) => say(`The grade was not saved: ${error.message}`))
}

async function ask(what, body) {
  const response = await fetch(what, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body)
  })
  if (!response.ok) throw new Error(await response.text())
  return response
}

const COLUMNS = ['md5', 'sha256', 'path', 'category', 'gradedBy', 'gradedAt']

/** A cell that a spreadsheet runs as nothing. */
function cell(value) {
  const text = String(value ?? '')
  const safe = /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function exportGrades() {
  const rows = [...state.grades.values()].map((made) => COLUMNS.map((name) => cell(made[name])).join(','))
  const blob = new Blob([[COLUMNS.join(','), ...rows].join('\r\n'), '\r\n'], { type: 'text/csv' })
  const link = make('a', undefined, { href: URL.createObjectURL(blob), download: 'grades.csv' })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  state.unsaved = 0
  say(`${state.grades.size} grades exported`)
}

// Pictures, only from a server and only when asked for.

async function showBlurred() {
  const row = currentRow()
  if (row === null || !row.isViewable) return
  try {
    const { side, grey } = await (await ask('blurred', { row: row.index })).json()
    if (currentRow()?.index !== row.index) return
    const canvas = make('canvas', undefined, {
      width: side,
      height: side,
      role: 'img',
      'aria-label': 'blurred grey preview'
    })
    const pixels = new ImageData(side, side)
    for (let i = 0; i < side * side; i++) {
      pixels.data.set([grey[i], grey[i], grey[i], 255], i * 4)
    }
    canvas.getContext('2d').putImageData(pixels, 0, 0)
    element('picture').replaceChildren(canvas)
  } catch (error) {
    say(`No preview: ${error.message}`)
  }
}

function askForOriginal() {
  const row = currentRow()
  if (row === null || !row.isViewable) return
  element('ask-path').textContent = row.path
  element('ask').returnValue = ''
  element('ask').showModal()
}

async function showOriginal() {
  const row = currentRow()
  if (element('ask').returnValue !== 'show' || row === null) return
  try {
    const blob = await (await ask('original', { row: row.index, examiner: element('examiner').value.trim() })).blob()
    const image = make('img', undefined, { alt: 'original picture' })
    image.src = URL.createObjectURL(blob)
    image.addEventListener('load', () => URL.revokeObjectURL(image.src))
    element('picture').replaceChildren(image)
    say('The original is shown; this was written to the log.')
  } catch (error) {
    say(`The original cannot be shown: ${error.message}`)
  }
}

// Keys.

const MOVES = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity }

function onListKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (Object.hasOwn(MOVES, event.key)) {
    const place = Math.max(0, Math.min(state.shown.length - 1, state.current + MOVES[event.key]))
    if (state.shown.length > 0) select(place)
  } else if (/^[0-9]$/.test(event.key)) grade(Number(event.key))
  else if (event.key === 'b' && data.isServed) void showBlurred()
  else if (event.key === 'o' && data.isServed) askForOriginal()
  else return
  event.preventDefault()
}

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || /^(?:INPUT|SELECT)$/.test(event.target.tagName)) return
  event.preventDefault()
  element('search').focus()
})
list.addEventListener('keydown', onListKey)
list.addEventListener('scroll', () => requestAnimationFrame(draw))
for (const id of ['relation', 'category', 'set', 'graded']) element(id).addEventListener('change', applyFilters)
element('search').addEventListener('input', applyFilters)
element('filters').addEventListener('submit', (event) => event.preventDefault())
element('export').addEventListener('click', exportGrades)
element('blurred')?.addEventListener('click', () => void showBlurred())
element('original')?.addEventListener('click', askForOriginal)
element('ask')?.addEventListener('close', () => void showOriginal())
addEventListener('beforeunload', (event) => {
  if (state.unsaved > 0) event.preventDefault()
})
applyFilters()
