// Keyed manifests: the contents of an exhibit as HMACs, for where hashes may not be handed out. Who has the key, and the
// file or its SHA-256, can ask whether it is in there; who has no key learns how many there are, and which of them stand in
// another manifest of the same key.
//
// Lines: a header in JSON; the HMAC-SHA-256 of each content's SHA-256, in hex, sorted, each once; an end in JSON with their
// number and an HMAC over all that is before it.

import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { ExhibitHashError, readErrorCode, toExhibitHashError } from '../../core/errors.js'
import { HASH_BYTES } from '../../core/hashes.js'
import { hexToBytes, isHex } from '../../core/hex.js'
import { isPlainObject } from '../../core/plain-object.js'
import { headOf, readSmallFile, writeAtomically, writingText } from '../../files/index.js'
import { cutLines, DigestItems, EarlierResults } from '../../results/index.js'
import { labelsOf } from './corroborate.js'
import { isShareable } from './shareable.js'

const TYPE = 'keyed-manifest'
const VERSION = 1
const KEY_BYTES = 32
/** What is authenticated begins with what it is, so that no value of one kind is one of another. */
const PURPOSE = {
  token: 'exhibit-hash content 1\n',
  key: 'exhibit-hash key 1\n',
  manifest: 'exhibit-hash manifest 1\n'
}
const HEAD = `{"type":"${TYPE}"`

export interface ManifestLabels {
  readonly organisation?: string
  readonly case?: string
  readonly exhibit?: string
}

export interface KeyedManifestReport extends ManifestLabels {
  readonly path: string
  /** Distinct contents. */
  readonly contents: number
  /** Tells keys apart, and does not give them away. */
  readonly keyId: string
}

export interface KeyedManifestOptions {
  /** Path of the file that the key is in. */
  readonly key: string
  /** Every file, and not only pictures, videos and what matched. Default false. */
  readonly all?: boolean
  readonly signal?: AbortSignal
}

/** A key that makes tokens of digests. */
export class ManifestKey {
  private constructor(private readonly key: Buffer) {}

  /** @throws {ExhibitHashError} KEY_UNUSABLE */
  static async load(path: string): Promise<ManifestKey> {
    const bytes = await readSmallFile(path, 'KEY_UNUSABLE', 4096).catch((cause: unknown) => {
      throw new ExhibitHashError('KEY_UNUSABLE', `${path}: the key cannot be read`, { path, cause })
    })
    const text = bytes.toString('latin1').trim()
    if (!isHex(text, KEY_BYTES)) {
      const message = `${path}: is no key of ${KEY_BYTES} bytes, written as ${KEY_BYTES * 2} hex digits`
      throw new ExhibitHashError('KEY_UNUSABLE', message, { path })
    }
    return new ManifestKey(Buffer.from(text, 'hex'))
  }

  get id(): string {
    return this.hmac('key').digest('hex').slice(0, 16)
  }

  token(sha256: string): Buffer {
    return this.hmac('token').update(hexToBytes(sha256, HASH_BYTES.sha256)).digest()
  }

  hmac(purpose: keyof typeof PURPOSE): ReturnType<typeof createHmac> {
    return createHmac('sha256', this.key).update(PURPOSE[purpose])
  }
}

/**
 * Makes a key file that only its owner can read. Everybody who is to compare needs a copy.
 * @throws {ExhibitHashError} WRITE_FAILED, also where the file is there already
 */
export async function makeManifestKey(path: string): Promise<{ readonly keyId: string }> {
  if ((await headOf(path, 1)) !== null) {
    const message = `${path}: is there already; manifests made with it could be compared with nothing else`
    throw new ExhibitHashError('WRITE_FAILED', message, { path, stage: 'write' })
  }
  await writeAtomically(path, `${randomBytes(KEY_BYTES).toString('hex')}\n`)
  return { keyId: (await ManifestKey.load(path)).id }
}

/**
 * Writes the keyed manifest of results files of one exhibit, case or force; labels are those that all of them have.
 *
 * @throws {ExhibitHashError} KEY_UNUSABLE, WRITE_FAILED, INPUT_NOT_FOUND, READ_FAILED, RESULTS_INVALID, FILE_CHANGED, ABORTED
 */
export async function writeKeyedManifest(
  out: string,
  results: readonly string[],
  options: KeyedManifestOptions
): Promise<KeyedManifestReport> {
  const key = await ManifestKey.load(options.key)
  await refuseOverwriting(out)
  const tokens = new DigestItems()
  const labels: ManifestLabels[] = []
  for (const path of results) {
    const earlier = await EarlierResults.open(path, { signal: options.signal })
    try {
      labels.push(labelsOf(earlier.header))
      for await (const batch of earlier.records({ signal: options.signal })) {
        for (const { record } of batch) {
          if (isShareable(record, options.all === true)) tokens.add(key.token(record.digests.sha256), 0)
        }
      }
    } finally {
      await earlier.close()
    }
  }
  const common = commonLabels(labels)
  const contents = await writeTokens(out, common, tokens, key)
  return { path: out, ...common, contents, keyId: key.id }
}

/** A manifest is written over nothing but another one: not over results, and not over the key. */
async function refuseOverwriting(out: string): Promise<void> {
  if ((await headOf(out, 1)) === null || (await isKeyedManifest(out))) return
  throw new ExhibitHashError('USAGE', `${out}: is there and no keyed manifest: name another`, { path: out })
}

function commonLabels(labels: readonly ManifestLabels[]): ManifestLabels {
  const names = ['organisation', 'case', 'exhibit'] as const
  const own = names.map((name) => [name, labels[0]?.[name]] as const)
  return Object.fromEntries(
    own.filter(([name, value]) => value !== undefined && labels.every((one) => one[name] === value))
  )
}

function writeTokens(out: string, labels: ManifestLabels, tokens: DigestItems, key: ManifestKey): Promise<number> {
  const mac = key.hmac('manifest')
  return writingText({ out }, async (write) => {
    const writeKeyed = (line: string): Promise<void> => {
      mac.update(line)
      return write(line)
    }
    const header = { type: TYPE, version: VERSION, hmac: 'HMAC-SHA-256 of SHA-256', keyId: key.id, ...labels }
    await writeKeyed(`${JSON.stringify(header)}\n`)
    let contents = 0
    for await (const { sha256 } of tokens.runs()) {
      contents++
      await writeKeyed(`${sha256}\n`)
    }
    await write(`${JSON.stringify({ type: 'end', contents, mac: mac.digest('hex') })}\n`)
    return contents
  })
}

/** Whether a file begins like a keyed manifest. */
export async function isKeyedManifest(path: string): Promise<boolean> {
  return (await headOf(path, HEAD.length))?.toString('latin1') === HEAD
}

export interface ManifestHeader extends ManifestLabels {
  readonly keyId: string
}

/**
 * The tokens of a keyed manifest, many at a time, in hex; it is known to be whole when the iteration ends, and with its key
 * also to be unchanged.
 *
 * @param onHeader - hears of the header first
 * @throws {ExhibitHashError} KEYED_MANIFEST_INVALID, KEYED_MANIFEST_FOREIGN (another key), INPUT_NOT_FOUND, READ_FAILED
 */
export async function* readKeyedManifest(
  path: string,
  key: ManifestKey | null,
  onHeader: (header: ManifestHeader) => void = () => undefined
): AsyncGenerator<string[]> {
  const check = new ManifestCheck(path, key)
  const input = createReadStream(path)
  try {
    for await (const lines of cutLines(input as AsyncIterable<Buffer>, path)) {
      const tokens: string[] = []
      for (const line of lines) {
        if (line === '') continue
        if (!check.hasHeader) onHeader(check.header(line))
        else if (check.take(line)) tokens.push(line)
      }
      if (tokens.length > 0) yield tokens
    }
  } catch (error) {
    const known = toExhibitHashError(error, readErrorCode(error), { path })
    // Lines that are too long are told of as those of results.
    throw known.code === 'RESULTS_INVALID' ? check.fault('a line is too long', known) : known
  } finally {
    input.destroy()
  }
  check.end()
}

/** Holds the lines of a manifest against each other. */
class ManifestCheck {
  hasHeader = false
  #last = ''
  #contents = 0
  #end: Readonly<Record<string, unknown>> | null = null
  readonly #mac: ReturnType<typeof createHmac> | ReturnType<typeof createHash>

  constructor(
    private readonly path: string,
    private readonly key: ManifestKey | null
  ) {
    this.#mac = key?.hmac('manifest') ?? createHash('sha256')
  }

  header(line: string): ManifestHeader {
    const fields = this.#fields(line)
    const { type, version, keyId } = fields
    if (type !== TYPE) throw this.fault('has no header')
    if (version !== VERSION) throw this.fault(`is of version ${String(version)}, and ${VERSION} is what is read here`)
    if (typeof keyId !== 'string') throw this.fault('does not say which key it was made with')
    if (this.key !== null && this.key.id !== keyId) {
      const message = `${this.path}: was made with the key ${keyId.slice(0, 16)}, not with ${this.key.id}`
      throw new ExhibitHashError('KEYED_MANIFEST_FOREIGN', message, { path: this.path })
    }
    const labels = (['organisation', 'case', 'exhibit'] as const).filter((name) => typeof fields[name] === 'string')
    this.hasHeader = true
    this.#mac.update(`${line}\n`)
    return { keyId, ...Object.fromEntries(labels.map((name) => [name, fields[name]])) }
  }

  /** True for a token, false for the end. */
  take(line: string): boolean {
    if (this.#end !== null) throw this.fault('lines follow its end')
    if (line.startsWith('{')) {
      this.#end = this.#fields(line)
      return false
    }
    if (!/^[0-9a-f]{64}$/.test(line)) throw this.fault(`its line ${this.#contents + 2} is no HMAC`)
    if (line <= this.#last) throw this.fault(`its line ${this.#contents + 2} is not where it belongs`)
    this.#last = line
    this.#contents++
    this.#mac.update(`${line}\n`)
    return true
  }

  end(): void {
    if (this.#end?.['type'] !== 'end') throw this.fault('is cut off: it has no end')
    if (this.#end['contents'] !== this.#contents) throw this.fault('has another number of contents than it says')
    if (this.key !== null && this.#end['mac'] !== this.#mac.digest('hex'))
      throw this.fault('was changed after it was made')
  }

  fault(why: string, cause?: unknown): ExhibitHashError {
    return new ExhibitHashError('KEYED_MANIFEST_INVALID', `${this.path}: ${why}`, { path: this.path, cause })
  }

  #fields(line: string): Readonly<Record<string, unknown>> {
    try {
      const value: unknown = JSON.parse(line)
      if (isPlainObject(value)) return value
    } catch {
      // told below, like every other line that is none
    }
    throw this.fault('is no keyed manifest')
  }
}
