// The review page in a real browser: nothing is loaded, nothing is executed, and no picture is shown that was not asked for.

import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { serveReview, type ServeReviewOptions, writeReview } from 'exhibit-hash'
import { readGrades } from 'exhibit-hash/casework'
import { startCli } from '../support/cli.js'
import { image } from '../support/fixtures.js'
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
    expect(await page.locator('#detail dd').first().textContent()).toContain('üüü…')
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
    await page.keyboard.press('9')
    expect(await page.locator('#said').textContent()).toBe('=b.jpg graded 9 = unmapped')
    expect((await rowsOf(page)).map((row) => /graded \d/.exec(row)?.[0])).toEqual(['graded 1', 'graded 9', undefined])
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

/** An exhibit of one real picture, its results, and the page of them served. */
async function served(options: ServeReviewOptions = {}) {
  const folder = tempFolder()
  const root = join(folder, 'exhibit')
  mkdirSync(root)
  copyFileSync(image('edit-00-original.jpg'), join(root, 'a.jpg'))
  const bytes = readFileSync(join(root, 'a.jpg'))
  const digests = { md5: digestHex('md5', bytes), sha1: digestHex('sha1', bytes), sha256: digestHex('sha256', bytes) }
  const results = resultsOf(folder, [pictureRecord(0, 'a', { digests })])
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
    expect((await rowsOf(second))[0]).toContain('graded 2')
  })

  test('shows no file that is another than was hashed', async ({ skip }) => {
    if (browser === undefined) skip(WITHOUT)
    const { review, root, logged } = await served()
    writeFileSync(join(root, 'a.jpg'), readFileSync(image('edit-01-q30.jpg')))
    const { page } = await openPage(review.address)
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

test('a page of broken results is an error, and leaves no file', async () => {
  const folder = tempFolder()
  const results = writeLines(join(folder, 'r.ndjson'), [HEADER, pictureRecord(0, 'a')])
  await expect(writeReview([results], join(folder, 'x.html'))).rejects.toMatchObject({ code: 'RESULTS_INVALID' })
  expect(existsSync(join(folder, 'x.html'))).toBe(false)
  await expect(writeReview([results], results)).rejects.toMatchObject({ code: 'USAGE' })
  await expect(serveReview([results], { files: ['a', 'b'] })).rejects.toMatchObject({ code: 'USAGE' })
})
