// Finds referral bundles in what was named: a folder or archive with one report in it, a report by itself, or a folder of
// such things. Names in an archive or a report are only names; nothing is unpacked, and nothing opened by them.

import type { Dirent } from 'node:fs'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../../core/errors.js'
import { readSmallFile, realPath, TemporaryFolder } from '../../files/index.js'
import { readArchiveDocuments } from '../../pipeline/index.js'
import { reportIn, reportOfList } from './report.js'
import type { ReferralProblem, ReferralReport } from './types.js'

export interface Bundle {
  /** As it was named, or found below what was named. */
  readonly path: string
  readonly report: ReferralReport
  /** Names of the report within the bundle, which is no item of it; none where the bundle is the report. */
  readonly reportNames: readonly string[]
  /** What is scanned; `null` where there is nothing but the report. */
  readonly contents: string | null
}

const MAX_REPORT_BYTES = 64 * 2 ** 20
const IS_DOCUMENT = /\.(?:json|xml)$/i
const IS_LIST = /\.csv$/i

/**
 * Bundles in the order in which they were named, by name within a folder. What cannot be read is a problem, and the
 * others are found all the same.
 * @throws {ExhibitHashError} INPUT_NOT_FOUND for a path that is not there
 */
export async function* findBundles(paths: readonly string[]): AsyncGenerator<Bundle | ReferralProblem> {
  const seen = new Set<string>()
  for await (const found of allBundles(paths)) {
    // What was named twice, or with the folder that it lies in, is one referral.
    const real = await realPath(found.path)
    if (seen.has(real)) continue
    seen.add(real)
    yield found
  }
}

async function* allBundles(paths: readonly string[]): AsyncGenerator<Bundle | ReferralProblem> {
  for (const path of paths) {
    const status = await stat(path).catch((error: unknown) => {
      throw new ExhibitHashError(readErrorCode(error), `${path}: cannot be read`, { path, cause: error })
    })
    if (status.isFile()) yield await orProblem(path, () => bundleOfFile(path))
    else if (status.isDirectory()) yield* bundlesInFolder(path)
    else yield problem(path, new ExhibitHashError('READ_FAILED', `${path}: neither a file nor a folder`, { path }))
  }
}

async function* bundlesInFolder(path: string): AsyncGenerator<Bundle | ReferralProblem> {
  const entries = await entriesOf(path)
  const folders = await foldersAmong(path, entries)
  // A folder whose report is broken is a referral, too.
  const isFolderOfBundles = [...folders.values()].some((found) => found !== null) || (await hasReports(path, entries))
  const own = isFolderOfBundles ? null : await orProblem(path, () => bundleOfFolder(path))
  if (own !== null) {
    yield own
    return
  }
  for (const entry of entries) {
    const below = join(path, entry.name)
    const found = folders.get(entry.name)
    if (found !== undefined) yield found ?? (await orProblem(below, () => noReportIn(below)))
    else if (entry.isFile()) yield await orProblem(below, () => bundleOfFile(below))
    // A link may lead anywhere, also out of what the agency sent.
    else yield problem(below, new ExhibitHashError('REFERRAL_INVALID', `${below}: neither a file nor a folder`))
  }
  if (entries.length === 0)
    yield problem(path, new ExhibitHashError('REFERRAL_INVALID', `${path}: has no referral in it`, { path }))
}

/** What lies in each folder of a folder: a bundle, one that cannot be read, or `null` where it is none. */
async function foldersAmong(
  path: string,
  entries: readonly Dirent[]
): Promise<Map<string, Bundle | ReferralProblem | null>> {
  const found = new Map<string, Bundle | ReferralProblem | null>()
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    found.set(name, await orProblem(join(path, name), () => bundleOfFolder(join(path, name))))
  }
  return found
}

/** True where several reports lie side by side. */
async function hasReports(path: string, entries: readonly Dirent[]): Promise<boolean> {
  const { found } = await reportsAmong(path, namesOfFiles(entries), () => null)
  return found.length > 1 && !isOneReport(found)
}

function namesOfFiles(entries: readonly Dirent[]): string[] {
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

async function entriesOf(path: string): Promise<Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw toExhibitHashError(error, readErrorCode(error), { path })
  })
  return entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
}

/** With what may have been meant for one. */
async function noReportIn(path: string): Promise<never> {
  const documents = namesOfFiles(await entriesOf(path)).filter((name) => IS_DOCUMENT.test(name) || IS_LIST.test(name))
  if (documents.length === 0) return noReport(path)
  const message = `${path}: has no report in it; ${documents.slice(0, 5).join(', ')} cannot be read as one, or have no reportId`
  throw new ExhibitHashError('REFERRAL_INVALID', message, { path })
}

function noReport(path: string): never {
  throw new ExhibitHashError('REFERRAL_INVALID', `${path}: has no report in it`, { path })
}

async function orProblem<T extends Bundle | null>(path: string, find: () => Promise<T>): Promise<T | ReferralProblem> {
  try {
    return await find()
  } catch (error) {
    const known = toExhibitHashError(error, 'INTERNAL')
    if (known.code === 'ABORTED' || known.code === 'INTERNAL') throw known
    return problem(path, known)
  }
}

function problem(path: string, { code, message }: ExhibitHashError): ReferralProblem {
  return { type: 'problem', path, code, message }
}

interface Found {
  readonly report: ReferralReport
  readonly name: string
}

/** `null` where no file directly in the folder is a report. */
async function bundleOfFolder(path: string): Promise<Bundle | null> {
  const names = namesOfFiles(await entriesOf(path))
  const { found, warnings } = await reportsAmong(path, names, (error) => {
    throw error
  })
  const lists = names.filter((each) => IS_LIST.test(each))
  if (found.length === 0 && lists.length === 1) {
    const file = join(path, lists[0])
    found.push({ report: await reportOfList(file, file, basename(resolve(path))), name: lists[0] })
  }
  return found.length === 0 ? null : { path, ...onlyOne(found, path, warnings), contents: resolve(path) }
}

async function reportsAmong(
  path: string,
  names: readonly string[],
  onFault: (error: unknown) => null
): Promise<{ readonly found: Found[]; readonly warnings: readonly string[] }> {
  const found: Found[] = []
  const warnings: string[] = []
  for (const name of names.filter((each) => IS_DOCUMENT.test(each))) {
    const file = join(path, name)
    if (((await stat(file).catch(() => null))?.size ?? 0) > MAX_REPORT_BYTES) {
      warnings.push(`${name}: is too large for a report, and was not looked into for one`)
      continue
    }
    const bytes = await readSmallFile(file, 'REFERRAL_INVALID', MAX_REPORT_BYTES).catch(onFault)
    const report = bytes === null ? null : await reportIn(bytes, name, file).catch(onFault)
    if (report !== null) found.push({ report, name })
  }
  return { found, warnings }
}

/** True of `report.json` and `report.xml` of one id: agencies send reports in both. */
function isOneReport(found: readonly Found[]): boolean {
  const stems = found.map(({ name, report }) => JSON.stringify([report.reportId, name.replace(IS_DOCUMENT, '')]))
  return new Set(stems).size === 1
}

/** The report of a bundle; of two forms of it the one that lists more. */
function onlyOne(
  found: readonly Found[],
  path: string,
  warnings: readonly string[]
): Pick<Bundle, 'report' | 'reportNames'> {
  const names = found.map(({ name }) => name)
  if (!isOneReport(found)) {
    const message = `${path}: has several reports: ${names.join(', ')}`
    throw new ExhibitHashError('REFERRAL_INVALID', message, { path })
  }
  const { report } = found.reduce((a, b) => (b.report.files.length > a.report.files.length ? b : a))
  return { report: { ...report, warnings: [...report.warnings, ...warnings] }, reportNames: names }
}

async function bundleOfFile(path: string): Promise<Bundle> {
  const name = basename(path)
  if (IS_DOCUMENT.test(name)) {
    const report = await reportIn(await readSmallFile(path, 'REFERRAL_INVALID', MAX_REPORT_BYTES), name, path)
    return { path, report: report ?? noReport(path), reportNames: [], contents: null }
  }
  if (IS_LIST.test(name)) {
    const report = await reportOfList(path, path, basename(name, extname(name)))
    return { path, report, reportNames: [], contents: null }
  }
  return bundleOfArchive(path)
}

async function bundleOfArchive(path: string): Promise<Bundle> {
  const documents = await readArchiveDocuments(path)
  if (documents === null) {
    throw new ExhibitHashError('REFERRAL_INVALID', `${path}: neither a report nor an archive`, { path })
  }
  const found: Found[] = []
  for (const { name, bytes } of documents.filter((each) => IS_DOCUMENT.test(each.name))) {
    const report = await reportIn(bytes, name, `${path}!${name}`)
    if (report !== null) found.push({ report, name })
  }
  const lists = documents.filter((each) => IS_LIST.test(each.name))
  if (found.length === 0 && lists.length === 1) {
    const [{ name, bytes }] = lists
    found.push({ report: await listInArchive(bytes, `${path}!${name}`, basename(path, extname(path))), name })
  }
  if (found.length === 0) noReport(path)
  return { path, ...onlyOne(found, path, []), contents: resolve(path) }
}

/** Readers of lists open paths; the name of the copy is ours, whatever the archive calls it. */
async function listInArchive(bytes: Uint8Array, shown: string, reportId: string): Promise<ReferralReport> {
  const folder = new TemporaryFolder(join(tmpdir(), 'exhibit-hash-referral'))
  try {
    const copy = `${await folder.newPath()}.csv`
    await folder.writing(() => writeFile(copy, bytes, { flag: 'wx', mode: 0o600 }))
    return await reportOfList(copy, shown, reportId)
  } finally {
    await folder.remove()
  }
}
