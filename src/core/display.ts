// Names, counts and sizes as people read them, on a terminal or a page: nothing that a stranger chose is obeyed.

const UNSAFE = /(?!\n)[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * Control and direction characters made visible, but for line ends: names of files and sets come from suspects and
 * strangers, and a terminal obeys what it is shown.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A name on one line, whatever it holds. */
export function oneLine(name: string): string {
  return printable(name).replaceAll('\n', '\\u000a')
}

export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000
  return unit === 0 ? `${Math.round(bytes)} bytes` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`
}

/** `1 file`, `1,234 files` */
export function counted(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-GB')
}

/** A category with its label: the number alone says nothing, and the label alone hides the number. */
export function describeCategory(category: number | string | null, label: string | null): string {
  if (category === null) return 'no category'
  return label === null ? String(category) : `${category} = ${label}`
}
