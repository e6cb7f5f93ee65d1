// A server that takes cases as VICS-REST has it, on a port of this machine, with faults that a test asks for.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { digestHex } from './vics.js'

export interface HeldFile {
  readonly document: Record<string, unknown>
  bytes: Buffer
  isFinal: boolean
}

export interface ServerFaults {
  /** Called for each request before it is carried out: a status to answer instead, or to cut the line before or after it. */
  fault?: (request: {
    method: string
    path: string
    query: URLSearchParams
    count: number
  }) => number | 'cut' | 'cut-after' | undefined
  /** What `finalizefile` says that the server holds. */
  held?: (file: HeldFile, md5: string) => unknown
  /** Credentials are asked for. */
  needsToken?: boolean
  /** Seconds that a token is good for. */
  tokenSeconds?: number
  /** Takes a chunk only where it expects one: of this, whether it says where, and what it answers to an end that is too early. */
  strict?: { saysOffset?: boolean; incomplete?: number }
  /** Says of a file that was finalised before only that it was. */
  isTerse?: boolean
}

export class VicsTestServer {
  readonly cases = new Map<string, { document: Record<string, unknown>; isFinal: boolean }>()
  readonly files = new Map<string, HeldFile>()
  readonly requests: string[] = []
  readonly grants: string[] = []
  readonly chunkOffsets: number[] = []
  /** Of the documents that came: step, version in the request, marker. */
  readonly markers: string[] = []
  mostAtOnce = 0
  address = ''
  #atOnce = 0
  #counts = new Map<string, number>()
  #tokens = new Set<string>()

  private constructor(readonly faults: ServerFaults) {}

  static async start(faults: ServerFaults = {}): Promise<VicsTestServer> {
    const own = new VicsTestServer(faults)
    const server = createServer((request, response) => void own.#serve(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    own.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return own
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce)
    const { pathname, searchParams: query } = new URL(request.url ?? '', this.address)
    const path = pathname.replace('/api', '')
    const count = (this.#counts.get(path) ?? 0) + 1
    this.#counts.set(path, count)
    this.requests.push(`${request.method} ${path}`)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    await sleep(1)
    this.#atOnce--
    const fault = this.faults.fault?.({ method: request.method ?? '', path, query, count })
    if (fault === 'cut') return void request.socket.destroy()
    const [status, answer] =
      typeof fault === 'number' ? [fault, { error: 'as the test asked for' }] : this.#answer(request, path, query, body)
    if (fault === 'cut-after') return void request.socket.destroy()
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #answer(request: IncomingMessage, path: string, query: URLSearchParams, body: Buffer): [number, unknown] {
    if (path === '/serverinfo') return [200, { serverVersion: { major: 1, minor: 0, build: 0 } }]
    if (path === '/oauth2/token') return this.#token(new URLSearchParams(body.toString()))
    if (this.faults.needsToken === true && !this.#tokens.has(request.headers.authorization ?? '')) return [401, {}]
    if (path === '/cases') return [200, this.#casesOf(query.get('filter') ?? '')]
    const clear = /^\/cases\/([^/]+)\/clearunfinalizeduploads$/.exec(path)
    if (clear !== null) {
      for (const [md5, file] of this.files) if (!file.isFinal) this.files.delete(md5)
      return [200, null]
    }
    return this.#upload(path.replace('/upload/', ''), query, body)
  }

  #takesAt(offset: number, { bytes }: HeldFile): boolean {
    return this.faults.strict === undefined ? offset <= bytes.length : offset === bytes.length
  }

  #casesOf(filter: string): object[] {
    const all = [...this.cases].map(([identifier, { document }]) => ({ name: document['CaseNumber'], identifier }))
    return all.filter(({ name }) => filter === `equals(name, ${JSON.stringify(name)})`)
  }

  #token(form: URLSearchParams): [number, unknown] {
    this.grants.push(form.get('grant_type') ?? '')
    if (form.get('password') === 'wrong') return [401, { error: 'invalid_grant' }]
    const token = `token-${this.grants.length}`
    this.#tokens = new Set([`Bearer ${token}`])
    return [
      200,
      { token_type: 'bearer', access_token: token, expires_in: this.faults.tokenSeconds ?? 3600, refresh_token: 'r' }
    ]
  }

  #upload(step: string, query: URLSearchParams, body: Buffer): [number, unknown] {
    const valueOf = (): Record<string, unknown> => {
      const { value, ...marker } = JSON.parse(body.toString()) as { value: [Record<string, unknown>] }
      this.markers.push(`${step} ${query.get('version')} ${JSON.stringify(marker)}`)
      return value[0]
    }
    const md5 = query.get('md5') ?? ''
    const file = this.files.get(md5)
    switch (step) {
      case 'initializecase': {
        const document = valueOf()
        const id = String(document['CaseID'])
        if (this.cases.has(id) && query.get('reopen') !== 'true') return [409, { error: 'exists' }]
        this.cases.set(id, { document, isFinal: false })
        return [200, null]
      }
      case 'initializefile':
        if (file?.isFinal === true) return [409, null]
        if (file === undefined) this.files.set(md5, { document: valueOf(), bytes: Buffer.alloc(0), isFinal: false })
        return [200, null]
      case 'filechunk': {
        const offset = Number(query.get('offset'))
        this.chunkOffsets.push(offset)
        if (file === undefined || file.isFinal || !this.#takesAt(offset, file)) {
          const says = this.faults.strict?.saysOffset !== false
          return [409, { expected: says ? (file?.bytes.length ?? null) : null }]
        }
        file.bytes = Buffer.concat([file.bytes.subarray(0, offset), body])
        return [200, null]
      }
      case 'finalizefile': {
        if (file === undefined) return [404, null]
        const held = this.faults.held?.(file, md5) ?? {
          value: [{ MD5: md5, MediaSize: file.bytes.length || undefined }]
        }
        if (file.isFinal) return [409, this.faults.isTerse === true ? null : held]
        if (file.bytes.length > 0 && digestHex('md5', file.bytes) !== md5) {
          return [this.faults.strict?.incomplete ?? 422, { error: 'another MD5' }]
        }
        file.isFinal = true
        return [200, held]
      }
      case 'finalizecase': {
        const own = this.cases.get(query.get('caseIdentifier') ?? '')
        if (own === undefined) return [404, null]
        own.isFinal = true
        return [200, null]
      }
      default:
        return [404, { error: step }]
    }
  }
}
