// XML as a stream of elements (saxes), without document types and with no entities but the five that XML has.

import { SaxesParser } from 'saxes'
import type { ErrorCode } from '../core/errors.js'
import type { Head } from './format.js'

/** Elements within elements; those of hash sets are a handful deep. */
const MAX_DEPTH = 64
/** Characters between two events: one element's text, tag or comment. */
const MAX_QUIET = 8 * 1024 * 1024
/** Characters of an element's text that are kept. */
const MAX_TEXT = 1024 * 1024
/** Faults that a tolerant format lets pass. */
const MAX_TOLERATED = 1000

/** Control characters, and entities that XML does not have: tools write names of files as they are. */
const TOLERABLE = /^(?:disallowed character|undefined entity)$/
/** An `&` that begins no entity; and one at the end, of which that cannot be said yet. */
const STRAY = /&(?!(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{0,31});)/gi
const UNDECIDED = /&[#a-z0-9]{0,32}$/i
const END_FAULT = /^(?:unclosed tag|unexpected end|document must contain a root element)/

/** What a document is read from: the input of a format, or less. */
export interface XmlInput {
  readonly tally: { readonly counts: { readonly records: number } }
  chunks(): AsyncIterable<Uint8Array>
  fault(code: ErrorCode, message: string): Error
}

export type Attributes = Readonly<Record<string, string>>

/** Names come without their prefix and in lower case. The root has depth 1. */
export interface XmlHandler {
  open(name: string, attributes: Attributes, depth: number): void
  /** `text` is that since the last tag, which is all of it in an element without others. */
  close(name: string, text: string, depth: number): void
  /** Called for a fault that is let pass; where this is missing, none is. */
  tolerate?(reason: string): void
}

/** What stands before the root: declarations, comments, a document type. */
const BEFORE_ROOT = /^\s*(?:<\?(?:[^?]|\?(?!>))*\?>|<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE(?:[^[\]>]|\[[^\]]*\])*>)/i
const ROOT = /^\s*<(?:[\w.-]+:)?([\w.-]+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)/

/** Name of the root in lower case and the text of its attributes; `null` where the beginning is no XML. */
export function xmlRoot({ text }: Head): { name: string; attributes: string } | null {
  let rest = text
  for (let before = BEFORE_ROOT.exec(rest); before !== null; before = BEFORE_ROOT.exec(rest)) {
    rest = rest.slice(before[0].length)
  }
  const root = ROOT.exec(rest)
  return root === null ? null : { name: root[1].toLowerCase(), attributes: root[2] }
}

/**
 * Reads a document to its end. The handler adds records.
 * @throws SOURCE_MALFORMED for what breaks the rules, a document type or undefined entity among it; SOURCE_TRUNCATED
 */
export async function* readXml(input: XmlInput, handler: XmlHandler): AsyncGenerator<void> {
  const reader = new XmlReader(input, handler)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const chunk of input.chunks()) {
    reader.feed(decoder.decode(chunk, { stream: true }))
    yield
  }
  reader.end()
}

class XmlReader {
  readonly #input: XmlInput
  readonly #handler: XmlHandler
  readonly #parser = new SaxesParser({ xmlns: false })
  readonly #isTolerant: boolean
  /** The end of what has come, where it may be the beginning of an entity. */
  #undecided = ''
  #depth = 0
  #text = ''
  /** NULs that may be padding after the end. */
  #nuls = 0
  #quiet = 0
  #tolerated = 0
  #isEnding = false

  constructor(input: XmlInput, handler: XmlHandler) {
    this.#input = input
    this.#handler = handler
    this.#isTolerant = handler.tolerate !== undefined
    const parser = this.#parser
    parser.on('doctype', () => {
      throw this.#fault('SOURCE_MALFORMED', 'a document type is declared, which no hash set needs')
    })
    parser.on('error', (error) => this.#takeError(error))
    parser.on('text', (text) => this.#takeText(text))
    parser.on('cdata', (text) => this.#takeText(text))
    parser.on('comment', () => (this.#quiet = 0))
    parser.on('opentag', ({ name, attributes }) => {
      this.#quiet = 0
      this.#text = ''
      if (++this.#depth > MAX_DEPTH) throw this.#fault('SOURCE_MALFORMED', 'elements are nested too deep')
      handler.open(localName(name), attributes, this.#depth)
    })
    parser.on('closetag', ({ name }) => {
      this.#quiet = 0
      handler.close(localName(name), this.#text, this.#depth--)
      this.#text = ''
    })
  }

  feed(chunk: string): void {
    let end = chunk.length
    while (end > 0 && chunk.charCodeAt(end - 1) === 0) end--
    if (end > 0) {
      if (this.#nuls > 0) this.#parser.write('\0')
      this.#nuls = 0
      this.#quiet += end
      const text = end === chunk.length ? chunk : chunk.slice(0, end)
      this.#parser.write(this.#isTolerant ? this.#withoutStray(text) : text)
      if (this.#quiet > MAX_QUIET) throw this.#fault('SOURCE_MALFORMED', 'an element is too long')
    }
    this.#nuls += chunk.length - end
  }

  end(): void {
    this.#isEnding = true
    this.#parser.write(this.#undecided)
    this.#parser.close()
  }

  /** In CDATA it was right, and becomes wrong: what is there is paths, which nobody reads. */
  #withoutStray(text: string): string {
    const whole = this.#undecided + text
    this.#undecided = UNDECIDED.exec(whole)?.[0] ?? ''
    const decided = this.#undecided === '' ? whole : whole.slice(0, -this.#undecided.length)
    return decided.replace(STRAY, '&amp;')
  }

  #takeText(text: string): void {
    this.#quiet = 0
    if (this.#text.length < MAX_TEXT) this.#text += text
  }

  #takeError(error: Error): void {
    // `line:column: reason: what stands there`, of which the last may be confidential.
    const reason = error.message.replace(/^(?:\d+:\d+: )?/, '').replace(/[.:].*$/s, '')
    if (this.#isEnding || END_FAULT.test(reason)) {
      throw this.#fault('SOURCE_TRUNCATED', 'the XML document ends in the middle')
    }
    if (this.#handler.tolerate === undefined || !TOLERABLE.test(reason) || ++this.#tolerated > MAX_TOLERATED) {
      throw this.#fault('SOURCE_MALFORMED', `no valid XML (${reason})`)
    }
    this.#handler.tolerate(reason)
  }

  #fault(code: 'SOURCE_MALFORMED' | 'SOURCE_TRUNCATED', reason: string): Error {
    const record = this.#input.tally.counts.records + 1
    return this.#input.fault(code, `${reason}, at record ${record}, line ${this.#parser.line}`)
  }
}

/** Names of elements met: a document has few, and each of them a million times. */
const localNames = new Map<string, string>()

function localName(name: string): string {
  let local = localNames.get(name)
  if (local === undefined) {
    local = name.slice(name.indexOf(':') + 1).toLowerCase()
    if (localNames.size < 1000 && name.length < 100) localNames.set(name, local)
  }
  return local
}
