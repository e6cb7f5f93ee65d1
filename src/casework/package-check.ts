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
import { GUID } from './vics-case.js'

export type PackageFindingCode =
  | 'CASE_MISSING'
  | 'CASE_ID_INVALID'
  | 'CASE_NUMBER_MISSING'
  | 'MD5_INVALID'
  | 'MD5_TWICE'
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
  readonly media: number
  readonly places: number
  /** Records with a stored file, and their bytes. */
  readonly files: number
  readonly bytes: number
  /** Findings by code; `findings` lists the first thousand. */
  readonly counts: Readonly<Record<string, number>>
  readonly findings: readonly PackageFinding[]
}

export interface PackageOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (records: number, bytes: number) => void
}

const MAX_FINDINGS = 1000
/** What another exporter may mean otherwise (VICS.md: TotalMediaFiles), or leave out. */
const TOLERATED = new Set<PackageFindingCode>(['COUNT_DIFFERS', 'CATEGORY_MISSING', 'CASE_NUMBER_MISSING'])

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
  readonly #seen = new Set<string>()
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
    if (part.type === 'case') {
      // The beginning of a case and the whole of it are one.
      if (this.#isOpen) this.#cases.pop()
      this.#cases.push(part.fields)
      this.#isOpen = !part.isWhole
      return
    }
    this.#media++
    const { fields, position } = part
    const files = fieldIn(fields, 'MediaFiles')
    this.#places += Array.isArray(files) ? files.length : 0
    const md5 = hashValue('md5', fieldIn(fields, 'MD5'))
    if (md5 === undefined) this.#find('MD5_INVALID', position, 'MD5 is missing or no MD5')
    else if (this.#seen.has(md5)) this.#find('MD5_TWICE', position, `${md5} is the MD5 of an earlier record too`)
    else this.#seen.add(md5)
    if (categoryValue(fieldIn(fields, 'Category')) === null) this.#find('CATEGORY_MISSING', position, 'has no category')
    await this.#checkFile(fields, position, md5)
    this.options.onProgress?.(this.#media, this.#bytes)
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
      sound: Object.keys(this.#counts).every((code) => TOLERATED.has(code as PackageFindingCode)),
      cases: this.#cases.length,
      caseId: textOf(first, 'CaseID'),
      caseNumber: textOf(first, 'CaseNumber'),
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
    this.#counts[code] = (this.#counts[code] ?? 0) + 1
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push({ code, record, message })
  }
}

function textOf(fields: JsonObject | undefined, name: string): string | null {
  const value = fields === undefined ? undefined : fieldIn(fields, name)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

function shown(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}
