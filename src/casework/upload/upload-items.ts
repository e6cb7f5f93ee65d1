// A package as what is sent of it: the document of its case, and for each content one document and one file.

import { ExhibitHashError } from '../../core/errors.js'
import { hashValue, plainName, sizeValue, vicsMarker } from '../../formats/index.js'
import { storedFile } from '../package-check.js'
import {
  fieldIn,
  type JsonObject,
  packageFolder,
  type PackageMarker,
  type PackagePart,
  readPackage
} from '../package-reader.js'

/** One content. */
export interface UploadItem {
  readonly md5: string
  /** Its record, as it stands in the package; where several are of it, what all of them say. */
  readonly json: string
  readonly sizeBytes: number | undefined
  readonly file: { readonly path: string; readonly sizeBytes: number } | null
  /** Records of the package that it stands for, and the bytes of their files. */
  readonly records: number
  readonly bytes: number
}

type MediaPart = PackagePart & { readonly type: 'media' }

export class UploadItems {
  private constructor(
    private readonly document: string,
    private readonly signal: AbortSignal | undefined,
    private readonly marker: PackageMarker,
    private readonly facts: JsonObject,
    /** MD5s that more than one record has. */
    private readonly repeated: ReadonlySet<string>
  ) {}

  /** Reads a package through once: what holds for all of its records may stand behind them. */
  static async open(document: string, signal?: AbortSignal): Promise<UploadItems> {
    const [key, text] = vicsMarker('2.0', 'none', 'Cases')
    let marker: PackageMarker = { key, text }
    let facts: JsonObject = {}
    const seen = new Set<string>()
    const repeated = new Set<string>()
    for await (const part of readPackage(document, signal)) {
      if (part.type === 'case') facts = part.fields
      // Without a version nobody could tell how the records are spelt.
      else if (part.type === 'marker') marker = VERSION.test(part.marker.text) ? part.marker : marker
      else (seen.has(md5Of(part)) ? repeated : seen).add(md5Of(part))
    }
    return new UploadItems(document, signal, marker, facts, repeated)
  }

  /** Of the documents, as the package's marker has it. */
  get version(): string {
    return VERSION.exec(this.marker.text)![1]
  }

  caseDocument(caseId: string): string {
    return this.#documentOf('Cases', JSON.stringify({ ...this.facts, CaseID: caseId }))
  }

  mediaDocument({ json }: UploadItem): string {
    return this.#documentOf('Media', json)
  }

  /** The contents of the package, or those with these MD5s. Contents of several records come last. */
  async *read(only?: ReadonlySet<string>): AsyncGenerator<UploadItem, undefined> {
    const together = new Map<string, MediaPart[]>()
    for await (const part of readPackage(this.document, this.signal)) {
      if (part.type !== 'media') continue
      const md5 = md5Of(part)
      if (only?.has(md5) === false) continue
      const others = together.get(md5)
      if (!this.repeated.has(md5)) yield await this.#item([part])
      else if (others === undefined) together.set(md5, [part])
      else others.push(part)
    }
    for (const parts of together.values()) yield await this.#item(parts)
  }

  /** A document of one value under the marker of the package, which says what its codes mean. */
  #documentOf(content: 'Media' | 'Cases', value: string): string {
    const { key, text } = this.marker
    const marker = JSON.stringify({ [key]: `${text.split('#', 1)[0]}#${content}` })
    return `${marker.slice(0, -1)},"value":[${value}]}`
  }

  async #item(parts: readonly MediaPart[]): Promise<UploadItem> {
    const [{ json: own, fields: first }] = parts
    const fields = parts.length === 1 ? first : merged(parts)
    const files = []
    for (const part of parts) files.push(await this.#fileOf(part))
    return {
      md5: md5Of(parts[0]),
      json: parts.length === 1 ? own : JSON.stringify(fields),
      sizeBytes: sizeValue(fieldIn(fields, 'MediaSize')),
      file: files.find((file) => file !== null) ?? null,
      records: parts.length,
      bytes: files.reduce((sum, file) => sum + (file?.sizeBytes ?? 0), 0)
    }
  }

  async #fileOf(part: MediaPart): Promise<UploadItem['file']> {
    const relative = fieldIn(part.fields, 'RelativeFilePath')
    if (typeof relative !== 'string' || relative.trim() === '') return null
    const found = await storedFile(packageFolder(this.document), relative)
    if (typeof found !== 'string') return found
    throw new ExhibitHashError('FILE_CHANGED', `${this.document}: ${md5Of(part)}: the file has gone`)
  }
}

/** Both `…/2.0.xml/UK/$metadata#Cases` and `…/1.3.xml#Cases`. */
const VERSION = /\/(\d+\.\d+)\.xml\b/

function md5Of({ fields }: MediaPart): string {
  return hashValue('md5', fieldIn(fields, 'MD5'))!
}

/**
 * A server keeps one record of a content, and the second would be refused or take the first one's place: so the places of all
 * go together, and of the other fields what the first record says that says anything.
 */
function merged(parts: readonly MediaPart[]): JsonObject {
  const all = new Map<string, unknown>()
  const places: unknown[] = []
  for (const { fields } of parts) {
    for (const [key, value] of Object.entries(fields)) if (isEmpty(all.get(key))) all.set(key, value)
    const files = fieldIn(fields, 'MediaFiles')
    if (Array.isArray(files)) for (const file of files as unknown[]) places.push(file)
  }
  const key = [...all.keys()].find((each) => plainName(each) === 'mediafiles')
  if (key !== undefined) all.set(key, places)
  return Object.fromEntries(all)
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
