// Uploads to a real server on this machine: whatever fails on the way, it holds in the end what the package has, once.

import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkPackage, type UploadOptions, uploadPackage } from 'exhibit-hash/casework'
import { runCli } from '../support/cli.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'
import { type ServerFaults, VicsTestServer } from '../support/vics-server.js'

const CASE_ID = '7c5d3f50-0000-4000-8000-000000000001'
const CONTEXT = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata#Cases'

const HASHES_ONLY = { MD5: digestHex('md5', 'x'), Category: 1 }

const contentOf = (i: number): string => String.fromCharCode(97 + i).repeat(10 + i)

/** A package of another tool: fields of its own, files with back-slashes in their paths. */
function packageIn(folder: string, files = 3, more: { media?: object[]; facts?: object; text?: string } = {}): string {
  const root = join(folder, 'case')
  mkdirSync(join(root, 'Files'), { recursive: true })
  const media = Array.from({ length: files }, (_, i) => {
    writeFileSync(join(root, 'Files', `${i}.bin`), contentOf(i))
    return {
      ...{
        MediaID: i + 1,
        Category: 1,
        MD5: digestHex('md5', contentOf(i)).toUpperCase(),
        RelativeFilePath: `Files\\${i}.bin`
      },
      ...{ MediaSize: 10 + i, VendorField: { nested: [1, 'ü', null] }, MediaFiles: [{ FileName: 'x' }] }
    }
  })
  const facts = { CaseID: CASE_ID, CaseNumber: '2026/17', TotalMediaFiles: files, VendorFact: 'kept', ...more.facts }
  const value = [{ ...facts, Media: [...media, ...(more.media ?? [])] }]
  writeFileSync(join(root, 'case.json'), more.text ?? JSON.stringify({ '@odata.context': CONTEXT, value }))
  return root
}

const FAST: Partial<UploadOptions> = { retries: 3, retryDelayMs: 1, chunkBytes: 4 }

const send = (path: string, server: VicsTestServer, more: Partial<UploadOptions> = {}) =>
  uploadPackage(path, { to: server.address, ...FAST, ...more })

function expectAll(server: VicsTestServer, files = 3): void {
  const held = [...server.files].map(([md5, { bytes, isFinal }]) => [md5, bytes.toString(), isFinal])
  const wanted = Array.from({ length: files }, (_, i) => [digestHex('md5', contentOf(i)), contentOf(i), true])
  expect(held.sort()).toEqual(wanted.sort())
  expect(server.cases.get(CASE_ID)).toMatchObject({ isFinal: true })
}

/** Each request of these, whoever sends it in between: the same again goes through. */
function cutEachOnce(start: string): NonNullable<ServerFaults['fault']> {
  const cut = new Set<string>()
  return ({ path, query }) => {
    const request = `${path}?${query.toString()}`
    if (!path.startsWith(start) || cut.has(request)) return undefined
    cut.add(request)
    return 'cut-after'
  }
}

describe('an upload', () => {
  test('goes through the steps of the protocol, several files at once, with every field of the tool that made it', async () => {
    const server = await VicsTestServer.start()
    const seen: number[] = []
    const outcome = await send(packageIn(tempFolder(), 6), server, {
      onProgress: ({ bytesDone }) => seen.push(bytesDone)
    })
    expect(outcome).toMatchObject({ caseId: CASE_ID, media: 6, sent: 6, alreadySent: 0, bytes: 75, confirmed: 6 })
    expectAll(server, 6)
    expect(server.requests.slice(0, 3)).toEqual(['GET /serverinfo', 'GET /cases', 'POST /upload/initializecase'])
    expect(server.requests.at(-1)).toBe('POST /upload/finalizecase')
    expect(server.mostAtOnce).toBeGreaterThan(1)
    expect(server.cases.get(CASE_ID)?.document).toMatchObject({ CaseNumber: '2026/17', VendorFact: 'kept' })
    const [file] = server.files.values()
    expect(file.document).toMatchObject({ VendorField: { nested: [1, 'ü', null] }, Category: 1 })
    expect(seen.at(-1)).toBe(75)
  })

  test('that is repeated changes nothing, with its journal and without', async () => {
    const server = await VicsTestServer.start()
    const path = packageIn(tempFolder())
    await send(path, server)
    const before = server.requests.length
    expect(await send(path, server)).toMatchObject({ sent: 0, alreadySent: 3, bytes: 0 })
    expect(server.requests).toHaveLength(before)
    writeFileSync(join(path, 'case.json.upload'), 'torn')
    const chunks = server.chunkOffsets.length
    expect(await send(path, server)).toMatchObject({ sent: 0, alreadySent: 3, bytes: 0 })
    expectAll(server)
    expect(server.chunkOffsets.length).toBe(chunks + 3)
  })

  test('of hashes alone sends records without chunks', async () => {
    const server = await VicsTestServer.start()
    const folder = tempFolder()
    const path = packageIn(folder, 0, { media: [{ MD5: digestHex('md5', 'x'), Category: 1 }] })
    expect(await send(path, server)).toMatchObject({ sent: 1, bytes: 0 })
    expect(server.chunkOffsets).toEqual([])
  })

  test.each<[string, NonNullable<ServerFaults['fault']>]>([
    ['answers 500 at first', ({ count }) => (count === 1 ? 500 : undefined)],
    ['is busy at first', ({ count }) => (count === 1 ? 429 : undefined)],
    ['cuts the line before an answer', ({ count }) => (count === 1 ? 'cut' : undefined)],
    ['cuts the line after it has taken what was sent', cutEachOnce('/upload/file')]
  ])('reaches its end where the server %s', async (_, fault) => {
    const server = await VicsTestServer.start({ fault })
    await send(packageIn(tempFolder()), server)
    expectAll(server)
  })

  test('that was cut goes on at the last offset that was acknowledged', async () => {
    let isDown = false
    const server = await VicsTestServer.start({
      fault: ({ path, count }) => {
        if (path === '/upload/filechunk' && count === 3) isDown = true
        return isDown ? 'cut' : undefined
      }
    })
    const path = packageIn(tempFolder(), 1)
    await expect(send(path, server, { retries: 1 })).rejects.toMatchObject({ code: 'UPLOAD_FAILED' })
    isDown = false
    server.chunkOffsets.length = 0
    expect(await send(path, server)).toMatchObject({ sent: 1, bytes: 2 })
    expect(server.chunkOffsets).toEqual([8])
    expect(server.requests).not.toContain(`PUT /cases/${CASE_ID}/clearunfinalizeduploads`)
    expectAll(server, 1)
  })

  test('begins a file again where the server has forgotten what it acknowledged', async () => {
    let isForgotten = false
    const server = await VicsTestServer.start({
      fault: ({ path, count }) => {
        if (path === '/upload/filechunk' && count === 3 && !isForgotten) {
          isForgotten = true
          server.files.clear()
        }
        return undefined
      }
    })
    await send(packageIn(tempFolder(), 1), server)
    expect(server.chunkOffsets).toEqual([0, 4, 8, 0, 4, 8])
    expectAll(server, 1)
  })

  test('clears what a try left that nobody here remembers', async () => {
    const server = await VicsTestServer.start()
    server.cases.set(CASE_ID, { document: { CaseNumber: '2026/17' }, isFinal: false })
    server.files.set(digestHex('md5', contentOf(0)), { document: {}, bytes: Buffer.from('rubbish'), isFinal: false })
    await send(packageIn(tempFolder()), server)
    expect(server.requests).toContain(`PUT /cases/${CASE_ID}/clearunfinalizeduploads`)
    expectAll(server)
  })

  test.each<[string, ServerFaults, Partial<UploadOptions>, string, RegExp]>([
    [
      'refuses a file',
      { fault: ({ path }) => (path === '/upload/initializefile' ? 403 : undefined) },
      {},
      'UPLOAD_REFUSED',
      /initializefile: 403/
    ],
    ['keeps failing', { fault: () => 503 }, { retries: 1 }, 'UPLOAD_FAILED', /serverinfo: 503/],
    [
      'says that it holds another file',
      { held: () => ({ value: [{ MD5: '0'.repeat(32) }] }) },
      {},
      'UPLOAD_MISMATCH',
      /holds 0{32}/
    ],
    [
      'says that it holds fewer bytes',
      { held: (_, MD5) => ({ MD5, MediaSize: '3' }) },
      {},
      'UPLOAD_MISMATCH',
      /holds 3 bytes of 1\d/
    ],
    [
      'takes no chunk',
      { fault: ({ path }) => (path === '/upload/filechunk' ? 409 : undefined) },
      {},
      'UPLOAD_MISMATCH',
      /takes no chunk at offset 0/
    ],
    [
      'takes no credentials',
      { needsToken: true },
      { credentials: { username: 'u', password: 'wrong' } },
      'UPLOAD_REFUSED',
      /oauth2\/token: 401/
    ]
  ])('ends with an error where the server %s', async (_, faults, options, code, message) => {
    const server = await VicsTestServer.start(faults)
    const made = send(packageIn(tempFolder()), server, options)
    await expect(made).rejects.toMatchObject({ code })
    await expect(made).rejects.toThrow(message)
    expect([...server.cases.values()].some(({ isFinal }) => isFinal)).toBe(false)
  })

  test('is refused where the case number belongs to another case', async () => {
    const server = await VicsTestServer.start()
    server.cases.set('7c5d3f50-0000-4000-8000-00000000000f', { document: { CaseNumber: '2026/17' }, isFinal: true })
    await expect(send(packageIn(tempFolder()), server)).rejects.toMatchObject({ code: 'UPLOAD_CONFLICT' })
    expect(server.cases.size).toBe(1)
  })

  test.each<[string, UploadOptions['credentials'], string]>([
    ['a password', { username: 'u', password: 'p' }, 'password'],
    ['a client secret', { clientId: 'c', clientSecret: 's' }, 'client_credentials']
  ])('fetches a token for %s, and another before it ends', async (_, credentials, grant) => {
    // Of 61 seconds one is left before the margin: a test that takes longer fetches more.
    const server = await VicsTestServer.start({ needsToken: true, tokenSeconds: 61 })
    await send(packageIn(tempFolder()), server, { credentials: credentials! })
    expectAll(server)
    expect(server.grants[0]).toBe(grant)
  })

  test('fetches a new token where the server has withdrawn the first', async () => {
    const faults = {
      needsToken: true,
      fault: ({ path, count }: { path: string; count: number }) =>
        path === '/upload/initializecase' && count === 1 ? 401 : undefined
    }
    const server = await VicsTestServer.start(faults)
    await send(packageIn(tempFolder()), server, { credentials: { username: 'u', password: 'p' } })
    expect(server.grants).toEqual(['password', 'refresh_token'])
    expectAll(server)
  })

  test.each<[string, Partial<UploadOptions>]>([
    ['no address', { to: 'server' }],
    ['another protocol', { to: 'file:///etc/passwd' }],
    ['no TLS to another machine', { to: 'http://server.example/api' }],
    ['chunks that are too large', { chunkBytes: 11 * 1024 * 1024 }],
    ['nothing at once', { parallel: 0 }]
  ])('is refused with %s', async (_, options) => {
    const made = uploadPackage(packageIn(tempFolder()), { to: 'http://127.0.0.1:9/api', ...options })
    await expect(made).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('can be stopped', async () => {
    const server = await VicsTestServer.start()
    const made = send(packageIn(tempFolder()), server, { signal: AbortSignal.abort() })
    await expect(made).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

/** Cuts the line after a chunk was taken: the first of these offsets that come. */
function loseAnswerTo(offset: number, tries = 1): NonNullable<ServerFaults['fault']> {
  let left = tries
  return ({ path, query }) =>
    path === '/upload/filechunk' && query.get('offset') === String(offset) && left-- > 0 ? 'cut-after' : undefined
}

describe('a server that takes chunks only where it expects them', () => {
  const CHUNKS = [0, 4, 8]
  const SERVERS: NonNullable<ServerFaults['strict']>[] = [
    { saysOffset: true, incomplete: 400 },
    { saysOffset: false, incomplete: 400 },
    { saysOffset: false, incomplete: 409 },
    { saysOffset: true, incomplete: 422 }
  ]
  const ALL = CHUNKS.flatMap((offset) => SERVERS.map((strict) => [offset, strict] as const))

  test.each(ALL)('gets a file whole whose chunk at %d had no answer: %j', async (offset, strict) => {
    const server = await VicsTestServer.start({ strict, fault: loseAnswerTo(offset), isTerse: true })
    expect(await send(packageIn(tempFolder(), 1), server)).toMatchObject({ sent: 1, bytes: 10, confirmed: 1 })
    expectAll(server, 1)
    // The chunk, and once more since its answer was lost: nothing before it.
    expect(server.chunkOffsets).toEqual([...CHUNKS, offset].sort((a, b) => a - b))
  })

  test.each(ALL)(
    'gets it in the next run where the first ended at %d without an answer: %j',
    async (offset, strict) => {
      const faults: ServerFaults = { strict, fault: loseAnswerTo(offset), isTerse: true }
      const server = await VicsTestServer.start(faults)
      const path = packageIn(tempFolder(), 1)
      await expect(send(path, server, { retries: 0 })).rejects.toMatchObject({ code: 'UPLOAD_FAILED' })
      expect(await send(path, server)).toMatchObject({ sent: 1, confirmed: 1 })
      expectAll(server, 1)
    }
  )

  test.each(SERVERS)('gets it from its beginning where chunks of another size come next: %j', async (strict) => {
    const server = await VicsTestServer.start({ strict, fault: loseAnswerTo(4), isTerse: true })
    const path = packageIn(tempFolder(), 1)
    await expect(send(path, server, { retries: 0 })).rejects.toMatchObject({ code: 'UPLOAD_FAILED' })
    await send(path, server, { chunkBytes: 3 })
    expectAll(server, 1)
  })

  test.each(SERVERS)('gets all files again that it has forgotten a part of: %j', async (strict) => {
    let isDown = false
    const server = await VicsTestServer.start({
      strict,
      isTerse: true,
      fault: ({ path }) => (isDown && path === '/upload/finalizefile' ? 'cut' : undefined)
    })
    const path = packageIn(tempFolder(), 6)
    isDown = true
    await expect(send(path, server, { retries: 0, parallel: 6 })).rejects.toMatchObject({ code: 'UPLOAD_FAILED' })
    isDown = false
    for (const file of server.files.values()) file.bytes = file.bytes.subarray(0, 5)
    await send(path, server)
    expectAll(server, 6)
    expect(server.requests.filter((each) => each.endsWith('clearunfinalizeduploads')).length).toBe(1)
  })
})

describe('an upload believes no server that', () => {
  const doneIn = (path: string): boolean => readFileSync(join(path, 'case.json.upload'), 'utf8').includes('"done"')

  test('says "I have it" of what it never took, in any run', async () => {
    const server = await VicsTestServer.start({
      fault: ({ path }) => (/(initializefile|filechunk|finalizefile)$/.test(path) ? 409 : undefined)
    })
    for (const path of [packageIn(tempFolder(), 1), packageIn(tempFolder(), 0, { media: [HASHES_ONLY] })]) {
      for (let run = 0; run < 3; run++) {
        const made = send(path, server)
        await expect(made).rejects.toMatchObject({ code: 'UPLOAD_MISMATCH' })
        await expect(made).rejects.toThrow(/let its administrator look/)
        expect(doneIn(path)).toBe(false)
      }
    }
    expect(server.cases.get(CASE_ID)?.isFinal).toBe(false)
  })

  test('holds other files in place of two of ours: all others go, the case stays open, and the error counts them', async () => {
    const wrong = new Set([0, 3].map((i) => digestHex('md5', contentOf(i))))
    const server = await VicsTestServer.start({
      held: (file, MD5) => ({ MD5: wrong.has(MD5) ? '0'.repeat(32) : MD5, MediaSize: file.bytes.length })
    })
    const path = packageIn(tempFolder(), 6)
    await expect(send(path, server)).rejects.toThrow(/holds 0{32}; and 1 more files are not there/)
    expect([...server.files.values()].filter(({ isFinal }) => isFinal)).toHaveLength(6)
    expect(server.cases.get(CASE_ID)?.isFinal).toBe(false)
    wrong.clear()
    server.files.clear()
    expect(await send(path, server)).toMatchObject({ sent: 2, alreadySent: 4 })
  })

  test('once said that it holds another file, until it has it', async () => {
    let held: object | null = { MD5: '0'.repeat(32) }
    const server = await VicsTestServer.start({ isTerse: true, held: (_, MD5) => held ?? { MD5, MediaSize: 10 } })
    const path = packageIn(tempFolder(), 1)
    for (let run = 0; run < 3; run++) {
      await expect(send(path, server)).rejects.toMatchObject({ code: 'UPLOAD_MISMATCH' })
      expect(doneIn(path)).toBe(false)
    }
    held = null
    server.files.clear()
    expect(await send(path, server)).toMatchObject({ sent: 1, bytes: 10 })
    expectAll(server, 1)
  })

  test('once said that it holds another file and then takes every chunk and says no more', async () => {
    let isFirst = true
    const server = await VicsTestServer.start({
      held: () => ({ MD5: '0'.repeat(32) }),
      fault: ({ path }) => {
        if (path === '/upload/finalizefile' && !isFirst) return 409
        return path === '/upload/filechunk' && !isFirst ? 200 : undefined
      }
    })
    const path = packageIn(tempFolder(), 1)
    await expect(send(path, server)).rejects.toMatchObject({ code: 'UPLOAD_MISMATCH' })
    isFirst = false
    await expect(send(path, server)).rejects.toMatchObject({ code: 'UPLOAD_MISMATCH' })
    expect(doneIn(path)).toBe(false)
  })

  test('refuses the end of a file all of whose chunks it took: its words are in the error', async () => {
    const server = await VicsTestServer.start({
      fault: ({ path }) => (path === '/upload/finalizefile' ? 400 : undefined)
    })
    const made = send(packageIn(tempFolder(), 1), server)
    await expect(made).rejects.toMatchObject({ code: 'UPLOAD_REFUSED' })
    await expect(made).rejects.toThrow(/as the test asked for/)
    expect(server.chunkOffsets).toEqual([0, 4, 8])
  })
})

describe('the documents of an upload', () => {
  const UK = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata'
  const CUSTOM = UK.replace('UK', 'CUSTOM')
  const OLD = 'http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml'
  test.each<[string, object, object, string, string, string]>([
    ['the UK', { '@odata.context': `${UK}#Cases` }, {}, '2.0', '@odata.context', UK],
    ['a profile of its own', { '@odata.context': `${CUSTOM}#Cases` }, {}, '2.0', '@odata.context', CUSTOM],
    ['the UK, at the end', {}, { '@odata.context': `${UK}#Cases` }, '2.0', '@odata.context', UK],
    ['1.3', { 'odata.metadata': `${OLD}#Cases` }, {}, '1.3', 'odata.metadata', OLD],
    ['nobody', {}, {}, '2.0', '@odata.context', UK.replace('UK', 'Default')],
    ['no version', { '@odata.context': 'x#Cases' }, {}, '2.0', '@odata.context', UK.replace('UK', 'Default')]
  ])('have the marker of the package, which is of %s', async (_, before, after, version, key, base) => {
    const value = [{ CaseID: CASE_ID, CaseNumber: '2026/17', Media: [HASHES_ONLY] }]
    const server = await VicsTestServer.start()
    await send(packageIn(tempFolder(), 0, { text: JSON.stringify({ ...before, value, ...after }) }), server)
    expect(server.markers).toEqual([
      `initializecase ${version} ${JSON.stringify({ [key]: `${base}#Cases` })}`,
      `initializefile ${version} ${JSON.stringify({ [key]: `${base}#Media` })}`
    ])
  })

  test('say once what several records say of one content', async () => {
    const md5 = digestHex('md5', contentOf(0))
    const second = { MediaID: 7, Category: 1, MD5: md5, Tags: 'second', MediaFiles: [{ FileName: 'y' }] }
    const withFile = { ...second, Tags: '', RelativeFilePath: 'Files\\0.bin', VendorField: 'other' }
    const path = packageIn(tempFolder(), 2, { media: [second, withFile], facts: { TotalMediaFiles: undefined } })
    const seen: object[] = []
    const server = await VicsTestServer.start()
    expect(await send(path, server, { onProgress: (each) => seen.push(each) })).toMatchObject({
      ...{ media: 4, sent: 4, alreadySent: 0, bytes: 21 }
    })
    expectAll(server, 2)
    expect(server.files.get(md5)?.document).toMatchObject({
      ...{ MediaID: 1, Tags: 'second', VendorField: { nested: [1, 'ü', null] } },
      MediaFiles: [{ FileName: 'x' }, { FileName: 'y' }, { FileName: 'y' }]
    })
    expect(seen.at(-1)).toEqual({ filesDone: 4, files: 4, bytesDone: 31, bytes: 31 })
    expect(server.requests.filter((each) => each === 'POST /upload/initializefile')).toHaveLength(2)
  })
})

describe('the state of an upload', () => {
  test('is of each server, whatever goes to another in between', async () => {
    const path = packageIn(tempFolder(), 1)
    let isDown = true
    const first = await VicsTestServer.start({
      fault: ({ path: step, count }) => (isDown && step === '/upload/filechunk' && count === 3 ? 'cut' : undefined)
    })
    await expect(send(path, first, { retries: 0 })).rejects.toMatchObject({ code: 'UPLOAD_FAILED' })
    isDown = false
    const second = await VicsTestServer.start()
    await send(path, second)
    first.chunkOffsets.length = 0
    expect(await send(path, first)).toMatchObject({ sent: 1, bytes: 2 })
    expect(first.chunkOffsets).toEqual([8])
    const requests = [first.requests.length, second.requests.length]
    for (const server of [first, second]) expect(await send(path, server)).toMatchObject({ alreadySent: 1 })
    expect([first.requests.length, second.requests.length]).toEqual(requests)
    for (const server of [first, second]) expectAll(server, 1)
  })

  test('is of one process at a time', async () => {
    const server = await VicsTestServer.start()
    const path = packageIn(tempFolder())
    const ends = await Promise.allSettled([send(path, server), send(path, server)])
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(ends.find((end) => end.status === 'rejected')?.reason).toMatchObject({ code: 'WRITE_FAILED' })
    expectAll(server)
  })
})

describe('a file that changes between check and sending', () => {
  /** Happens when the package was checked. */
  const meanwhile = (work: () => void): ServerFaults => ({
    fault: ({ path }) => {
      if (path === '/upload/initializecase') work()
      return undefined
    }
  })

  test.each<[string, string]>([
    ['is another of the same size', 'b'.repeat(10)],
    ['has another end', `${'a'.repeat(9)}b`],
    ['is shorter', 'aa'],
    ['is longer', 'a'.repeat(11)]
  ])('ends as an error and not as a file on the server: it %s', async (_, content) => {
    const path = packageIn(tempFolder(), 1)
    const file = join(path, 'Files', '0.bin')
    let isFirst = true
    const server = await VicsTestServer.start(
      meanwhile(() => {
        if (isFirst) writeFileSync(file, content)
        isFirst = false
      })
    )
    await expect(send(path, server)).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    expect(server.requests).not.toContain('POST /upload/finalizefile')
    writeFileSync(file, contentOf(0))
    await send(path, server)
    expectAll(server, 1)
  })

  test('or has gone stops the others before the error is handed on', async () => {
    const path = packageIn(tempFolder(), 2)
    const long = 'long'.repeat(1000)
    writeFileSync(join(path, 'Files', '0.bin'), long)
    const document = readFileSync(join(path, 'case.json'), 'utf8')
    const md5 = digestHex('md5', contentOf(0)).toUpperCase()
    writeFileSync(join(path, 'case.json'), document.replace(md5, digestHex('md5', long)))
    const server = await VicsTestServer.start(meanwhile(() => rmSync(join(path, 'Files', '1.bin'))))
    await expect(send(path, server, { parallel: 2 })).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    const requests = server.requests.length
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(server.requests).toHaveLength(requests)
    expect(server.chunkOffsets.length).toBeLessThan(100)
  })
})

describe('the check of a package', () => {
  const md5 = digestHex('md5', 'x')
  test.each<[string, object, Record<string, number>]>([
    ['a path that climbs out', { MD5: md5, Category: 1, RelativeFilePath: '..\\..\\etc\\passwd' }, { PATH_ESCAPES: 1 }],
    ['an absolute path', { MD5: md5, Category: 1, RelativeFilePath: '/etc/passwd' }, { PATH_ESCAPES: 1 }],
    ['a drive', { MD5: md5, Category: 1, RelativeFilePath: 'C:\\x' }, { PATH_ESCAPES: 1 }],
    ['a link that leads out', { MD5: md5, Category: 1, RelativeFilePath: 'link' }, { PATH_ESCAPES: 1 }],
    ['a file that is not there', { MD5: md5, Category: 1, RelativeFilePath: 'Files\\9.bin' }, { MEDIA_MISSING: 1 }],
    ['a folder in place of a file', { MD5: md5, Category: 1, RelativeFilePath: 'Files' }, { MEDIA_MISSING: 1 }],
    ['another MD5', { MD5: md5, Category: 1, RelativeFilePath: 'Files\\0.bin' }, { MEDIA_CHANGED: 1 }],
    ['an MD5 that is none', { MD5: 'x', Category: 1 }, { MD5_INVALID: 1 }],
    ['an MD5 that is a number', { MD5: 7, MediaID: 9, Category: 1 }, { MD5_INVALID: 1 }],
    ['an MD5 that was there', { MD5: digestHex('md5', contentOf(0)), Category: '1' }, { MD5_TWICE: 1 }],
    [
      'an MD5 that was there with another category',
      { MD5: digestHex('md5', contentOf(0)), Category: 2 },
      { MD5_CONTRADICTS: 1 }
    ],
    ['no category', { MD5: md5, Category: '' }, { CATEGORY_MISSING: 1 }],
    [
      'hostile text',
      { MD5: md5, Category: 1, RelativeFilePath: '<b>\u0000\u001b[31m'.repeat(9999) },
      { MEDIA_MISSING: 1 }
    ]
  ])('finds %s', async (_, media, counts) => {
    const path = packageIn(tempFolder(), 1, { media: [media], facts: { TotalMediaFiles: undefined } })
    writeFileSync(join(path, '..', 'outside'), 'x')
    symlinkSync(join(path, '..', 'outside'), join(path, 'link'))
    expect(await checkPackage(path)).toMatchObject({ counts, media: 2 })
  })

  test.each<[string, object, Record<string, number>, boolean]>([
    ['a count that is not right', { TotalMediaFiles: 99 }, { COUNT_DIFFERS: 1 }, true],
    ['an identity that is none', { CaseID: '17' }, { CASE_ID_INVALID: 1 }, false],
    ['braces round the identity', { CaseID: `{${CASE_ID}}` }, {}, true],
    ['no number', { CaseNumber: '' }, { CASE_NUMBER_MISSING: 1 }, true]
  ])('looks at the case: %s', async (_, facts, counts, sound) => {
    expect(await checkPackage(packageIn(tempFolder(), 1, { facts }))).toMatchObject({ counts, sound })
  })

  test('tells what stands in the way behind any number of harmless findings, and an upload says so', async () => {
    const harmless = Array.from({ length: 1001 }, (_, i) => ({ MD5: digestHex('md5', `harmless ${i}`) }))
    const facts = { CaseNumber: '', TotalMediaFiles: undefined }
    const path = packageIn(tempFolder(), 0, { media: [...harmless, { MD5: 'x', Category: 1 }], facts })
    const { sound, counts, findings } = await checkPackage(path)
    expect({ sound, counts }).toEqual({
      sound: false,
      counts: { CATEGORY_MISSING: 1001, MD5_INVALID: 1, CASE_NUMBER_MISSING: 1 }
    })
    expect(findings.filter(({ code }) => code !== 'CATEGORY_MISSING')).toMatchObject([
      { code: 'MD5_INVALID', record: 1002 },
      { code: 'CASE_NUMBER_MISSING' }
    ])
    expect(findings).toHaveLength(1002)
    const made = uploadPackage(path, { to: 'http://127.0.0.1:9/api' })
    await expect(made).rejects.toMatchObject({ code: 'PACKAGE_INVALID' })
    await expect(made).rejects.toThrow(/record 1002: MD5 is missing or no MD5/)
  })

  test.each<[string, string]>([
    ['ends in the middle', `{"value":[{"CaseID":"${CASE_ID}","Media":[{"MD5":"`],
    ['lacks a comma', `{"value":[{"CaseID":"${CASE_ID}","Media":[{"MD5":"a"} {"MD5":"b"}]}]}`],
    ['is no JSON', 'MD5,Category\n'],
    ['is empty', '']
  ])('is an error where the document %s, and nothing is sent', async (_, text) => {
    const path = packageIn(tempFolder(), 1, { text })
    await expect(checkPackage(path)).rejects.toMatchObject({ code: 'PACKAGE_INVALID' })
    const server = await VicsTestServer.start()
    await expect(send(path, server)).rejects.toMatchObject({ code: 'PACKAGE_INVALID' })
    expect(server.requests).toEqual([])
  })

  test('reads cases of the formats fixtures as they stand', async () => {
    const path = join(import.meta.dirname, '../../fixtures/sets/vics-2.0-us-cases.json')
    expect(await checkPackage(path)).toMatchObject({ cases: 3, media: 3, sound: true })
  })
})

test('the command checks, uploads and tells how a package that is not sound ends', async () => {
  const server = await VicsTestServer.start({ needsToken: true })
  const folder = tempFolder()
  const path = packageIn(folder)
  const credentials = join(folder, 'server.json')
  writeFileSync(credentials, JSON.stringify({ username: 'u', password: 'p' }))
  const sent = await runCli(['upload', path, '--to', server.address, '--credentials', credentials])
  expect(sent).toMatchObject({ status: 0, stderr: '' })
  expect(sent.records()).toMatchObject([{ media: 3, sent: 3 }])
  expectAll(server)
  expect(readFileSync(join(path, 'case.json.upload'), 'utf8')).not.toMatch(/password|token/)
  writeFileSync(join(path, 'Files', '0.bin'), 'changed')
  const checked = await runCli(['upload', path, '--check'])
  expect(checked).toMatchObject({ status: 65, stderr: expect.stringContaining('MEDIA_CHANGED record 1') as string })
  expect(existsSync(join(path, 'case.json'))).toBe(true)
})
