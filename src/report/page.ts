// A page without scripts that loads nothing.

import { createHash } from 'node:crypto'
import { html as markup, type Markup } from './markup.js'

/**
 * A whole document whose one style sheet is allowed by its digest: nothing else is loaded or run.
 * @param style - CSS
 */
export function page(title: string, style: string, body: Markup): string {
  const digest = createHash('sha256').update(style, 'utf8').digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`
  return [
    '<!doctype html>',
    '<html lang="en-GB">',
    '<head>',
    '<meta charset="utf-8">',
    markup`<meta http-equiv="Content-Security-Policy" content="${policy}">`.text,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    markup`<title>${title}</title>`.text,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    body.text,
    '</body>',
    '</html>',
    ''
  ].join('\n')
}
