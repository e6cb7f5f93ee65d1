// The review page in a real browser: nothing is loaded, nothing is executed, and no picture is shown that was not asked for.

import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { serveReview, type ServeReviewOptions, writeReview } from 'exhibit-hash'
import { gradeResults, readGrades } from 'exhibit-hash/casework'
import { collectReview } from '../../src/report/review-data.js'
import { describeSources } from '../../src/report/sources.js'
import { startCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
import { md5, sha1, sha256 } from '../support/layers.js'
import { HEADER, pictureRecord, writeLines, writeResults } from '../support/results.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

const PROGRAM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path)
)
const WITHOUT = 'no Chromium on this machine: apt-get install chromium'

let browser: Browser | undefined
beforeAll(async () => {
  if (PROGRAM !== undefined) browser = await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] })
})
afterAll(() => browser?.close())

/** A page that fails the test for whatever it tries to load, run or complain of. */
async function openPage(url: string): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
  const context = await browser!.newContext({ acceptDownloads: true })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => void complaints.push(message.text()))
  page.on('pageerror', (error) => void complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('request', (asked) => void requests.push(asked.url()))
  await page.goto(url)
  return { page, complaints, requests }
}

const SETS = [{ name: 'CAID', root: 'ab'.repeat(32), profile: 'uk 1-assumed', complete: true }]
const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(2)>.jpg',
  '"><svg onload=alert(3)>',
  '<!--<script>',
  'a\u0000\u001b[31m\u202egpj.exe',
  '=HYPERLINK("http://evil")',
  'ü'.repeat(1_000_000)
]

const match = (relation: string, category: number, more: object = {}): object => ({
  ...{ relation, by: 'md5', set: 'CAID', source: 'c.json', mediaId: '7', category, label: `Category ${category}` },
  ...{ grading: { gradedBy: 'Force 12' }, agreeing: ['md5'], contradicting: [], ...more }
})

function resultsOf(folder: string, records: readonly object[]): string {
  return writeResults(join(folder, 'AB-1.ndjson'), records, { ...HEADER, sets: SETS })
}

async function pageOf(records: readonly object[]): Promise<ReturnType<typeof openPage>> {
  const folder = tempFolder()
  const out = join(folder, 'review.html')
  await writeReview([resultsOf(folder, records)], out)
  return openPage(pathToFileURL(out).href)
}

const rowsOf = (page: Page): Promise<string[]> => page.locator('.row').allInnerTexts()

describe('the page as a file', () => {
  test('charts how fast the run went, as its audit log tells, and nothing where that is odd', async () => {
    const folder = tempFolder()
    const results = resultsOf(folder, [pictureRecord(0, 'a')])
    const chartOf = async (...pace: unknown[]): Promise<string> => {
      const entries = pace.map((one) => ({ event: 'finished', pace: one }))
      let text = ''
      for (const entry of entries) text += `${JSON.stringify({ ...entry, previous: digestHex('sha256', text) })}\n`
      writeFileSync(`${results}.audit`, text)
      const out = join(folder, 'review.html')
      await writeReview([results], out)
      return readFileSync(out, 'utf8').replaceAll(/\s+/g, ' ')
    }
    const chart = await chartOf([
      [60, 120],
      [3661, 240]
    ])
    expect(chart).toContain('Files a minute in the course of the run')
    expect(chart).toMatch(/until 1:00<.*?<td>120<.*until 1:01:01<.*?<td>2</)
    expect(await chartOf([[60, 120]], [[60, 60]])).toMatch(/run 1, until 1:00<.*run 2, until 1:00</)
    for (const odd of ['fast', [1, 2], [['1', 2]], [[-1, 5]]])
      expect(await chartOf(odd)).not.toContain('Files a minute')
  })

  test('of hostile names shows them as text, loads nothing and complains of nothing', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const records = HOSTILE.map((text, seq) => ({
      ...pictureRecord(seq, seq),
      path: text,
      matches: [
        match('identical', 1, { set: text, source: text, label: text, mediaId: text, grading: { gradedBy: text } })
      ],
      media: { kind: 'image', format: text.slice(0, 50) }
    }))
    const { page, complaints, requests } = await pageOf(records)
    await page.locator('summary').click()
    expect(await page.locator('.row').count()).toBe(HOSTILE.length)
    expect(await page.locator('.row span:nth-child(2)').first().textContent()).toBe(HOSTILE[0])
    await page.locator('#list').focus()
    for (const _ of HOSTILE) await page.keyboard.press('j')
    expect(await page.locator('#facts dd').first().textContent()).toContain('üüü…')
    expect(await page.locator('img, iframe, object, link, script[src]').count()).toBe(0)
    expect(complaints).toEqual([])
    expect(requests).toHaveLength(1)
  })

  test('of a hundred thousand files is searched, filtered and scrolled, with few rows in the document', async ({
    skip
  }) => {
    if (browser === undefined) skip(WITHOUT)
    const records = Array.from({ length: 100_000 }, (_, seq) => ({
      ...pictureRecord(seq, 'same', { path: `DCIM/IMG_${seq}.JPG` }),
      ...(seq % 1000 === 0 && { matches: [match(seq % 2000 === 0 ? 'identical' : 'conflict', 2)] })
    }))
    const { page, complaints } = await pageOf(records)
    await expect.poll(() => page.locator('#shown').textContent()).toBe('100,000 of 100,000 files')
    expect(await page.locator('.row').count()).toBeLessThan(80)
    await page.locator('#list').focus()
    await page.keyboard.press('End')
    await expect.poll(async () => (await rowsOf(page)).at(-1)).toContain('IMG_99999.JPG')
    expect(await page.locator('[aria-selected=true]').getAttribute('aria-posinset')).toBe('100000')
    const started = performance.now()
    await page.selectOption('#relation', '0')
    expect(await page.locator('#shown').textContent()).toBe('50 of 100,000 files')
    await page.fill('#search', 'img_98000')
    expect(await page.locator('#shown').textContent()).toBe('1 of 100,000 files')
    expect(performance.now() - started).toBeLessThan(5000)
    expect(complaints).toEqual([])
  })

  test('is worked by keyboard alone: search, move, grade, and export what grade reads', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const records = ['a', 'b', 'c'].map((name, seq) =>
      pictureRecord(seq, name, { path: seq === 1 ? '=b.jpg' : `${name}.jpg` })
    )
    const { page, complaints } = await pageOf(records)
    await page.locator('#list').focus()
    await page.keyboard.press('1')
    expect(await page.locator('#said').textContent()).toBe('Say first who grades.')
    await page.keyboard.type('DC 7, "Lab"')
    await page.locator('#list').focus()
    await page.keyboard.press('1')
    // No code of the profile: the button that has the focus is the one that does not grade.
    await page.keyboard.press('9')
    expect(await page.locator('#doubt-text').textContent()).toMatch(
      /^=b\.jpg: 9 = unmapped\. Profile uk 1-assumed does not/
    )
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('#said').textContent()).toBe('=b.jpg was not graded')
    expect((await rowsOf(page)).filter((row) => row.includes('graded'))).toHaveLength(1)
    await page.keyboard.press('9')
    await page.click('button[value=yes]')
    await expect.poll(() => page.locator('#said').textContent()).toBe('=b.jpg graded 9 = unmapped')
    expect((await rowsOf(page)).map((row) => /graded .*/.exec(row)?.[0])).toEqual([
      'graded 1 = Category A',
      'graded 9 = unmapped',
      undefined
    ])
    await page.keyboard.press('/')
    expect(await page.evaluate('document.activeElement.id')).toBe('search')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export')])
    const path = join(tempFolder(), 'grades.csv')
    await download.saveAs(path)
    expect(await readGrades(path)).toMatchObject([
      { md5: records[0].digests?.md5, category: 1, gradedBy: 'DC 7, "Lab"' },
      { md5: records[1].digests?.md5, category: 9 }
    ])
    expect(complaints).toEqual([])
  })

  test('has names for all that can be worked, for a screen reader', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const { page } = await pageOf([pictureRecord(0, 'a', { matches: [match('identical', 1)] as never })])
    const snapshot = await page.locator('body').ariaSnapshot()
    for (const name of [
      'searchbox "Search name or digest"',
      'combobox "Relation"',
      'listbox "Files"',
      'option "identical a.jpg 1 = Category 1"',
      'button "Export grades"',
      'textbox "Examiner"',
      'region "Selected file"',
      'heading "Review: case 2026/17, AB-1"'
    ]) {
      expect(snapshot).toContain(name)
    }
    expect(await page.locator('#list').getAttribute('aria-activedescendant')).toBe('row-0')
  })

  test('says that similar identifies nothing, and that UK codes are assumed', async () => {
    const folder = tempFolder()
    const out = join(folder, 'review.html')
    await writeReview([resultsOf(folder, [pictureRecord(0, 'a')])], out)
    const text = readFileSync(out, 'utf8')
    expect(text).toContain('identifies no file')
    expect(text).toContain('The numeric codes of the UK profile are not public')
    expect(text).toMatch(
      /content="default-src &#39;none&#39;; script-src &#39;sha256-[^"]*&#39;; style-src &#39;sha256-/
    )
    expect(text).not.toContain('unsafe-')
  })
})

/** An exhibit of one real picture, its results with more records, and the page of them served. */
async function served(options: ServeReviewOptions = {}, more: readonly object[] = []) {
  const folder = tempFolder()
  const root = join(folder, 'exhibit')
  mkdirSync(root)
  copyFileSync(image('edit-00-original.jpg'), join(root, 'a.jpg'))
  const bytes = readFileSync(join(root, 'a.jpg'))
  const digests = { md5: digestHex('md5', bytes), sha1: digestHex('sha1', bytes), sha256: digestHex('sha256', bytes) }
  const results = resultsOf(folder, [pictureRecord(0, 'a', { digests }), ...more])
  const review = await serveReview([results], { files: [root], ...options })
  onTestFinished(() => review.stop())
  const logged = (): string[] =>
    readFileSync(review.log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event)
  return { folder, root, results, review, logged }
}

interface Asked {
  readonly path?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** A request with whatever headers a stranger sends. */
function ask(
  address: string,
  { path, method, headers, body }: Asked
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  const url = new URL(address)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: url.port,
        path: path ?? url.pathname + url.search,
        method: method ?? 'GET',
        headers: { host: url.host, ...headers }
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
      }
    )
    sent.on('error', reject).end(body)
  })
}

describe('the page as it is served', () => {
  test('opens once, to its own host, and gives nothing to anybody else', async () => {
    const { review } = await served()
    const { address } = review
    const { host, origin } = new URL(address)
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/open\?key=[\w-]{43}$/)
    expect(await ask(address, { path: '/' })).toMatchObject({ status: 403 })
    expect(await ask(address, { path: '/open?key=wrong' })).toMatchObject({ status: 403 })
    expect(await ask(address, { headers: { host: 'evil.example' } })).toMatchObject({ status: 421 })
    expect(await ask(address, { headers: { host: host.replace('127.0.0.1', 'localhost') } })).toMatchObject({
      status: 421
    })
    const opened = await ask(address, {})
    expect(opened).toMatchObject({ status: 303, headers: { location: '/' } })
    const [cookie] = opened.headers['set-cookie'] as string[]
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/)
    expect(await ask(address, {})).toMatchObject({ status: 403 })
    const session = { cookie: cookie.split(';')[0] }
    const page = await ask(address, { path: '/', headers: session })
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'sha256-.*frame-ancestors 'none'$/
    )
    const post = { method: 'POST', path: '/original', body: '{"row":0}' }
    const json = { 'content-type': 'application/json' }
    expect(await ask(address, { ...post, headers: { ...session, ...json } })).toMatchObject({ status: 403 })
    expect(
      await ask(address, { ...post, headers: { ...session, ...json, origin: 'http://evil.example' } })
    ).toMatchObject({ status: 403 })
    const own = { ...session, ...json, origin }
    for (const row of ['-1', '7', '"0"', 'null', '1e99']) {
      expect(await ask(address, { ...post, body: `{"row":${row}}`, headers: own }), row).toMatchObject({ status: 404 })
    }
    expect(await ask(address, { ...post, body: 'x'.repeat(70_000), headers: own })).toMatchObject({ status: 413 })
    expect(await ask(address, { ...post, path: '/../../etc/passwd', headers: own })).toMatchObject({ status: 404 })
  })

  test('shows a blurred grey preview, and the original only after the question, each written to the log', async ({
    skip
  }) => {
    if (browser === undefined) skip(WITHOUT)
    const { review, logged } = await served()
    const { page, complaints } = await openPage(review.address)
    expect(await page.locator('canvas, img').count()).toBe(0)
    await page.fill('#examiner', 'DC 7')
    await page.locator('#list').focus()
    await page.keyboard.press('b')
    await page.locator('canvas').waitFor()
    const colours = await page.evaluate<number[]>(
      "[...document.querySelector('canvas').getContext('2d').getImageData(0, 0, 32, 32).data]"
    )
    for (let i = 0; i < colours.length; i += 4)
      expect([colours[i + 1], colours[i + 2]]).toEqual([colours[i], colours[i]])
    expect(logged()).toEqual(['reviewing', 'viewed-blurred'])
    await page.locator('#list').focus()
    await page.keyboard.press('o')
    // The button that has the focus is the one that does not show.
    await page.keyboard.press('Enter')
    expect(await page.locator('#picture img').count()).toBe(0)
    expect(logged()).toHaveLength(2)
    await page.click('#original')
    await page.click('button[value=show]')
    await page.locator('#picture img').waitFor()
    await expect.poll(() => page.evaluate("document.querySelector('#picture img').naturalWidth")).toBeGreaterThan(100)
    expect(logged()).toEqual(['reviewing', 'viewed-blurred', 'viewed-original'])
    expect(readFileSync(review.log, 'utf8')).toContain('"examiner":"DC 7"')
    expect(complaints).toEqual([])
  })

  test('keeps grades as they are made, and has them when it is served again', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const { review, results, root } = await served()
    const { page } = await openPage(review.address)
    await page.fill('#examiner', 'DC 7')
    await page.locator('#list').focus()
    await page.keyboard.press('2')
    await expect.poll(() => existsSync(review.grades)).toBe(true)
    await expect.poll(() => readGrades(review.grades)).toMatchObject([{ category: 2, gradedBy: 'DC 7' }])
    await review.stop()
    const again = await serveReview([results], { files: [root] })
    onTestFinished(() => again.stop())
    const { page: second } = await openPage(again.address)
    expect((await rowsOf(second))[0]).toContain('graded 2 = Category B')
  })

  test('shows an original beside no other file than its own', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const { review, logged } = await served({}, [pictureRecord(1, 'b')])
    const { page } = await openPage(review.address)
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/original', async (route) => {
      await held
      await route.continue()
    })
    await page.fill('#examiner', 'DC 7')
    await page.click('#original')
    await page.click('button[value=show]')
    await page.locator('#list').focus()
    await page.keyboard.press('ArrowDown')
    release()
    await expect.poll(() => page.locator('#said').textContent()).toContain('is not shown')
    expect(await page.locator('#picture img').count()).toBe(0)
    expect(logged()).toEqual(['reviewing', 'viewed-original'])
  })

  test('shows no original to somebody without a name', async () => {
    const { review, logged } = await served()
    const headers = await sessionOf(review.address)
    for (const body of ['{"row":0}', '{"row":0,"examiner":" "}', '{"row":0,"examiner":7}']) {
      const asked = { method: 'POST', path: '/original', body, headers }
      expect(await ask(review.address, asked), body).toMatchObject({ status: 400 })
    }
    expect(logged()).toEqual(['reviewing'])
  })

  test('is whole however large it is, and leaves no listeners behind', async () => {
    const more = Array.from({ length: 20_000 }, (_, i) => pictureRecord(i + 1, `${'long '.repeat(20)}${i}`))
    const { review } = await served({}, more)
    const headers = await sessionOf(review.address)
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    onTestFinished(() => void process.off('warning', note))
    const { text } = await ask(review.address, { path: '/', headers })
    expect(text.length).toBeGreaterThan(4_000_000)
    expect(text.trimEnd().endsWith('</html>')).toBe(true)
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings.map(({ name }) => name)).toEqual([])
  })

  test('goes on beside another one in the same browser', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const [first, second] = [await served(), await served()]
    const { page } = await openPage(first.review.address)
    const other = await page.context().newPage()
    await other.goto(second.review.address)
    for (const each of [page, other]) {
      await each.reload()
      expect(await rowsOf(each)).toHaveLength(1)
    }
  })

  test('shows no file that is another than was hashed', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const { review, root, logged } = await served()
    writeFileSync(join(root, 'a.jpg'), readFileSync(image('edit-01-q30.jpg')))
    const { page } = await openPage(review.address)
    await page.click('#original')
    expect(await page.locator('#said').textContent()).toBe('Say first who looks.')
    await page.fill('#examiner', 'DC 7')
    await page.click('#original')
    await page.click('button[value=show]')
    await expect.poll(() => page.locator('#said').textContent()).toContain('is not the file that was hashed')
    expect(logged()).toEqual(['reviewing'])
  })

  test('is served by the command until it is stopped', async () => {
    const folder = tempFolder()
    const command = startCli(['review', resultsOf(folder, [pictureRecord(0, 'a')]), '--serve'])
    await expect.poll(() => command.stdoutSoFar(), { timeout: 10_000 }).toContain('127.0.0.1')
    const { address } = JSON.parse(command.stdoutSoFar()) as { address: string }
    expect(await ask(address, {})).toMatchObject({ status: 303 })
    command.kill('SIGINT')
    expect(await command.result).toMatchObject({ status: 0 })
  })
})

/** Headers of a browser that has opened the address. */
async function sessionOf(address: string): Promise<Record<string, string>> {
  const [cookie] = (await ask(address, {})).headers['set-cookie'] as string[]
  return { cookie: cookie.split(';')[0], 'content-type': 'application/json', origin: new URL(address).origin }
}

/** Until the server has all that was graded. */
const whenSaved = (page: Page): Promise<void> => expect.poll(() => page.evaluate('grading.queue.length')).toBe(0)

const EARLIER = '2026-11-01T10:00:00.000Z'

describe('grades of a page that is served', () => {
  const keptIn = (path: string): object[] =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)

  test('are there after a reload, and in an export made then', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const { review } = await served()
    const { page } = await openPage(review.address)
    await page.fill('#examiner', 'DC 7')
    await page.locator('#list').focus()
    await page.keyboard.press('2')
    await whenSaved(page)
    await page.reload()
    expect((await rowsOf(page))[0]).toContain('graded 2 = Category B')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export')])
    expect(readFileSync(await download.path(), 'utf8')).toContain('DC 7')
  })

  test('that were made elsewhere stand at the files that they name, by whatever they name them', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const folder = tempFolder()
    const unread = { digests: null, hashes: null }
    const results = ['AB-1', 'AB-2'].map((exhibit) => {
      const names = exhibit === 'AB-1' ? ['a', 'b', 'c', 'x'] : ['d', 'x']
      const records = names.map((name, seq) => pictureRecord(seq, name, name === 'x' ? unread : {}))
      return writeResults(join(folder, `${exhibit}.ndjson`), records, { ...HEADER, exhibit, sets: SETS })
    })
    const by = { gradedBy: 'DC 7', gradedAt: EARLIER }
    const grades = writeLines(join(folder, 'g.ndjson'), [
      { md5: md5('a'), category: 1, ...by, tags: 'kept' },
      { sha1: sha1('b'), category: 2, ...by },
      { sha256: sha256('c'), category: 3, ...by },
      { path: 'd.jpg', exhibit: 'AB-2', category: 0, ...by },
      { path: 'x.jpg', exhibit: 'AB-2', category: 3, ...by },
      // Who has examined the other exhibit and disagrees must not keep the page from being opened.
      { sha256: sha256('a'), category: 2, gradedBy: 'DC 8', gradedAt: EARLIER },
      { md5: md5('elsewhere'), category: 1, ...by }
    ])
    const review = await serveReview(results, { grades })
    onTestFinished(() => review.stop())
    const { page } = await openPage(review.address)
    expect((await rowsOf(page)).map((row) => /(?:graded|disputed) .*/.exec(row)?.[0])).toEqual([
      'disputed 1 = Category A / 2 = Category B',
      'graded 2 = Category B',
      'graded 3 = Category C',
      undefined,
      'graded 0 = Uncategorised',
      'graded 3 = Category C'
    ])
    expect(await page.locator('header').textContent()).toMatch(
      /Earlier grades of files that are not in these results, .*: 1\./
    )
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export')])
    const path = join(folder, 'export.csv')
    await download.saveAs(path)
    expect(await readGrades(path)).toContainEqual({ md5: md5('a'), category: 1, ...by, tags: 'kept' })
  })

  test('are added to lines of JSON and to nothing else', async () => {
    for (const text of [
      `md5,category\n${md5('a')},1\n`,
      `[{"md5":"${md5('a')}","category":1}]`,
      '{"grades":[]}',
      '{"md5":'
    ]) {
      const grades = join(tempFolder(), 'mine')
      writeFileSync(grades, text)
      await expect(served({ grades }), text).rejects.toMatchObject({ code: 'GRADES_INVALID', path: grades })
      expect(readFileSync(grades, 'utf8')).toBe(text)
    }
    const { results } = await served()
    await expect(serveReview([results], { grades: `${results}.audit` })).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('begin a line of their own where the last one has no end, and say whose they are', async () => {
    const grades = join(tempFolder(), 'mine.ndjson')
    writeFileSync(grades, JSON.stringify({ md5: md5('b'), category: 1 }))
    const { review } = await served({ grades }, [pictureRecord(1, 'b')])
    const headers = await sessionOf(review.address)
    const send = (body: object) =>
      ask(review.address, { method: 'POST', path: '/grade', headers, body: JSON.stringify(body) })
    const by = { gradedBy: 'DC 7', gradedAt: EARLIER }
    expect(await send({ row: 1, category: 2, ...by, path: 'other.jpg' })).toMatchObject({ status: 204 })
    expect(await readGrades(grades)).toEqual([
      { md5: md5('b'), category: 1 },
      { md5: md5('b'), sha256: sha256('b'), category: 2, ...by }
    ])
    for (const wrong of [
      { row: 7 },
      { row: 1, gradedBy: ' ' },
      { row: 1, gradedAt: 'soon' },
      { row: 1, category: null }
    ]) {
      const { status } = await send({ category: 2, ...by, ...wrong })
      expect([400, 404], JSON.stringify(wrong)).toContain(status)
    }
    expect(keptIn(grades)).toHaveLength(2)
  })

  test('are those of one server at a time', async () => {
    const { review, results } = await served()
    await expect(serveReview([results])).rejects.toMatchObject({ code: 'WRITE_FAILED' })
    const grades = join(tempFolder(), 'other.ndjson')
    // Their log is one, too.
    await expect(serveReview([results], { grades })).rejects.toMatchObject({ code: 'WRITE_FAILED' })
    await review.stop()
    const again = await serveReview([results])
    await again.stop()
  })

  test('that cannot be saved are said to be so, and are saved later', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const { review } = await served({}, [pictureRecord(1, 'b')])
    const { page } = await openPage(review.address)
    await page.route('**/grade', (route) => route.abort())
    await page.fill('#examiner', 'DC 7')
    await page.locator('#list').focus()
    await page.keyboard.press('2')
    await expect.poll(async () => (await rowsOf(page))[0]).toContain('not saved: graded 2')
    expect(await page.locator('#unsaved').textContent()).toMatch(/^1 grade is not saved/)
    expect(await page.locator('#said').textContent()).toContain('A grade was not saved')
    const leaves = (): Promise<boolean> =>
      page.evaluate('dispatchEvent(new Event("beforeunload", { cancelable: true }))')
    expect(await leaves()).toBe(false)
    await page.unroute('**/grade')
    await expect.poll(() => page.locator('#unsaved').textContent(), { timeout: 10_000 }).toBe('')
    expect((await rowsOf(page))[0]).not.toContain('not saved')
    expect(await leaves()).toBe(true)
    expect(await readGrades(review.grades)).toMatchObject([{ category: 2 }])
  })

  test('of any code are made by buttons or typed, withdrawn and undone, as `grade` understands', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const profile = { id: 'own', version: '1', labels: { '1': 'One', '12': 'Twelve', X1: 'Other' } }
    const { review, results, folder } = await served({ profile }, [pictureRecord(1, 'b'), pictureRecord(2, 'c')])
    const { page, complaints } = await openPage(review.address)
    const graded = async () => (await rowsOf(page)).map((row) => /graded .*\S/.exec(row)?.[0] ?? '')
    await page.fill('#examiner', 'DC 7')
    await page.locator('#list').focus()
    await page.keyboard.press('g')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('1 = One')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'X1 = Other' }).click()
    await page.fill('#code', '77')
    await page.keyboard.press('Enter')
    await page.click('button[value=yes]')
    await expect.poll(graded).toEqual(['graded 12 = Twelve', 'graded X1 = Other', 'graded 77 = unmapped'])
    await page.click('#withdraw')
    expect(await graded()).toEqual(['graded 12 = Twelve', 'graded X1 = Other', ''])
    await page.locator('#list').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('1')
    await page.keyboard.press('u')
    expect(await graded()).toEqual(['graded 12 = Twelve', 'graded X1 = Other', ''])
    await page.keyboard.press('ArrowDown')
    await page.fill('#examiner', 'DC 8')
    await page.locator('#list').focus()
    await page.keyboard.press('w')
    expect(await page.locator('#said').textContent()).toContain('DC 8 has no grade of b.jpg to withdraw')
    await page.keyboard.press('1')
    expect(await page.locator('#doubt-text').textContent()).toContain('DC 7 graded it X1 = Other: no package')
    await page.keyboard.press('Escape')
    await whenSaved(page)
    expect(keptIn(review.grades)).toHaveLength(6)
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export')])
    const exported = join(folder, 'export.csv')
    await download.saveAs(exported)
    for (const grades of [review.grades, exported]) {
      const outcome = await gradeResults([results], { grades, profile })
      expect(outcome).toMatchObject({ media: 2, withdrawn: 1, categories: [{ category: 12 }, { category: 'X1' }] })
    }
    expect(complaints).toEqual([])
  })

  test('of a file without digests say in which exhibit it is, or are not made', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const folder = tempFolder()
    const unread = pictureRecord(0, 'IMG_1', { digests: null, hashes: null })
    const results = ['AB-1', 'AB-2', undefined].map((exhibit, i) =>
      writeResults(join(folder, `${i}.ndjson`), [unread], { ...HEADER, exhibit, sets: SETS })
    )
    const review = await serveReview(results)
    onTestFinished(() => review.stop())
    const { page } = await openPage(review.address)
    await page.fill('#examiner', 'DC 7')
    await page.locator('#list').focus()
    await page.keyboard.press('End')
    await page.keyboard.press('2')
    expect(await page.locator('#said').textContent()).toContain('cannot be graded here')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('2')
    await whenSaved(page)
    expect(keptIn(review.grades)).toMatchObject([{ path: 'IMG_1.jpg', exhibit: 'AB-2', category: 2 }])
    expect((await rowsOf(page)).map((row) => row.includes('graded'))).toEqual([false, true, false])
  })
})

describe('a page of very much', () => {
  const knownGood = match('identical', 0, { knownGood: true })

  test('lists what no set asks to look at up to a limit, and always what one reports', async () => {
    const failed = { error: { code: 'DECODE_FAILED', message: 'x', stage: 'decode' } as never }
    const kinds = [{}, { matches: [knownGood] as never }, failed, { matches: [match('identical', 1)] as never }]
    const records = Array.from({ length: 40 }, (_, seq) => pictureRecord(seq, seq, kinds[seq % 4]))
    const sources = await describeSources([resultsOf(tempFolder(), records)], false)
    const { rows, unlisted } = await collectReview(sources, { maxRows: 4 })
    expect({ rows: rows.length, unlisted }).toEqual({ rows: 4 + 4 + 10, unlisted: 22 })
  })

  test('cuts long texts, and offers only frequent categories', async () => {
    const folder = tempFolder()
    const long = 'ä'.repeat(300_000)
    const records = Array.from({ length: 30 }, (_, seq) => ({
      ...pictureRecord(seq, seq),
      path: long,
      matches: [match('identical', 1, { set: long, label: long, mediaId: long, grading: { gradedBy: long } })]
    }))
    const odd = Array.from({ length: 1000 }, (_, i) =>
      pictureRecord(30 + i, 30 + i, { matches: [match('identical', 100 + i)] as never })
    )
    const out = join(folder, 'review.html')
    await writeReview([resultsOf(folder, [...records, ...odd])], out)
    const text = readFileSync(out, 'utf8')
    expect(text.length).toBeLessThan(1_000_000)
    expect(text.match(/<option value="\d+">/g)!.length).toBeLessThan(300)
    expect(text).toContain('… and rarer ones')
    expect(text).toContain('all others')
  })

  test('has a list no taller than browsers draw, and says what is beyond', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const { page } = await pageOf([pictureRecord(0, 'a')])
    await page.evaluate('data.rows = new Array(1_300_000).fill(data.rows[0]); applyFilters()')
    expect(await page.locator('#shown').textContent()).toBe(
      '1,300,000 of 1,300,000 files; the last 800,000 of them are not in the list: narrow the search'
    )
    await page.locator('#list').focus()
    await page.keyboard.press('End')
    await expect.poll(async () => page.locator('[aria-selected=true]').getAttribute('aria-posinset')).toBe('500000')
    const { inside, box } = await page.evaluate<{ inside: number; box: number }>(
      `({ inside: document.querySelector('[aria-selected=true]').getBoundingClientRect().bottom,
          box: document.querySelector('#list').getBoundingClientRect().bottom })`
    )
    expect(inside).toBeLessThanOrEqual(box + 1)
  })
})

test('a page of broken results is an error, and leaves no file', async () => {
  const folder = tempFolder()
  const results = writeLines(join(folder, 'r.ndjson'), [HEADER, pictureRecord(0, 'a')])
  await expect(writeReview([results], join(folder, 'x.html'))).rejects.toMatchObject({ code: 'RESULTS_INVALID' })
  expect(existsSync(join(folder, 'x.html'))).toBe(false)
  await expect(writeReview([results], results)).rejects.toMatchObject({ code: 'USAGE' })
  await expect(serveReview([results], { files: ['a', 'b'] })).rejects.toMatchObject({ code: 'USAGE' })
})
