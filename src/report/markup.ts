// Text into HTML and XML: whatever it holds, it stays text.

import { printable } from '../core/display.js'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}
/** What XML 1.0 cannot hold in any spelling, and halves of characters. */
const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** Text between tags or in a quoted attribute of XML; what XML cannot hold becomes U+FFFD. */
export function xmlText(text: string): string {
  return escaped(text.replace(NO_XML, '\ufffd')).replaceAll('\r', '&#13;')
}

/** False where `xmlText` changes the text. */
export function isXmlText(text: string): boolean {
  return text.search(NO_XML) === -1
}

/** Markup that was made here, as against text that was not. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = string | number | Markup | readonly Markup[]

/** A template of HTML: text that is put in is escaped, with control and direction characters made visible. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(template.reduce((text, piece, i) => text + htmlOf(parts[i - 1]) + piece))
}

function htmlOf(part: Part): string {
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('')
  return escaped(printable(String(part)))
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character])
}
