// Reports in the style of NCMEC's CyberTipline, as JSON or the same in XML, and plain CSV of digests. The fields are those of
// reports as agencies hand them on (reportId, reportedInformation.reportingEsp.espName, uploadedFiles.uploadedFiles[]).

import { DIGEST_KINDS, HASH_BYTES, type DigestKind } from '../../core/hashes.js'
import { ExhibitHashError, toExhibitHashError } from '../../core/errors.js'
import { isHex } from '../../core/hex.js'
import { isPlainObject } from '../../core/plain-object.js'
import { openSource, readXmlDocument } from '../../formats/index.js'
import { RISKS, type ReferralReport, type ReportedFile } from './types.js'
import { isDay } from './worklist.js'

/** Longer texts are cut: a name is no place for a megabyte. */
const MAX_TEXT = 4096
const MAX_TAGS = 100
const MAX_PRIORITY = 40
const MAX_FILES = 1_000_000

/** The report that a document is; `null` where it is another document. */
export async function reportIn(bytes: Uint8Array, name: string, path: string): Promise<ReferralReport | null> {
  if (/\.json$/i.test(name)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      .toString('utf8')
      .replace(/^\ufeff/, '')
    try {
      return reportFrom(JSON.parse(text) as unknown, path)
    } catch (cause) {
      if (cause instanceof ExhibitHashError) throw cause
      // Other JSON may be anything; what calls itself a report must be one.
      if (!/"reportId"/i.test(text)) return null
      throw new ExhibitHashError('REFERRAL_INVALID', `${path}: not JSON`, { path, cause })
    }
  }
  try {
    return reportFrom(await readXmlDocument(bytes, path), path)
  } catch (cause) {
    const known = toExhibitHashError(cause, 'INTERNAL')
    const isReport = Buffer.from(bytes.subarray(0, 65_536)).toString('latin1').toLowerCase().includes('reportid')
    if (known.code === 'REFERRAL_INVALID') throw known
    if (!isReport) return null
    throw new ExhibitHashError('REFERRAL_INVALID', known.message, { path, cause })
  }
}

/**
 * Digests of a CSV, or any list that hash sets come in, as a report.
 * @param reportId - nothing in the list says it
 * @throws {ExhibitHashError} REFERRAL_INVALID
 */
export async function reportOfList(path: string, shown: string, reportId: string): Promise<ReferralReport> {
  const files: ReportedFile[] = []
  try {
    const reader = await openSource(path)
    for await (const batch of reader.records()) {
      for (const { hashes, mediaId } of batch) {
        const kind = [...DIGEST_KINDS].reverse().find((each) => hashes[each] !== undefined)
        if (kind === undefined) continue
        files.push({
          name: mediaId,
          originalName: null,
          digest: { kind, hex: hashes[kind]! },
          viewedByEsp: null,
          tags: []
        })
      }
      checkCount(files.length, shown)
    }
    const { rejected } = reader.report.counts
    const warnings = rejected === 0 ? [] : [`${rejected} rows have no digest`]
    return { reportId, agency: null, received: null, risk: null, priority: null, dueBy: null, files, warnings }
  } catch (cause) {
    const { message } = toExhibitHashError(cause, 'INTERNAL')
    throw new ExhibitHashError('REFERRAL_INVALID', message.replaceAll(path, shown), { path: shown, cause })
  }
}

type Fields = Readonly<Record<string, unknown>>

/** A field by its name in any case: XML and JSON of these reports differ in no more. */
function field(value: unknown, ...names: readonly string[]): unknown {
  let at: unknown = value
  for (const name of names) {
    if (Array.isArray(at)) at = at[0]
    if (!isPlainObject(at)) return undefined
    const fields: Fields = at
    const key = Object.keys(fields).find((each) => each.toLowerCase() === name.toLowerCase())
    at = key === undefined ? undefined : fields[key]
  }
  return at
}

function reportFrom(document: unknown, path: string): ReferralReport | null {
  const inner = field(document, 'report')
  const report = field(document, 'reportId') === undefined && inner !== undefined ? inner : document
  const id = field(report, 'reportId')
  if (id === undefined) return null
  const reportId = textOf(id)
  if (reportId === null) throw new ExhibitHashError('REFERRAL_INVALID', `${path}: 'reportId' is no text`, { path })
  const warnings: string[] = []
  const information = field(report, 'reportedInformation') ?? report
  const risk = oneOf(field(report, 'risk'), RISKS, 'risk', warnings)
  return {
    reportId,
    agency: textOf(field(information, 'reportingEsp', 'espName')),
    received: timeOf(field(report, 'dateReceived') ?? field(report, 'received'), 'dateReceived', warnings),
    risk,
    priority: textOf(field(report, 'priorityLevel') ?? field(report, 'priority'))?.slice(0, MAX_PRIORITY) ?? null,
    dueBy: timeOf(field(report, 'dueBy'), 'dueBy', warnings)?.slice(0, 10) ?? null,
    files: filesOf(information, path, warnings),
    warnings
  }
}

function filesOf(information: unknown, path: string, warnings: string[]): ReportedFile[] {
  const outer = field(information, 'uploadedFiles')
  const inner = field(outer, 'uploadedFiles') ?? field(outer, 'uploadedFile') ?? outer
  if (inner === undefined || inner === null || inner === '') return []
  const list: readonly unknown[] = Array.isArray(inner) ? inner : [inner]
  checkCount(list.length, path)
  return list.flatMap((one, i) => {
    if (isPlainObject(one)) return [reportedFile(one, i, warnings)]
    warnings.push(`uploaded file ${i + 1} is no object`)
    return []
  })
}

function checkCount(files: number, path: string): void {
  if (files <= MAX_FILES) return
  throw new ExhibitHashError('REFERRAL_INVALID', `${path}: lists more than ${MAX_FILES} files`, { path })
}

function reportedFile(one: Fields, i: number, warnings: string[]): ReportedFile {
  const hash = textOf(field(one, 'verificationHash'))
  const digest = hash === null ? null : digestOf(hash)
  if (hash !== null && digest === null) warnings.push(`uploaded file ${i + 1}: its verificationHash is no digest`)
  const viewed = String(textOf(field(one, 'viewedByEsp')) ?? field(one, 'viewedByEsp')).toLowerCase()
  return {
    name: textOf(field(one, 'filename')),
    originalName: textOf(field(one, 'originalFilename')),
    digest,
    viewedByEsp: viewed === 'true' ? true : viewed === 'false' ? false : null,
    tags: tagsIn(field(one, 'ncmecTags'))
  }
}

/** MD5, SHA-1 or SHA-256, told by the length. */
function digestOf(hex: string): ReportedFile['digest'] {
  const kind: DigestKind | undefined = DIGEST_KINDS.find((each) => isHex(hex, HASH_BYTES[each]))
  return kind === undefined ? null : { kind, hex: hex.toLowerCase() }
}

/** Tags come as texts, lists, or groups of either. */
function tagsIn(value: unknown, depth = 6): string[] {
  if (depth === 0 || value === undefined || value === null) return []
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim().slice(0, MAX_TEXT)]
  const parts: readonly unknown[] = Array.isArray(value) ? value : isPlainObject(value) ? Object.values(value) : []
  const tags: string[] = []
  for (const part of parts) {
    if (tags.length >= MAX_TAGS) break
    tags.push(...tagsIn(part, depth - 1))
  }
  return tags.slice(0, MAX_TAGS)
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value !== 'string' || value.trim() === '') return null
  return value.trim().slice(0, MAX_TEXT)
}

function timeOf(value: unknown, name: string, warnings: string[]): string | null {
  const text = textOf(value)
  if (text === null) return null
  const [, day, clock = '', zone] = /^(\d{4}-\d{2}-\d{2})(?:T([\d:.]+)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text) ?? []
  // Of a time without a zone nobody can say which moment it was; its day is what counts here, wherever this runs.
  const time = Date.parse(zone === undefined ? `${day}T00:00:00Z` : `${day}T${clock}${zone}`)
  const isClock = zone !== undefined || clock === '' || !Number.isNaN(Date.parse(`${day}T${clock}Z`))
  if (isDay(day) && isClock && !Number.isNaN(time) && isOfOurTime(day)) return new Date(time).toISOString()
  warnings.push(`'${name}' is no date: ${text.slice(0, 40)}`)
  return null
}

/** Years that no report is of come of typing errors, and would put a referral first or last for ever. */
function isOfOurTime(day: string): boolean {
  return day >= '1990' && day < '2100'
}

function oneOf<T extends string>(value: unknown, known: readonly T[], name: string, warnings: string[]): T | null {
  const text = textOf(value)
  if (text === null) return null
  const found = known.find((each) => each === text.toLowerCase())
  if (found === undefined) warnings.push(`'${name}' is none of ${known.join(', ')}: ${text.slice(0, 40)}`)
  return found ?? null
}
