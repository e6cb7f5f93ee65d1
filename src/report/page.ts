// What pages have in common: a head that lets nothing be loaded, and tables.

import { createHash } from 'node:crypto'
import { html as markup, Markup } from './markup.js'

/** A source of a content security policy: exactly this script or style. */
export function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/**
 * Everything before the body.
 * @param policy - its style is named in it by `sourceOf`, which is of every byte between its tags
 */
export function pageHead(title: string, policy: string | Markup, style: string): Markup {
  const lines = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    markup`<meta http-equiv="Content-Security-Policy" content="${policy}">`.text,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    markup`<title>${title}</title>`.text,
    `<style>${style}</style>`,
    '</head>',
    ''
  ]
  return new Markup(lines.join('\n'))
}

/**
 * A whole document without scripts. Unless it has a policy of its own, its one style sheet is allowed by its digest: nothing
 * else is loaded or run.
 * @param style - CSS
 */
export function page(title: string, style: string, body: Markup, policy: string | Markup = policyFor(style)): string {
  return `${pageHead(title, policy, style).text}<body>\n${body.text}\n</body>\n</html>\n`
}

function policyFor(style: string): string {
  return `default-src 'none'; style-src ${sourceOf(style)}; base-uri 'none'; form-action 'none'`
}

export interface Column {
  readonly name: string
  readonly isNumber?: boolean
}

export interface TableParts {
  readonly caption?: string
  readonly columns: readonly Column[]
  /** `tr` elements. */
  readonly rows: readonly Markup[]
  readonly foot?: Markup
}

export function table({ caption, columns, rows, foot }: TableParts): Markup {
  const heads = columns.map(({ name, isNumber = false }) =>
    isNumber ? markup`<th scope="col" class="n">${name}</th>` : markup`<th scope="col">${name}</th>`
  )
  return markup`<table>
    ${caption === undefined ? '' : markup`<caption>${caption}</caption>`}
    <thead>
      <tr>
        ${heads}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
    ${foot === undefined ? '' : markup`<tfoot>${foot}</tfoot>`}
  </table> `
}
