// Lines of CSV as RFC 4180 has them, of which a spreadsheet runs nothing.

export type Cell = string | number | boolean | null | undefined

/** A line with its end. Nothing is an empty cell. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`
}

/** A cell with what a writer puts before one that a spreadsheet would run as a formula. */
export const GUARDED = /^'+[=+\-@\t\r]/
/** What gets an apostrophe: a formula, and what would be taken for one that has its apostrophe already. */
const TO_GUARD = /^'*[=+\-@\t\r]/

/** Quoted where it must be, and with an apostrophe where a spreadsheet would run it as a formula. */
function cellText(value: Cell): string {
  const text = String(value ?? '')
  const safe = TO_GUARD.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
