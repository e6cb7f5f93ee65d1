// The results files that a report or page is made from, and where it may be written.

import { ExhibitHashError } from '../core/errors.js'
import { shortNames } from '../core/short-names.js'
import { headOf, realPath } from '../files/index.js'
import { companionsOf, readHeader, refuseTwice, sha256OfFile } from '../results/index.js'
import type { ReportSource } from './writer.js'

export async function describeSources(paths: readonly string[], withDigests: boolean): Promise<ReportSource[]> {
  await refuseTwice(paths)
  const headers = await Promise.all(paths.map((path) => readHeader(path)))
  const files = shortNames(paths)
  const exhibits = headers.map(({ exhibit }) => exhibit)
  const sources: ReportSource[] = []
  for (const [i, path] of paths.entries()) {
    const exhibit = exhibits[i]
    const isAlone = exhibit !== undefined && exhibits.filter((other) => other === exhibit).length === 1
    const digest = withDigests ? { sha256: await sha256OfFile(path) } : {}
    sources.push({ path, name: isAlone ? exhibit : files[i], header: headers[i], ...digest })
  }
  return sources
}

/** A report is written over nothing but an earlier report: never over results and what lies beside them, a set or a key. */
export async function refuseOverwriting(out: string, results: readonly string[]): Promise<void> {
  await refuseKept(out, results)
  const head = (await headOf(out, HEAD_BYTES))?.toString('utf8') ?? ''
  if (head === '' || REPORT_HEADS.some((begin) => begin.test(head))) return
  throw usage(`${out} is there and is no report: name another, or remove it`, out)
}

/** @throws {ExhibitHashError} USAGE for one of the results, and for what lies beside them */
export async function refuseKept(out: string, results: readonly string[]): Promise<void> {
  const target = await realPath(out)
  for (const path of results.flatMap((each) => [each, ...Object.values(companionsOf(each))])) {
    if ((await realPath(path)) === target) throw usage(`${out} is read or kept: name another`, out)
  }
}

const HEAD_BYTES = 400
/** How reports of each format begin, and how what other programs write in it does not. */
const REPORT_HEADS = [
  /^<!doctype html>/,
  /^case,exhibit,results,seq,/,
  /^\{"type":"file",/,
  /^<\?xml[^]*<program>exhibit-hash<\/program>/,
  /^%%%% HASHDEEP-1\.0\n%%%% size,md5,sha1,sha256,filename\n##\n/,
  /^\{"@context":\{"kb":"urn:exhibit-hash:/
]

export function usage(message: string, path?: string): ExhibitHashError {
  return new ExhibitHashError('USAGE', message, { path })
}
