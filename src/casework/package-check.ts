// Is a case package what it says: its records readable, its files there and unchanged, its counts right? Of any tool's package.

import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { categoryValue, hashValue, sizeValue } from '../formats/index.js'
import { DigestStream } from '../digest/index.js'
import {
  fieldIn,
  type JsonObject,
  packageDocument,
  packageFolder,
  type PackagePart,
  readPackage
} from './package-reader.js'
import { GUID } from './grading/vics-case.js'

export type PackageFindingCode =
  | 'CASE_MISSING'
  | 'CASE_ID_INVALID'
  | 'CASE_NUMBER_MISSING'
  | 'MD5_INVALID'
  | 'MD5_TWICE'
  | 'MD5_CONTRADICTS'
  | 'CATEGORY_MISSING'
  | 'PATH_ESCAPES'
  | 'MEDIA_MISSING'
  | 'MEDIA_CHANGED'
  | 'COUNT_DIFFERS'

export interface PackageFinding {
  readonly code: PackageFindingCode
  /** Number of the Media record, from 1; `null` for the case. */
  readonly record: number | null
  readonly message: string
}

export interface PackageCheck {
  readonly path: string
  /** True where nothing stands in the way of an upload. */
  readonly sound: boolean
  readonly cases: number
  readonly caseId: string | null
  readonly caseNumber: string | null
  /** Marker of the document, which names version and profile; `null` where it has none. */
  readonly marker: string | null
  readonly media: number
  readonly places: number
  /** Records with a stored file, and their bytes. */
  readonly files: number
  readonly bytes: number
  /** Findings by code; `findings` lists the first thousand of each. */
  readonly counts: Readonly<Record<string, number>>
  readonly findings: readonly PackageFinding[]
}

export interface PackageOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (records: number, bytes: number) => void
}

/** Of each code, so that many harmless ones leave room for the one that matters. */
const MAX_FINDINGS = 1000
/** What another exporter may mean otherwise (TotalMediaFiles), leave out, or say in several records. */
const TOLERATED: ReadonlySet<string> = new Set<PackageFindingCode>([
  ...(['COUNT_DIFFERS', 'CATEGORY_MISSING', 'CASE_NUMBER_MISSING', 'MD5_TWICE'] as const)
])

/** The first finding that stands in the way of an upload. */
export function firstBlocking({ findings }: PackageCheck): PackageFinding | undefined {
  return findings.find(({ code }) => !TOLERATED.has(code))
}

/**
 * Checks a package: a VICS document, or the folder that one lies in.
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, ABORTED; PACKAGE_INVALID where the document cannot be read to its end
 */
export async function checkPackage(path: string, options: PackageOptions = {}): Promise<PackageCheck> {
  const document = await packageDocument(path)
  const check = new Checking(document, options)
  for await (const part of readPackage(document, options.signal)) await check.take(part)
  return check.finish()
}

/** A stored file of a package: where it is, and `null` where its path leads elsewhere or it is not there. */
export async function storedFile(
  folder: string,
  relativePath: string
): Promise<{ readonly path: string; readonly sizeBytes: number } | 'escapes' | 'missing'> {
  const root = resolve(folder)
  const name = relativePath.replaceAll('\\', '/').replace(/^\.\//, '')
  const path = resolve(root, name)
  if (name.startsWith('/') || /^[a-z]:/i.test(name) || !path.startsWith(join(root, sep))) return 'escapes'
  const found = await realpath(path).catch(() => null)
  if (found === null) return 'missing'
  const base = await realpath(root)
  // A link out of the package would send what its maker does not have.
  if (!found.startsWith(join(base, sep))) return 'escapes'
  const status = await stat(found).catch(() => null)
  return status?.isFile() === true ? { path: found, sizeBytes: status.size } : 'missing'
}

class Checking {
  readonly #findings: PackageFinding[] = []
  readonly #counts: Record<string, number> = {}
  /** MD5 → the first record that has it. */
  readonly #seen = new Map<string, { readonly category: number | string | null; readonly position: number }>()
  #marker: string | null = null
  #cases: JsonObject[] = []
  #isOpen = false
  #media = 0
  #places = 0
  #files = 0
  #bytes = 0

  constructor(
    private readonly document: string,
    private readonly options: PackageOptions
  ) {}

  async take(part: PackagePart): Promise<void> {
    if (part.type === 'marker') this.#marker = part.marker.text
    else if (part.type === 'case') this.#takeCase(part)
    else await this.#takeMedia(part)
  }

  #takeCase({ fields, isWhole }: PackagePart & { type: 'case' }): void {
    // The beginning of a case and the whole of it are one.
    if (this.#isOpen) this.#cases.pop()
    this.#cases.push(fields)
    this.#isOpen = !isWhole
  }

  async #takeMedia({ fields, position }: PackagePart & { type: 'media' }): Promise<void> {
    this.#media++
    const files = fieldIn(fields, 'MediaFiles')
    this.#places += Array.isArray(files) ? files.length : 0
    const category = categoryValue(fieldIn(fields, 'Category')) ?? null
    if (category === null) this.#find('CATEGORY_MISSING', position, 'has no category')
    const md5 = hashValue('md5', fieldIn(fields, 'MD5'))
    if (md5 === undefined) this.#find('MD5_INVALID', position, 'MD5 is missing or no MD5')
    else this.#checkRepeated(md5, category, position)
    await this.#checkFile(fields, position, md5)
    this.options.onProgress?.(this.#media, this.#bytes)
  }

  /** Several records may be of one content, but a server keeps one category of it. */
  #checkRepeated(md5: string, category: number | string | null, position: number): void {
    const first = this.#seen.get(md5)
    if (first === undefined) this.#seen.set(md5, { category, position })
    else if (first.category === category) {
      this.#find('MD5_TWICE', position, `${md5} is the MD5 of record ${first.position} too`)
    } else {
      const other = `record ${first.position} of this MD5 has category ${first.category ?? 'none'}`
      this.#find('MD5_CONTRADICTS', position, `${md5}: category ${category ?? 'none'}, and ${other}`)
    }
  }

  finish(): PackageCheck {
    const [first] = this.#cases
    this.#cases.forEach((fields) => this.#checkCase(fields))
    if (first === undefined) this.#find('CASE_MISSING', null, 'the document is a hash set, not a case')
    const total = sizeValue(first === undefined ? undefined : fieldIn(first, 'TotalMediaFiles'))
    if (this.#cases.length === 1 && total !== undefined && total !== this.#media && total !== this.#places) {
      const message = `TotalMediaFiles is ${total}: there are ${this.#media} records of ${this.#places} files`
      this.#find('COUNT_DIFFERS', null, message)
    }
    return {
      path: this.document,
      sound: Object.keys(this.#counts).every((code) => TOLERATED.has(code)),
      cases: this.#cases.length,
      caseId: textOf(first, 'CaseID'),
      caseNumber: textOf(first, 'CaseNumber'),
      marker: this.#marker,
      media: this.#media,
      places: this.#places,
      files: this.#files,
      bytes: this.#bytes,
      counts: this.#counts,
      findings: this.#findings
    }
  }

  #checkCase(fields: JsonObject): void {
    const id = textOf(fields, 'CaseID')
    if (id === null || !GUID.test(id)) this.#find('CASE_ID_INVALID', null, 'CaseID is missing or no GUID')
    if (textOf(fields, 'CaseNumber') === null) this.#find('CASE_NUMBER_MISSING', null, 'CaseNumber is missing')
  }

  async #checkFile(fields: JsonObject, position: number, md5: string | undefined): Promise<void> {
    const relative = fieldIn(fields, 'RelativeFilePath')
    if (typeof relative !== 'string' || relative.trim() === '') return
    const found = await storedFile(packageFolder(this.document), relative)
    if (found === 'escapes') {
      this.#find('PATH_ESCAPES', position, `RelativeFilePath leads out of the package: ${shown(relative)}`)
    } else if (found === 'missing') {
      this.#find('MEDIA_MISSING', position, `there is no file ${shown(relative)}`)
    } else {
      this.#files++
      this.#bytes += found.sizeBytes
      const digest = new DigestStream()
      const { signal } = this.options
      const input = createReadStream(found.path, { highWaterMark: 1 << 20, ...(signal && { signal }) })
      for await (const chunk of input as AsyncIterable<Buffer>) digest.update(chunk)
      if (digest.finish().md5 !== md5) this.#find('MEDIA_CHANGED', position, `${shown(relative)} has another MD5`)
    }
  }

  #find(code: PackageFindingCode, record: number | null, message: string): void {
    const count = (this.#counts[code] ?? 0) + 1
    this.#counts[code] = count
    if (count <= MAX_FINDINGS) this.#findings.push({ code, record, message })
  }
}

function textOf(fields: JsonObject | undefined, name: string): string | null {
  const value = fields === undefined ? undefined : fieldIn(fields, name)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

function shown(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}
