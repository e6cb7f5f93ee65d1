// Opens a hash-set source: recognises the format, refuses what may not be used, and hands out records in batches.

import { mayBeArchive } from '../archives/index.js'
import { ExhibitHashError } from '../core/errors.js'
import type { SetRecord } from '../core/set-record.js'
import { batchesOf, handOut } from './batches.js'
import { DEFAULT_CHUNK_BYTES, readChunks } from './byte-source.js'
import { readStart, recogniseFormat, type Start } from './detect.js'
import { placeInFile, toUtf8 } from './encoding.js'
import type { Format, FormatInput } from './format.js'
import { Packing } from './packing.js'
import { FORMAT_NAMES, FORMATS } from './registry.js'
import type { SourceOptions, SourceReader } from './source.js'
import { Tally } from './tally.js'

/** What only tests change. */
export interface Internals {
  /** Bytes of each next chunk. */
  readonly chunkBytes?: () => number
  /** Records of a packed batch. */
  readonly batchRecords?: number
  /** Packs without the scanner. */
  readonly isPortable?: boolean
}

/**
 * Opens a hash-set source of any format that is read here. Nothing stays open until `records()` is iterated.
 *
 * @example
 * const source = await openSource('caid-1.json')
 * for await (const batch of source.records()) for (const record of batch) console.log(record.hashes.md5)
 * console.log(source.report.counts)
 * @throws {ExhibitHashError} INPUT_NOT_FOUND, READ_FAILED, SOURCE_UNRECOGNISED, SOURCE_REFUSED, USAGE, ABORTED; the
 * iteration also SOURCE_MALFORMED, SOURCE_TRUNCATED, DIGEST_AMBIGUOUS, SQLITE_UNAVAILABLE
 */
export async function openSource(path: string, options: SourceOptions = {}): Promise<SourceReader> {
  return openSourceWith(path, options, {})
}

export async function openSourceWith(
  path: string,
  options: SourceOptions,
  internals: Internals
): Promise<SourceReader> {
  const named = formatByName(options.format)
  const start = await readStart(path, options.signal)
  const recognised = await recogniseFormat(start.head, options)
  const format = named ?? recognised
  if (format === undefined) {
    const what = mayBeArchive(start.head.bytes, NO_BYTES)
      ? 'is an archive or compressed: unpack it, and name the files in it'
      : `in none of the formats that are read here (${FORMAT_NAMES.join(', ')})`
    throw new ExhibitHashError('SOURCE_UNRECOGNISED', `${path}: ${what}`, { path, stage: 'read' })
  }
  // What the content is counts too, lest a format option opens the door.
  if (options.role === 'known-good' && [format, recognised].some((each) => each?.isOfIllegalMaterial)) {
    const message = `${path}: a ${format.name} set describes illegal material and is never known-good`
    throw new ExhibitHashError('SOURCE_REFUSED', message, { path, stage: 'read' })
  }
  return makeReader(path, start, format, options, internals)
}

const NO_BYTES = new Uint8Array(0)

function formatByName(name: string | undefined): Format | undefined {
  if (name === undefined) return undefined
  const format = FORMATS.find((each) => each.name === name)
  if (format !== undefined) return format
  throw new ExhibitHashError('USAGE', `format '${name}' is not one of ${FORMAT_NAMES.join(', ')}`)
}

function makeReader(
  path: string,
  { head, encoding }: Start,
  format: Format,
  options: SourceOptions,
  internals: Internals
): SourceReader {
  const tally = new Tally(format, options.asWithdrawals === true)
  const chunkOptions = {
    chunkBytes: internals.chunkBytes ?? (() => DEFAULT_CHUNK_BYTES),
    signal: options.signal,
    onProgress: options.onProgress
  }
  const input = (add: FormatInput['add'], packing: Packing | null): FormatInput => ({
    head,
    options,
    tally,
    packing,
    chunks: () => toUtf8(readChunks(path, chunkOptions), encoding),
    rawChunks: () => readChunks(path, chunkOptions),
    add,
    fault: (code, message, offset) => {
      const place = offset === undefined ? '' : ` at ${placeInFile(encoding, offset)}`
      return new ExhibitHashError(code, `${path}: ${message}${place}`, { path, stage: 'read' })
    }
  })
  const reading = (of: FormatInput) => ({ path, steps: format.read(of), tally, signal: options.signal })
  const usage = (message: string) => new ExhibitHashError('USAGE', `${path}: ${message}`, { path })
  const canPack = format.withdraws !== true && options.asWithdrawals !== true
  let isUsed = false
  const use = (): void => {
    if (isUsed) throw usage('records() or packed() can be iterated once')
    isUsed = true
  }
  return {
    report: tally,
    canPack,
    records() {
      use()
      const tray: SetRecord[] = []
      return handOut(reading(input((record) => void tray.push(record), null)), () => batchesOf(tray))
    },
    packed() {
      if (!canPack) throw usage(`records of format ${format.name} cannot be packed`)
      use()
      const packing = new Packing(internals.batchRecords, internals.isPortable)
      const add = (record: SetRecord): void => packing.add(record)
      return handOut(reading(input(add, packing)), (isEnd) => packing.batches(isEnd))
    }
  }
}
