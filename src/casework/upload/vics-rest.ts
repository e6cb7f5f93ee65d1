// The protocol of an upload (VICS over HTTP, as public clients of Griffeye Analyze CS speak it): one method a request, retried
// where that is safe, which it is everywhere: every step says what the state is to be, and a chunk where it belongs.

import { setTimeout as sleep } from 'node:timers/promises'
import { ExhibitHashError } from '../../core/errors.js'
import { printable } from '../../core/display.js'
import { isPlainObject } from '../../core/plain-object.js'

/** How to say who one is. */
export type Credentials =
  | { readonly token: string }
  | { readonly username: string; readonly password: string }
  | { readonly clientId: string; readonly clientSecret: string }

export interface ServerOptions {
  readonly credentials?: Credentials
  readonly signal?: AbortSignal
  /** Tries of a request that the line or the server fails, beyond the first. Default 5. */
  readonly retries?: number
  /** Milliseconds before the first of them; doubled each time. Default 500. */
  readonly retryDelayMs?: number
  /** For an answer to one request. Default 60,000. */
  readonly timeoutMs?: number
  /** HTTP without TLS to other machines. Default false. */
  readonly allowInsecure?: boolean
}

export interface Answer {
  readonly status: number
  readonly body: unknown
  /** True where an earlier try of the same request had no answer: the server may have carried it out. */
  readonly isRepeated: boolean
}

/** The case that files go to, and the version of the documents. */
export interface UploadTarget {
  readonly caseId: string
  readonly version: string
}

/** What becomes of a chunk. */
export interface ChunkAnswer {
  readonly isTaken: boolean
  /** It may have been taken before, by a try whose answer was lost. */
  readonly mayBeTaken: boolean
  /** The offset that the server waits for, where it says so. */
  readonly expected: number | null
}

type Tried = { readonly answer: Omit<Answer, 'isRepeated'> } | { readonly failure: unknown }

interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly type?: string
  readonly body?: string | Uint8Array
  /** Statuses that are no failure, besides success. */
  readonly accept?: readonly number[]
  readonly isAnonymous?: boolean
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024
/** Before a token ends a new one is fetched. */
const TOKEN_MARGIN_MS = 60_000
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/i

export class VicsServer {
  readonly #base: string
  readonly #options: ServerOptions
  #token: { readonly value: string; readonly endsAt: number; readonly refresh: string | null } | null = null
  #asking: Promise<string | null> | null = null

  /** @throws {ExhibitHashError} USAGE */
  constructor(address: string, options: ServerOptions = {}) {
    const url = URL.canParse(address) ? new URL(address) : null
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
      throw new ExhibitHashError('USAGE', `'${address}' is no address of a server, such as https://server/api`)
    }
    if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname) && options.allowInsecure !== true) {
      throw new ExhibitHashError('USAGE', `${address}: without TLS everybody on the way reads along: use https`)
    }
    this.#base = url.href.replace(/\/+$/, '')
    this.#options = options
  }

  get address(): string {
    return this.#base
  }

  /** Who is there. */
  serverInfo(): Promise<Answer> {
    return this.#ask({ method: 'GET', path: '/serverinfo', isAnonymous: true })
  }

  /** Identities of the cases of that name. */
  async casesNamed(name: string): Promise<string[]> {
    const filter = `equals(name, ${JSON.stringify(name)})`
    const { body } = await this.#ask({
      method: 'GET',
      path: '/cases',
      query: { include: 'name,identifier', filter },
      accept: [404]
    })
    const list: unknown = isPlainObject(body) ? (body['data'] ?? body['value'] ?? body['cases']) : body
    return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((one) => {
      const facts = isPlainObject(one) && isPlainObject(one['attributes']) ? { ...one, ...one['attributes'] } : one
      if (!isPlainObject(facts) || facts['name'] !== name) return []
      const identifier = facts['identifier'] ?? facts['id']
      return typeof identifier === 'string' ? [identifier] : []
    })
  }

  /** False where the case is there already and was not to be opened again. */
  async initializeCase(document: string, version: string, reopen: boolean): Promise<boolean> {
    const query = { version, ...(reopen && { reopen: 'true' }) }
    const answer = await this.#ask({
      method: 'POST',
      path: '/upload/initializecase',
      query,
      ...json(document),
      accept: reopen ? [] : [409]
    })
    return answer.status !== 409
  }

  async clearUnfinalized(caseId: string): Promise<void> {
    await this.#ask({ method: 'PUT', path: `/cases/${encodeURIComponent(caseId)}/clearunfinalizeduploads` })
  }

  /** False where the server has it already, or its beginning. */
  async initializeFile(document: string, md5: string, { caseId, version }: UploadTarget): Promise<boolean> {
    const query = { version, md5, caseIdentifier: caseId }
    const ask = { method: 'POST', path: '/upload/initializefile', query, ...json(document) } as const
    const { status } = await this.#ask({ ...ask, accept: [409] })
    return status !== 409
  }

  /** Not taken where the server expects another offset, or knows nothing of the file. */
  async sendChunk(md5: string, { caseId }: UploadTarget, offset: number, body: Uint8Array): Promise<ChunkAnswer> {
    const query = { caseIdentifier: caseId, md5, offset: String(offset) }
    const ask = { method: 'POST', path: '/upload/filechunk', query, type: 'application/binary', body } as const
    const answer = await this.#ask({ ...ask, accept: [404, 409, 416] })
    return {
      isTaken: answer.status < 300,
      mayBeTaken: answer.isRepeated && answer.status !== 404,
      expected: offsetIn(answer.body)
    }
  }

  /**
   * What the server says that it knows of the file. 409: it has been finalised before.
   * @param mayBeIncomplete - other refusals are answers too: the server may lack a part that can be sent
   */
  async finalizeFile(md5: string, { caseId, version }: UploadTarget, mayBeIncomplete: boolean): Promise<Answer> {
    const query = { md5, caseIdentifier: caseId, getResponse: 'true', version }
    const accept = mayBeIncomplete ? [400, 404, 409, 412, 416, 422] : [409]
    return this.#ask({ method: 'POST', path: '/upload/finalizefile', query, accept })
  }

  async finalizeCase(caseId: string): Promise<void> {
    await this.#ask({ method: 'POST', path: '/upload/finalizecase', query: { caseIdentifier: caseId } })
  }

  /** @throws {ExhibitHashError} UPLOAD_REFUSED, UPLOAD_FAILED, ABORTED */
  async #ask(ask: Ask): Promise<Answer> {
    const { retries = 5, retryDelayMs = 500 } = this.#options
    let isTokenFresh = false
    for (let failures = 0; ;) {
      this.#throwIfAborted()
      const outcome = await this.#tryOnce(ask)
      if ('answer' in outcome) {
        const answer = { ...outcome.answer, isRepeated: failures > 0 }
        if (answer.status < 300 || ask.accept?.includes(answer.status) === true) return answer
        if (answer.status === 401 && ask.isAnonymous !== true && !isTokenFresh) {
          // It may have been withdrawn before its time.
          isTokenFresh = true
          this.#dropToken()
          continue
        }
        const mayPass = answer.status >= 500 || answer.status === 429 || answer.status === 408
        if (!mayPass) throw this.#error('UPLOAD_REFUSED', ask, wordsOf(answer))
      }
      if (failures++ >= retries) throw this.#error('UPLOAD_FAILED', ask, whyOf(outcome))
      await this.#pause(retryDelayMs * 2 ** (failures - 1))
    }
  }

  async #tryOnce(ask: Ask): Promise<Tried> {
    const { signal, timeoutMs = 60_000 } = this.#options
    const token = ask.isAnonymous === true ? null : await this.#bearer()
    const url = `${this.#base}${ask.path}${ask.query === undefined ? '' : `?${new URLSearchParams(ask.query).toString()}`}`
    const limit = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(url, {
        method: ask.method,
        headers: {
          accept: 'application/json',
          ...(ask.type !== undefined && { 'content-type': ask.type }),
          ...(token !== null && { authorization: `Bearer ${token}` })
        },
        ...(ask.body !== undefined && { body: ask.body as string | Uint8Array<ArrayBuffer> }),
        // A token must not follow to wherever an answer points.
        redirect: 'error',
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit])
      })
      return { answer: { status: response.status, body: await bodyOf(response) } }
    } catch (failure) {
      this.#throwIfAborted()
      return { failure }
    }
  }

  /** One request for a token at a time, whoever needs it. */
  async #bearer(): Promise<string | null> {
    const { credentials } = this.#options
    if (credentials === undefined) return null
    if ('token' in credentials) return credentials.token
    if (this.#token !== null && Date.now() < this.#token.endsAt - TOKEN_MARGIN_MS) return this.#token.value
    this.#asking ??= this.#fetchToken(credentials).finally(() => (this.#asking = null))
    return this.#asking
  }

  async #fetchToken(credentials: Exclude<Credentials, { readonly token: string }>): Promise<string> {
    const refresh = this.#token?.refresh ?? null
    const full =
      'username' in credentials
        ? { grant_type: 'password', username: credentials.username, password: credentials.password }
        : { grant_type: 'client_credentials', client_id: credentials.clientId, client_secret: credentials.clientSecret }
    const form = refresh === null ? full : { grant_type: 'refresh_token', refresh_token: refresh }
    const ask = {
      method: 'POST',
      path: '/oauth2/token',
      type: 'application/x-www-form-urlencoded',
      isAnonymous: true
    } as const
    const accept = refresh === null ? [] : [400, 401, 403]
    const { status, body } = await this.#ask({ ...ask, body: new URLSearchParams(form).toString(), accept })
    if (status >= 300) {
      this.#token = null
      return this.#fetchToken(credentials)
    }
    const value = isPlainObject(body) ? body['access_token'] : undefined
    if (typeof value !== 'string' || !isPlainObject(body))
      throw this.#error('UPLOAD_REFUSED', ask, 'the answer holds no token')
    const seconds = Number(body['expires_in'])
    const endsAt = Number.isFinite(seconds) ? Date.now() + Math.max(seconds * 1000, TOKEN_MARGIN_MS + 1000) : Infinity
    this.#token = { value, endsAt, refresh: typeof body['refresh_token'] === 'string' ? body['refresh_token'] : null }
    return value
  }

  #dropToken(): void {
    if (this.#token !== null) this.#token = { ...this.#token, endsAt: 0 }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#options.signal }).catch(() => undefined)
    this.#throwIfAborted()
  }

  #throwIfAborted(): void {
    if (this.#options.signal?.aborted !== true) return
    throw new ExhibitHashError('ABORTED', `${this.#base}: the upload was stopped; the same command goes on with it`)
  }

  #error(
    code: 'UPLOAD_REFUSED' | 'UPLOAD_FAILED',
    { method, path }: Pick<Ask, 'method' | 'path'>,
    why: string
  ): ExhibitHashError {
    return new ExhibitHashError(code, `${method} ${this.#base}${path}: ${why}`, { path: this.#base })
  }
}

function json(body: string): { type: string; body: string } {
  return { type: 'application/json', body }
}

/** Servers that refuse a chunk may say where they are; no document says under which name. */
const OFFSET_KEYS = new Set(['expected', 'expectedoffset', 'nextoffset'])

function offsetIn(body: unknown): number | null {
  if (!isPlainObject(body)) return null
  const told = Object.entries(body).find(([key]) => OFFSET_KEYS.has(key.toLowerCase()))?.[1]
  return typeof told === 'number' && Number.isSafeInteger(told) && told >= 0 ? told : null
}

/** JSON or text, never more than an answer of this protocol can have. */
async function bodyOf(response: Response): Promise<unknown> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too long')
    parts.push(part)
  }
  const text = Buffer.concat(parts).toString('utf8')
  try {
    return text === '' ? null : (JSON.parse(text) as unknown)
  } catch {
    return text
  }
}

/** Status and words, fit for a terminal. */
export function wordsOf({ status, body }: Pick<Answer, 'status' | 'body'>): string {
  const text = typeof body === 'string' ? body : body === null ? '' : JSON.stringify(body)
  return `${status} ${printable(text.replaceAll('\n', ' ').slice(0, 200))}`.trimEnd()
}

function whyOf(outcome: Tried): string {
  if ('answer' in outcome) return wordsOf(outcome.answer)
  const { failure } = outcome
  const cause = failure instanceof Error && failure.cause instanceof Error ? failure.cause : failure
  return cause instanceof Error ? cause.message : String(cause)
}
