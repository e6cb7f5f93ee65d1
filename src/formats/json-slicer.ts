// Cuts a JSON document of any size into its records, without holding it.

import type { ErrorCode } from '../core/errors.js'
import { ByteWindow } from './byte-window.js'
import { firstJsonFault } from './json-check.js'
import {
  CLOSE_LIST,
  COMMA,
  ENDS_LITERAL,
  IS_PADDING,
  IS_SPACE,
  JsonScan,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE
} from './json-scan.js'
import { RunGuesser } from './json-runs.js'
import type { SliceHandler, SlicerOptions } from './slice-handler.js'

/** Elements are handed over together, so that one call of JSON.parse serves them all: at most so many, or so long. */
const MAX_GROUP = 256
const MAX_GROUP_BYTES = 96 * 1024
/** Longest number, true, false or null. */
const MAX_LITERAL_BYTES = 400
/** Lists of one element that are descended into. More are a repeated key, and each costs a look at all before it. */
const MAX_DESCENTS = 8

/** A list in progress. */
interface OpenList {
  readonly level: number
  expects: 'element or end' | 'element' | 'comma or end'
}

/** An element in progress, with its pieces before the lists that were descended into. */
interface OpenElement {
  readonly level: number
  readonly pieces: Buffer[]
}

const NULL = Buffer.from('null')
const OBJECT_END = Buffer.from('}')

/** Feed it bytes: it calls the handler with what they complete, and throws the handler's errors. */
export class JsonSlicer {
  readonly #options: SlicerOptions
  readonly #handler: SliceHandler
  readonly #window = new ByteWindow()
  readonly #scan: JsonScan
  readonly #open: (OpenList | OpenElement)[] = []
  #isDone = false
  // The elements to be handed over:
  #starts: number[] = []
  #ends: number[] = []
  #groupLevel = 0
  readonly #guesser = new RunGuesser()

  constructor(options: SlicerOptions, handler: SliceHandler) {
    this.#options = options
    this.#handler = handler
    this.#scan = new JsonScan(options.maxDepth)
  }

  /** Takes a chunk. False where the handler wants a pause: then `work` goes on. */
  feed(chunk: Uint8Array): boolean {
    this.#scan.move(this.#window.append(chunk))
    return this.work()
  }

  /** Goes on with what has been fed; false where the handler wants a pause again. */
  work(): boolean {
    while (this.#window.at < this.#window.to && this.#handler.mustPause !== true) {
      if (!this.#step()) break
    }
    this.#flush()
    if (this.#handler.mustPause === true) return false
    this.#checkSize()
    return true
  }

  /** Takes the end of the document, which must be here. */
  end(): void {
    if (this.#isDone) return
    const end = this.#window.to
    if (this.#open.length === 0) throw this.#fault('SOURCE_UNRECOGNISED', 'no JSON document', end)
    this.#throwIfBroken(end)
    throw this.#fault('SOURCE_TRUNCATED', 'the JSON document ends in the middle', end)
  }

  /** One step; false where it needs more bytes. */
  #step(): boolean {
    const top = this.#open.at(-1)
    if (top === undefined) return this.#isDone ? this.#stepAfter() : this.#stepBefore()
    return 'expects' in top ? this.#stepList(top) : this.#stepElement(top)
  }

  /** Lets go of spaces; false where nothing follows them yet. */
  #skip(isSpace: Uint8Array): boolean {
    const window = this.#window
    while (window.at < window.to && isSpace[window.bytes[window.at]] === 1) window.at++
    window.from = window.at
    return window.at < window.to
  }

  #stepBefore(): boolean {
    if (!this.#skip(IS_SPACE)) return false
    const byte = this.#window.bytes[this.#window.at]
    if (byte === OPEN_OBJECT) this.#beginElement(0)
    else if (byte === OPEN_LIST) this.#beginList(1)
    else throw this.#fault('SOURCE_UNRECOGNISED', 'no JSON document', this.#window.at)
    return true
  }

  /** After the document, recovered files have padding. */
  #stepAfter(): boolean {
    if (!this.#skip(IS_PADDING)) return false
    throw this.#fault('SOURCE_MALFORMED', 'data after the end of the JSON document', this.#window.at)
  }

  #stepList(list: OpenList): boolean {
    if (!this.#skip(IS_SPACE)) return false
    const window = this.#window
    const byte = window.bytes[window.at]
    if (byte === CLOSE_LIST && list.expects !== 'element') {
      this.#endList()
    } else if (list.expects === 'comma or end') {
      if (byte !== COMMA) throw this.#fault('SOURCE_MALFORMED', 'no comma and no end of the list', window.at)
      list.expects = 'element'
      window.at++
    } else if (byte === OPEN_OBJECT && this.#takeRun(list)) {
      list.expects = 'comma or end'
    } else if (byte === QUOTE || byte === OPEN_OBJECT || byte === OPEN_LIST) {
      this.#beginElement(list.level)
    } else {
      return this.#takeLiteral(list)
    }
    return true
  }

  #stepElement(element: OpenElement): boolean {
    const window = this.#window
    const stop = this.#scan.run(window, this.#options.descend[element.level])
    if (stop === 'ended') this.#endElement(element)
    else if (stop === 'list') this.#descend(element)
    else if (stop !== 'starved') {
      this.#throwIfBroken(window.at + 1)
      const reason = stop === 'mismatch' ? 'a bracket closes another kind' : 'brackets are nested too deep'
      throw this.#fault('SOURCE_MALFORMED', reason, window.at)
    }
    return stop !== 'starved'
  }

  /** Takes many elements unscanned, where they are what they seem. */
  #takeRun(list: OpenList): boolean {
    const window = this.#window
    const way = this.#handler.packed?.next() ?? 'run'
    if (way === 'element') return false
    if (way === 'packed') return this.#takePacked()
    const guess = this.#guesser.runEnd(window.bytes, window.at, window.to)
    if (guess < 0) return false
    this.#flush()
    const end = this.#handler.run(window.bytes, window.at, guess, list.level)
    const isRight = end > window.at
    this.#guesser.learn(isRight)
    window.at = window.from = end
    return isRight
  }

  /** Takes elements by their bytes; false where the first is not for that. */
  #takePacked(): boolean {
    const window = this.#window
    // What was collected comes before.
    this.#flush()
    const end = this.#handler.packed?.take(window.bytes, window.at, window.to) ?? window.at
    const isTaken = end > window.at
    window.at = window.from = end
    return isTaken
  }

  #beginList(level: number): void {
    this.#open.push({ level, expects: 'element or end' })
    this.#window.at++
    this.#window.from = this.#window.at
  }

  #endList(): void {
    this.#flush()
    this.#open.pop()
    this.#window.at++
    this.#goOn()
  }

  #beginElement(level: number): void {
    const window = this.#window
    window.from = window.at
    this.#open.push({ level, pieces: [] })
    this.#scan.begin()
  }

  #endElement(element: OpenElement): void {
    const window = this.#window
    this.#open.pop()
    if (element.pieces.length === 0) {
      this.#collect(element.level)
    } else {
      this.#flush()
      const json = Buffer.concat([...element.pieces, window.bytes.subarray(window.from, window.at)])
      this.#handler.surroundings(json, element.level, window.base + window.at, true)
    }
    this.#goOn()
  }

  /** A number or word in place of a record: the handler will see that it is none. */
  #takeLiteral(list: OpenList): boolean {
    const window = this.#window
    let end = window.at
    while (end < window.to && ENDS_LITERAL[window.bytes[end]] === 0) end++
    if (end === window.at) throw this.#fault('SOURCE_MALFORMED', 'a comma without a record', end)
    if (end - window.at > MAX_LITERAL_BYTES) throw this.#fault('SOURCE_MALFORMED', 'no JSON value', window.at)
    if (end === window.to) return false
    window.at = end
    this.#collect(list.level)
    list.expects = 'comma or end'
    return true
  }

  /** Continues in what surrounds an element or list that has ended. */
  #goOn(): void {
    const window = this.#window
    window.from = window.at
    const top = this.#open.at(-1)
    if (top === undefined) this.#isDone = true
    else if ('expects' in top) top.expects = 'comma or end'
    else {
      this.#flush()
      this.#scan.resumeObject(window.at)
    }
  }

  /** Leaves the element to be continued, and begins what stands at the key: a list, or one object in its place. */
  #descend(element: OpenElement): void {
    const window = this.#window
    this.#flush()
    if (element.pieces.length >= 2 * MAX_DESCENTS) {
      throw this.#fault('SOURCE_MALFORMED', 'a key is repeated too often', window.at)
    }
    element.pieces.push(Buffer.from(window.bytes.subarray(window.from, window.at)), NULL)
    const end = window.base + window.at + NULL.length + OBJECT_END.length
    this.#handler.surroundings(Buffer.concat([...element.pieces, OBJECT_END]), element.level, end, false)
    if (window.bytes[window.at] === OPEN_LIST) this.#beginList(element.level + 1)
    else this.#beginElement(element.level + 1)
  }

  #collect(level: number): void {
    const window = this.#window
    this.#groupLevel = level
    this.#starts.push(window.from)
    this.#ends.push(window.at)
    if (this.#starts.length >= MAX_GROUP || window.at - this.#starts[0] >= MAX_GROUP_BYTES) this.#flush()
  }

  #flush(): void {
    const starts = this.#starts
    const ends = this.#ends
    if (starts.length === 0) return
    this.#starts = []
    this.#ends = []
    this.#handler.elements(this.#window.bytes, starts, ends, this.#groupLevel, this.#window.base)
  }

  /** Bytes of the element in progress, with the pieces before. */
  #unfinished(to: number): Buffer[] {
    const top = this.#open.at(-1)
    const rest = this.#window.bytes.subarray(this.#window.from, to)
    return top === undefined || 'expects' in top ? [] : [...top.pieces, rest]
  }

  #checkSize(): void {
    const limit = this.#options.maxElementBytes
    const bytes = this.#unfinished(this.#window.to).reduce((sum, piece) => sum + piece.length, 0)
    if (bytes <= limit) return
    this.#throwIfBroken(this.#window.to)
    throw this.#fault('SOURCE_MALFORMED', `a record is longer than ${limit} bytes`, this.#window.from)
  }

  /** A syntax error in the element in progress is a fault of its own, wherever it was noticed. */
  #throwIfBroken(to: number): void {
    const json = Buffer.concat(this.#unfinished(to))
    const at = firstJsonFault(json)
    if (at < 0) return
    const offset = to - (json.length - at)
    throw this.#fault('SOURCE_MALFORMED', 'no valid JSON', offset)
  }

  /** What was collected comes before the fault, and may have one of its own. */
  #fault(code: ErrorCode, reason: string, at: number): Error {
    this.#flush()
    return this.#handler.fault(code, reason, this.#window.base + at)
  }
}
