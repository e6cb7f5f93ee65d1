// Grading on the review page: by keys and buttons, taken back, kept by the server or exported.

/* global currentGrades, currentRow, data, element, gradeText, keyOf, make, select, standingGrades, state */
/* global draw, printable, say, shortened */
/* exported canBeGraded, exportGrades, gradeTyped, gradeWith, makeButtons, showButtons, undo, unsavedRow, withdraw */

/** More codes than that are typed. */
const MAX_BUTTONS = 40
const RETRY_MS = 3000

/**
 * `unsaved` counts what a page without a server was not asked to export; `queue` has what its server has not taken; `done` is
 * what can be undone; `accepted` are codes that no profile lists and that were confirmed once.
 */
const grading = { unsaved: 0, queue: [], isSending: false, done: [], accepted: new Set() }

const examinerName = () => element('examiner').value.trim()

function nameMissing(text) {
  if (examinerName() !== '') return false
  say(text)
  element('examiner').focus()
  return true
}

/** Why a file cannot be graded here; `null` where it can. */
function canBeGraded({ sha256, omitted, source }) {
  if (sha256 !== null) return null
  if (omitted > 0) return 'cannot be graded here: it has no digests, and its name is too long to say which file it is'
  return data.exhibits[source] === null
    ? 'cannot be graded here: it has no digests, and its results have no exhibit of their own that would say which file it is'
    : null
}

function makeButtons() {
  const buttons = data.labels.slice(0, MAX_BUTTONS).map(([code]) => {
    const button = make('button', shortened(gradeText(code), 200), { type: 'button' })
    button.addEventListener('click', () => void gradeWith(codeOf(code)))
    return button
  })
  element('codes').replaceChildren(...buttons)
}

function showButtons(row) {
  const isOpen = row !== null && canBeGraded(row) === null
  for (const button of element('grading').querySelectorAll('button')) button.disabled = !isOpen
  element('withdraw').disabled = row === null || standingGrades(row).length === 0
}

/** As `grade` reads codes: whole numbers are numbers. */
function codeOf(text) {
  const number = Number(text)
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(number) ? number : text
}

function gradeTyped() {
  const text = element('code').value.trim()
  if (text === '') say('Type a code first.')
  else void gradeWith(codeOf(text))
}

async function gradeWith(category) {
  const row = currentRow()
  if (row === null || nameMissing('Say first who grades.')) return
  const gradedBy = examinerName()
  const refusal = canBeGraded(row)
  if (refusal !== null) {
    say(`${row.path} ${refusal}`)
    return
  }
  const doubts = doubtsOf(row, category, gradedBy)
  if (doubts.length > 0 && !(await confirmed(`${row.path}: ${gradeText(category)}. ${doubts.join(' ')}`))) {
    say(`${row.path} was not graded`)
    return
  }
  if (data.labels.length === 0) grading.accepted.add(category)
  record(row, { category }, gradedBy)
  say(`${row.path} graded ${gradeText(category)}`)
  select(Math.min(state.current + 1, state.shown.length - 1))
}

function doubtsOf(row, category, gradedBy) {
  const doubts = []
  const isListed = data.labels.some(([code]) => code === String(category))
  if (!isListed && !grading.accepted.has(category)) doubts.push(`Profile ${data.profile} does not list this code.`)
  const differs = (other) => other.gradedBy !== gradedBy && String(other.category) !== String(category)
  const others = standingGrades(row).filter(differs)
  for (const other of others) {
    doubts.push(
      `${other.gradedBy ?? 'Somebody'} graded it ${gradeText(other.category)}: no package can be made while both grades stand.`
    )
  }
  return doubts
}

function confirmed(text) {
  const dialog = element('doubt')
  if (dialog.open) return Promise.resolve(false)
  element('doubt-text').textContent = printable(shortened(text, 1000))
  dialog.returnValue = 'no'
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true })
  })
}

function withdraw() {
  const row = currentRow()
  if (row === null || nameMissing('Say first who withdraws.')) return
  const gradedBy = examinerName()
  if (!standingGrades(row).some((grade) => grade.gradedBy === gradedBy)) {
    say(`${gradedBy} has no grade of ${row.path} to withdraw: only who made one can.`)
    return
  }
  record(row, { withdrawn: true }, gradedBy)
  say(`The grade of ${row.path} is withdrawn`)
  select(state.current)
}

/** Goes back to the file that was graded last, and to what its grade was before. */
function undo() {
  const last = grading.done.pop()
  if (last === undefined) {
    say('There is nothing to undo.')
    return
  }
  const { row, before, gradedBy } = last
  const said = before === undefined || before.category === null ? { withdrawn: true } : { category: before.category }
  record(row, said, gradedBy)
  grading.done.pop()
  say(`${row.path}: ${said.withdrawn ? 'the grade is withdrawn' : `graded ${gradeText(said.category)} as before`}`)
  const place = state.shown.indexOf(row.index)
  select(place < 0 ? state.current : place)
}

/** What else the same examiner said of the file, as tags, stays with it. */
function record(row, said, gradedBy) {
  const before = currentGrades(row).find((grade) => grade.gradedBy === gradedBy)
  const others = currentGrades(row).filter((grade) => grade.gradedBy !== gradedBy)
  const gradedAt = timeAfter(before?.gradedAt)
  const made = { ...before, ...nameOf(row), category: null, withdrawn: undefined, ...said, gradedBy, gradedAt }
  state.grades.set(keyOf(row), [...others, made])
  grading.done.push({ row, before, gradedBy })
  if (!data.isServed) grading.unsaved++
  else grading.queue.push({ key: keyOf(row), hasFailed: false, body: { row: row.index, ...said, gradedBy, gradedAt } })
  showUnsaved()
  void sendQueue()
}

function nameOf({ md5, sha256, path, source }) {
  if (sha256 !== null) return { md5, sha256 }
  const exhibit = data.exhibits[source]
  return exhibit === '' ? { path } : { path, exhibit }
}

/** Of two grades the later one counts, also where a clock was set back. */
function timeAfter(before) {
  const earlier = Date.parse(before ?? '')
  return new Date(Math.max(Date.now(), Number.isNaN(earlier) ? 0 : earlier + 1)).toISOString()
}

// Keeping: nothing is taken for saved before the server has said so.

const unsavedCount = () => grading.unsaved + grading.queue.length

function unsavedRow(row) {
  const key = keyOf(row)
  return grading.queue.some((entry) => entry.hasFailed && entry.key === key)
}

function showUnsaved() {
  const failed = grading.queue.filter(({ hasFailed }) => hasFailed).length
  const texts = [
    [grading.unsaved, 'not exported yet'],
    [failed, 'not saved: tried again every few seconds; keep this page open, or export']
  ]
  element('unsaved').textContent = texts
    .filter(([count]) => count > 0)
    .map(([count, text]) => `${count} ${count === 1 ? 'grade is' : 'grades are'} ${text}.`)
    .join(' ')
}

/** One after the other, all of them again where some failed. */
async function sendQueue() {
  if (grading.isSending) return
  grading.isSending = true
  let problem = null
  for (let at = 0; at < grading.queue.length;) {
    try {
      await ask('grade', grading.queue[at].body)
      grading.queue.splice(at, 1)
    } catch (error) {
      if (!grading.queue[at].hasFailed) problem = error
      grading.queue[at++].hasFailed = true
    }
  }
  grading.isSending = false
  if (problem !== null) say(`A grade was not saved: ${problem.message}`)
  showUnsaved()
  draw()
  if (grading.queue.length > 0) setTimeout(() => void sendQueue(), RETRY_MS)
}

async function ask(what, body) {
  const response = await fetch(what, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body)
  }).catch(() => {
    throw new Error('the server of this page does not answer: is review --serve still running?')
  })
  if (!response.ok) throw new Error(await response.text())
  return response
}

// Export.

const COLUMNS = ['md5', 'sha256', 'path', 'exhibit', 'category', 'withdrawn', 'gradedBy', 'gradedAt']

/** A cell that a spreadsheet runs as nothing. */
function cell(value) {
  const text = String(value ?? '')
  const safe = /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Also what only earlier grades have, as tags. */
function exportGrades() {
  const grades = [...state.grades.values()].flat()
  const columns = [...new Set([...COLUMNS, ...grades.flatMap(Object.keys)])]
  const rows = grades.map((made) => columns.map((name) => cell(made[name])).join(','))
  const blob = new Blob([[columns.join(','), ...rows].join('\r\n'), '\r\n'], { type: 'text/csv' })
  const link = make('a', undefined, { href: URL.createObjectURL(blob), download: 'grades.csv' })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  grading.unsaved = 0
  showUnsaved()
  say(`${grades.length} grades exported`)
}

addEventListener('beforeunload', (event) => {
  if (unsavedCount() > 0) event.preventDefault()
})
