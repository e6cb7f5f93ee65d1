// The review page served to this machine alone: an address that works once, a cookie, the Host header checked, and a log of looks.

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { putGrade } from '../casework/grading/grade-book.js'
import { type Grade, parseGrade } from '../casework/grading/grades.js'
import { ExhibitHashError, toExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import { appendAudit, type AuditEvent } from '../results/index.js'
import { contentKey, nameOf, type ReviewData, type ReviewRow } from './review-data.js'
import type { GradeFile } from './review-grades.js'
import { policyOf, type ReviewFacts, reviewPage } from './review-page.js'
import { blurredPicture, isSameSecret, originalPicture, type PictureRequest, SHOWN_TYPES } from './review-pictures.js'

export interface ServedReview {
  readonly data: ReviewData
  readonly facts: ReviewFacts
  /** The folder that was scanned, by source; `null` where its files are not at hand. */
  readonly roots: readonly (string | null)[]
  /** Where grades are kept, as NDJSON that `grade` reads. */
  readonly kept: GradeFile
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
        // Whoever asked may have gone.
        if (response.destroyed) return
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
    const cookie = `${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`
    response.writeHead(303, { 'set-cookie': cookie, location: '/' }).end()
  }

  #hasSession({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split(/;\s*/)
    return cookies.some((cookie) => isSameSecret(cookie, this.#cookie))
  }

  /** Browsers send cookies to all ports of a host: by one name, a second server would take the first one's place. */
  get #cookie(): string {
    return `review-${this.#host.split(':')[1]}=${this.#session}`
  }

  async #page(response: ServerResponse): Promise<void> {
    const policy = `${policyOf(true)}; frame-ancestors 'none'`
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy })
    await pipeline(Readable.from(reviewPage(this.review.data, this.review.facts, true)), response)
  }

  async #ask(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.origin !== `http://${this.#host}`) throw new Refusal(403, 'asked from another page')
    const body = await bodyOf(request)
    if (pathname === '/grade') await this.#grade(body)
    else if (pathname === '/blurred') await this.#blurred(body, response)
    else if (pathname === '/original') await this.#original(body, response)
    else throw new Refusal(404, 'not here')
    if (!response.writableEnded) response.writeHead(204).end()
  }

  async #blurred(body: Body, response: ServerResponse): Promise<void> {
    const { picture } = this.#pictureOf(body)
    const examiner = examinerOf(body)
    const facts = { ...(examiner !== '' && { examiner }), path: picture.path, sha256: picture.sha256 }
    await this.#log('viewed-blurred', facts)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(await blurredPicture(picture)))
  }

  async #original(body: Body, response: ServerResponse): Promise<void> {
    const { picture, format } = this.#pictureOf(body)
    const type = SHOWN_TYPES[format ?? '']
    if (type === undefined) throw new Refusal(415, `a browser shows no ${format ?? 'such file'}`)
    const examiner = examinerOf(body)
    if (examiner === '') throw new Refusal(400, 'an original is shown to nobody without a name')
    const bytes = await originalPicture(picture)
    // Before it is seen: a look that cannot be logged is none.
    await this.#log('viewed-original', { examiner, path: picture.path, sha256: picture.sha256 })
    response
      .writeHead(200, { 'content-type': type, 'content-security-policy': "default-src 'none'; sandbox" })
      .end(bytes)
  }

  /** The page says which row and what; whose file that is, is known here. */
  async #grade(body: Body): Promise<void> {
    const row = this.#rowOf(body)
    const named = nameOf(row, this.review.facts.sources)
    if (named === null) throw new Refusal(422, 'nothing that a grade could say tells this file from others')
    await this.#inTurn(async () => {
      const [source, seq, , , , , , , , , sha256] = row
      const key = contentKey(source, seq, sha256)
      const standing = this.review.data.grades.get(key) ?? []
      const grade = gradeOf(body, named, standing, this.review.kept.path)
      await this.review.kept.append(grade)
      putGrade(standing, grade)
      this.review.data.grades.set(key, standing)
    })
  }

  #rowOf({ row }: Body): ReviewRow {
    const found = Number.isSafeInteger(row) ? this.review.data.rows.at(row as number) : undefined
    if (found === undefined || (row as number) < 0) throw new Refusal(404, 'there is no such file')
    return found
  }

  #pictureOf(body: Body): { picture: PictureRequest; format: string | null } {
    const [source, , path, , format, , , , , , sha256, isViewable] = this.#rowOf(body)
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

type Body = Readonly<Record<string, unknown>>

function examinerOf({ examiner }: Body): string {
  return typeof examiner === 'string' ? examiner.trim().slice(0, 200) : ''
}

/** What else the same examiner said of the file, as tags, stays with it. */
function gradeOf(body: Body, named: Partial<Grade>, standing: readonly Grade[], path: string): Grade {
  const { category, withdrawn, gradedAt } = body
  const gradedBy = typeof body['gradedBy'] === 'string' ? body['gradedBy'].trim() : ''
  if (gradedBy === '' || typeof gradedAt !== 'string') throw new Refusal(400, 'a grade is of somebody, and of a time')
  const own = standing.find((grade) => grade.gradedBy === gradedBy)
  try {
    return parseGrade({ ...own, ...named, category, withdrawn, gradedBy, gradedAt }, 'the grade', path)
  } catch (error) {
    throw new Refusal(400, toExhibitHashError(error, 'GRADES_INVALID').message)
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

async function bodyOf(request: IncomingMessage): Promise<Body> {
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
