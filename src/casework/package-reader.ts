// Reads a case package, whoever wrote it: a VICS document of any version, in a folder or by itself, streaming, with every field kept.

import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import { headOf } from '../files/index.js'
import {
  DEFAULT_CHUNK_BYTES,
  JsonSlicer,
  plainName,
  readChunks,
  type SliceHandler,
  tellEncoding,
  toUtf8
} from '../formats/index.js'

export type JsonObject = Readonly<Record<string, unknown>>

/** Which version and profile a document has: what its codes mean, and how its records are spelt. */
export interface PackageMarker {
  readonly key: string
  readonly text: string
}

export type PackagePart =
  /** Once or more, wherever it stands in the document. */
  | { readonly type: 'marker'; readonly marker: PackageMarker }
  /** The facts of a case without its media; comes before its media as far as it stands before them, and whole after them. */
  | { readonly type: 'case'; readonly fields: JsonObject; readonly isWhole: boolean }
  /** A Media record as it stands, number `position` from 1. */
  | { readonly type: 'media'; readonly fields: JsonObject; readonly json: string; readonly position: number }

const LISTS = [new Set(['value', 'cases', 'media']), new Set(['media'])]
const MARKER_KEY = /^@?odata\.(?:context|metadata)$/i
const LIMITS = { descend: LISTS, maxDepth: 64, maxElementBytes: 64 * 1024 * 1024 }

/** The document of a package: the file itself, or the one JSON file in a folder. */
export async function packageDocument(path: string): Promise<string> {
  const status = await stat(path).catch((cause: unknown) => {
    throw toExhibitHashError(cause, readErrorCode(cause), { path })
  })
  if (!status.isDirectory()) return path
  const documents = (await readdir(path)).filter((name) => /\.json$/i.test(name))
  if (documents.length === 1) return join(path, documents[0])
  const which = documents.length === 0 ? 'holds no JSON document' : `holds ${documents.length} JSON documents: name one`
  throw new ExhibitHashError('PACKAGE_INVALID', `${path}: ${which}`, { path })
}

/** Folder that `RelativeFilePath` is relative to. */
export function packageFolder(document: string): string {
  return dirname(document)
}

/**
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, ABORTED; PACKAGE_INVALID naming the byte where the document is broken
 */
export async function* readPackage(document: string, signal?: AbortSignal): AsyncGenerator<PackagePart> {
  const head = (await headOf(document, 8192)) ?? new Uint8Array()
  const chunks = toUtf8(readChunks(document, { chunkBytes: () => DEFAULT_CHUNK_BYTES, signal }), tellEncoding(head))
  const parts = new PartCollector(document)
  const slicer = new JsonSlicer(LIMITS, parts)
  for await (const chunk of chunks) {
    slicer.feed(chunk)
    yield* parts.take()
  }
  slicer.end()
  yield* parts.take()
  if (!parts.isRecognised) throw parts.fault('PACKAGE_INVALID', 'JSON, but no case in it', 0)
}

class PartCollector implements SliceHandler {
  isRecognised = false
  #parts: PackagePart[] = []
  #position = 0
  #isInCase = false

  constructor(private readonly path: string) {}

  take(): PackagePart[] {
    const parts = this.#parts
    this.#parts = []
    return parts
  }

  /** Never in runs: each record is wanted as it stands. */
  run(_bytes: Buffer, from: number): number {
    return from
  }

  elements(bytes: Buffer, starts: readonly number[], ends: readonly number[], level: number, offset: number): void {
    for (const [i, start] of starts.entries()) {
      const json = bytes.toString('utf8', start, ends[i])
      const fields = this.#parse(json, offset + start)
      if (!isPlainObject(fields)) throw this.fault('PACKAGE_INVALID', 'a record is no object', offset + start)
      this.#takeElement(fields, json, level)
    }
  }

  surroundings(json: Buffer, level: number, end: number): void {
    const fields = this.#parse(json.toString('utf8'), end - json.length)
    this.isRecognised = true
    if (!isPlainObject(fields)) return
    if (level === 0) this.#takeMarker(fields)
    if (level !== 1) return
    // It is told before its media, and once more after them. A key that is repeated makes two cases, which nobody sends.
    this.#isInCase = !this.#isInCase
    this.#parts.push({ type: 'case', fields: withoutMedia(fields), isWhole: !this.#isInCase })
  }

  fault(_code: string, reason: string, offset: number): ExhibitHashError {
    return new ExhibitHashError('PACKAGE_INVALID', `${this.path}: ${reason}, at byte ${offset}`, {
      path: this.path,
      stage: 'read'
    })
  }

  #takeMarker(fields: JsonObject): void {
    for (const [key, text] of Object.entries(fields)) {
      if (MARKER_KEY.test(key) && typeof text === 'string') this.#parts.push({ type: 'marker', marker: { key, text } })
    }
  }

  #takeElement(fields: JsonObject, json: string, level: number): void {
    const names = new Set(Object.keys(fields).map(plainName))
    if (level > 0 && (names.has('md5') || names.has('mediaid'))) {
      this.isRecognised = true
      this.#parts.push({ type: 'media', fields, json, position: ++this.#position })
    } else if (names.has('caseid') || names.has('casenumber')) {
      this.isRecognised = true
      this.#parts.push({ type: 'case', fields: withoutMedia(fields), isWhole: true })
    } else if (level > 0) {
      this.#parts.push({ type: 'media', fields, json, position: ++this.#position })
    }
  }

  #parse(json: string, offset: number): unknown {
    try {
      return JSON.parse(json) as unknown
    } catch {
      throw this.fault('PACKAGE_INVALID', 'no valid JSON', offset)
    }
  }
}

function withoutMedia(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key.toLowerCase() !== 'media'))
}

/** A field of a record or case by its VICS name, however it is spelt. */
export function fieldIn(fields: JsonObject, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name]
  const plain = plainName(name)
  const key = Object.keys(fields).find((each) => plainName(each) === plain)
  return key === undefined ? undefined : fields[key]
}
