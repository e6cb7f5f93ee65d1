// The review page served to this machine alone: an address that works once, a cookie, the Host header checked, and a log of looks.

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { appendFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { parseGrade } from '../casework/index.js'
import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import { writing } from '../files/index.js'
import { appendAudit, type AuditEvent } from '../results/index.js'
import type { ReviewData } from './review-data.js'
import { policyOf, type ReviewFacts, reviewPage } from './review-page.js'
import { blurredPicture, isSameSecret, originalPicture, type PictureRequest, SHOWN_TYPES } from './review-pictures.js'

export interface ServedReview {
  readonly data: ReviewData
  readonly facts: ReviewFacts
  /** The folder that was scanned, by source; `null` where its files are not at hand. */
  readonly roots: readonly (string | null)[]
  /** Where grades are appended, as NDJSON that `grade` reads. */
  readonly grades: string
  /** The log of looks and grades: a chain of entries, beside the results. */
  readonly log: string
}

const MAX_BODY_BYTES = 64 * 1024

export class ReviewServer {
  readonly #key = randomBytes(32).toString('base64url')
  readonly #session = randomBytes(32).toString('base64url')
  readonly #server: Server
  #isKeyUsed = false
  #host = ''
  /** Entries of the log follow on each other, one at a time. */
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(private readonly review: ServedReview) {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        const { message } = toExhibitHashError(error, 'INTERNAL')
        if (!response.headersSent) response.writeHead(error instanceof Refusal ? error.status : 500, TEXT)
        response.end(message)
      })
    })
  }

  /** Listens on 127.0.0.1 only; a port of 0 is any that is free. */
  static async start(review: ServedReview, port = 0): Promise<ReviewServer> {
    const own = new ReviewServer(review)
    await new Promise<void>((resolve, reject) => {
      own.#server.once('error', (cause) =>
        reject(new ExhibitHashError('USAGE', `port ${port} cannot be had: ${cause.message}`, { cause }))
      )
      own.#server.listen(port, '127.0.0.1', resolve)
    })
    own.#host = `127.0.0.1:${(own.#server.address() as AddressInfo).port}`
    await own.#log('reviewing', { files: review.data.files })
    return own
  }

  /** Works once: whoever opens it first has the session. */
  get address(): string {
    return `http://${this.#host}/open?key=${this.#key}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    await this.#writing
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A page elsewhere can have its name lead here; it cannot choose the Host header.
    if (request.headers.host !== this.#host) throw new Refusal(421, 'another host was asked for')
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${this.#host}`)
    for (const [name, value] of HEADERS) response.setHeader(name, value)
    if (request.method === 'GET' && pathname === '/open') {
      this.#open(searchParams.get('key') ?? '', response)
      return
    }
    if (!this.#hasSession(request)) throw new Refusal(403, 'open the address that the command printed')
    if (request.method === 'GET' && pathname === '/') {
      await this.#page(response)
    } else if (request.method === 'POST') {
      await this.#ask(pathname, request, response)
    } else throw new Refusal(404, 'not here')
  }

  #open(key: string, response: ServerResponse): void {
    if (this.#isKeyUsed || !isSameSecret(key, this.#key)) throw new Refusal(403, 'the address works once')
    this.#isKeyUsed = true
    const cookie = `review=${this.#session}; HttpOnly; SameSite=Strict; Path=/`
    response.writeHead(303, { 'set-cookie': cookie, location: '/' }).end()
  }

  #hasSession({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split(/;\s*/)
    return cookies.some((cookie) => isSameSecret(cookie, `review=${this.#session}`))
  }

  async #page(response: ServerResponse): Promise<void> {
    const policy = `${policyOf(true)}; frame-ancestors 'none'`
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy })
    for (const piece of reviewPage(this.review.data, this.review.facts)) {
      if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
      if (response.destroyed) return
    }
    response.end()
  }

  async #ask(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.origin !== `http://${this.#host}`) throw new Refusal(403, 'asked from another page')
    const body = await bodyOf(request)
    if (pathname === '/grade') await this.#grade(body)
    else if (pathname === '/blurred') {
      const { picture } = this.#pictureOf(body)
      await this.#log('viewed-blurred', { path: picture.path, sha256: picture.sha256 })
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(await blurredPicture(picture)))
    } else if (pathname === '/original') {
      const { picture, format } = this.#pictureOf(body)
      const type = SHOWN_TYPES[format ?? '']
      if (type === undefined) throw new Refusal(415, `a browser shows no ${format ?? 'such file'}`)
      const bytes = await originalPicture(picture)
      const examiner = typeof body['examiner'] === 'string' ? body['examiner'].slice(0, 200) : ''
      // Before it is seen: a look that cannot be logged is none.
      await this.#log('viewed-original', { examiner, path: picture.path, sha256: picture.sha256 })
      response
        .writeHead(200, { 'content-type': type, 'content-security-policy': "default-src 'none'; sandbox" })
        .end(bytes)
    } else throw new Refusal(404, 'not here')
    if (!response.writableEnded) response.writeHead(204).end()
  }

  async #grade(body: Readonly<Record<string, unknown>>): Promise<void> {
    const grade = parseGrade(body, 'the grade', this.review.grades)
    await this.#inTurn(() =>
      writing(this.review.grades, () => appendFile(this.review.grades, `${JSON.stringify(grade)}\n`, { mode: 0o600 }))
    )
  }

  #pictureOf({ row }: Readonly<Record<string, unknown>>): { picture: PictureRequest; format: string | null } {
    const found = Number.isSafeInteger(row) ? this.review.data.rows.at(row as number) : undefined
    if (found === undefined || (row as number) < 0) throw new Refusal(404, 'there is no such file')
    const [source, , path, , format, , , , , , sha256, isViewable] = found
    const root = this.review.roots[source]
    if (root === null || sha256 === null || !isViewable) throw new Refusal(404, 'the file is not at hand')
    return { picture: { root, path, sha256 }, format }
  }

  #log(event: AuditEvent, facts: object): Promise<void> {
    return this.#inTurn(() => appendAudit(this.review.log, event, facts, new Date()))
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work)
    this.#writing = done.catch(() => undefined)
    return done
  }
}

/** An answer that is no failure of this program. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string
  ) {
    super(message)
  }
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' }
const HEADERS = [
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin']
] as const

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (request.headers['content-type'] !== 'application/json') throw new Refusal(415, 'only JSON is taken')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new Refusal(413, 'too long')
    chunks.push(chunk)
  }
  let value: unknown
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new Refusal(400, 'not JSON')
  }
  if (!isPlainObject(value)) throw new Refusal(400, 'not an object')
  return value
}
