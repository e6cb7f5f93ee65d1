// A package written: the case as one document, or in a folder with the files that were graded.

import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ExhibitHashError } from '../../core/errors.js'
import { headOf, realPath, removeLeftovers, temporaryName, writing, writingText } from '../../files/index.js'
import { canBeCopied, copyMedia, MEDIA_FOLDER, storedName } from './media-copies.js'
import { caseDocument, type CaseFacts, type GradedMedia, type VicsVersion } from './vics-case.js'

/** With the place from where its file is copied, where there is one. */
export function stored(media: GradedMedia, roots: readonly string[]): GradedMedia {
  if (roots.length === 0) return media
  const place = media.places.find(({ record, source }) => canBeCopied(record, roots[source]))
  if (place === undefined) return media
  return { ...media, stored: `${MEDIA_FOLDER}\\${storedName(place.record.digests!.md5)}`, copiedFrom: place }
}

export interface PackageWriting {
  readonly signal?: AbortSignal
  /** Called with files copied of files in all. */
  readonly onProgress?: (done: number, total: number) => void
}

const PACKAGE_HEAD = /^\{"@?odata\.(?:context|metadata)":/

/** A package is written over nothing but another one, and never over one that says what went before. */
export async function refuseOverwriting(
  out: string,
  { since = [], withFiles }: { readonly since?: readonly string[] | undefined; readonly withFiles: boolean }
): Promise<void> {
  const target = await realPath(out)
  for (const path of since) {
    if ((await realPath(path)) === target) throw usage(`${out}: says what went before: name another file`, out)
  }
  if (!withFiles && (await namesIn(out)) !== null) {
    throw usage(`${out}: is a folder: name a file, or the folders that were scanned (--files)`, out)
  }
  const head = (await headOf(out, 32))?.toString('utf8')
  if (head !== undefined && !PACKAGE_HEAD.test(head)) throw usage(`${out}: is there and no package: name another`, out)
}

/** `null` where there is no folder. */
function namesIn(folder: string): Promise<string[] | null> {
  return readdir(folder).catch(() => null)
}

export async function writePackage(
  out: string,
  sent: readonly GradedMedia[],
  { roots, facts, ...kind }: { facts: CaseFacts; version: VicsVersion; profileId: string; roots: readonly string[] },
  { signal, onProgress }: PackageWriting
): Promise<void> {
  const write = (target: string): Promise<void> =>
    writingText({ out: target }, async (put) => {
      for (const piece of caseDocument(facts, sent, kind)) await put(piece)
    })
  if (roots.length === 0) {
    await write(out)
    return
  }
  await inFolder(out, async (folder) => {
    const copies = sent.flatMap(({ copiedFrom }) => copiedFrom ?? [])
    for (const [i, { record, source }] of copies.entries()) {
      await copyMedia(record, roots[source], folder, signal)
      onProgress?.(i + 1, copies.length)
    }
    await write(join(folder, 'case.json'))
  })
}

/** A folder that has its name only when all is in it. */
async function inFolder(out: string, work: (folder: string) => Promise<void>): Promise<void> {
  const target = resolve(out)
  const there = await namesIn(target)
  if (there !== null && there.length > 0) throw usage(`${out}: is there and not empty: name another folder`, out)
  await removeLeftovers(target)
  const folder = temporaryName(target)
  try {
    await writing(target, async () => {
      await mkdir(dirname(target), { recursive: true })
      await mkdir(folder, { mode: 0o700 })
    })
    await work(folder)
    await writing(target, () => rename(folder, target))
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

function usage(message: string, path: string): ExhibitHashError {
  return new ExhibitHashError('USAGE', message, { path })
}
