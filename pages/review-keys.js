// Keys and buttons of the review page, and its start.

/* global applyFilters, askForOriginal, data, draw, element, exportGrades, gradeTyped, gradeWith, list, makeButtons */
/* global select, showBlurred, showOriginal, state, undo, withdraw */

const MOVES = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity }

function onListKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (Object.hasOwn(MOVES, event.key)) {
    const place = Math.max(0, Math.min(state.shown.length - 1, state.current + MOVES[event.key]))
    if (state.shown.length > 0) select(place)
  } else if (/^[0-9]$/.test(event.key)) {
    // A key that is held down grades one file.
    if (!event.repeat) void gradeWith(Number(event.key))
  } else if (event.key === 'g') element('grading').querySelector('button:enabled')?.focus()
  else if (event.key === 'w') withdraw()
  else if (event.key === 'u') undo()
  else if (event.key === 'b' && data.isServed) void showBlurred()
  else if (event.key === 'o' && data.isServed) askForOriginal()
  else return
  event.preventDefault()
}

document.addEventListener('keydown', (event) => {
  // Before anything has the focus, keys are the list's: its first row looks selected.
  if (event.target === document.body && event.key !== '/') return onListKey(event)
  if (event.key !== '/' || /^(?:INPUT|SELECT)$/.test(event.target.tagName)) return
  event.preventDefault()
  element('search').focus()
})
list.addEventListener('keydown', onListKey)
list.addEventListener('scroll', () => requestAnimationFrame(draw))
for (const id of ['relation', 'category', 'set', 'graded']) element(id).addEventListener('change', applyFilters)
element('search').addEventListener('input', applyFilters)
element('code').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return
  // The same key would answer the question that may come.
  event.preventDefault()
  gradeTyped()
})
element('grade-code').addEventListener('click', gradeTyped)
element('withdraw').addEventListener('click', withdraw)
element('filters').addEventListener('submit', (event) => event.preventDefault())
element('export').addEventListener('click', exportGrades)
element('blurred')?.addEventListener('click', () => void showBlurred())
element('original')?.addEventListener('click', askForOriginal)
element('ask')?.addEventListener('close', () => void showOriginal())
makeButtons()
applyFilters()
