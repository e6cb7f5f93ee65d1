// What people and programs read: data on standard output, everything else on standard error.

import { fstatSync, writeSync } from 'node:fs'
import Table from 'cli-table3'
import pico from 'picocolors'
import { counted, formatBytes, formatCount, oneLine, printable } from '../core/display.js'
import { ExhibitHashError } from '../core/errors.js'
import type { ResultLine, SummaryRecord } from '../core/result.js'
import { writing } from '../files/index.js'

export { counted, formatBytes, formatCount, oneLine, printable }

/** True where standard output is read by a program. */
export function printsJson(json: boolean | undefined): boolean {
  return json === true || !process.stdout.isTTY
}

/** Colours for a stream: none where it is not a terminal, whatever the other one is. */
export function coloursFor(stream: NodeJS.WriteStream): ReturnType<typeof pico.createColors> {
  return pico.createColors((stream as { isTTY?: boolean }).isTTY === true && pico.isColorSupported)
}

/** True where standard output goes to a file, a drive or `/dev/full`: not to a terminal or a pipe. */
const isWrittenAtOnce = !process.stdout.isTTY && isFileOrDevice(process.stdout.fd)

function isFileOrDevice(fd: number): boolean {
  try {
    const status = fstatSync(fd)
    return status.isFile() || status.isCharacterDevice()
  } catch {
    return false
  }
}

/** Node.js drops what a file that is nearly full has not taken of a write. */
async function writeToFile(text: string): Promise<void> {
  await writing('standard output', async () => {
    const bytes = Buffer.from(text)
    for (let done = 0; done < bytes.length;) done += writeSync(process.stdout.fd, bytes, done)
  })
}

/**
 * Writes to standard output and waits while its reader is behind.
 * @throws {ExhibitHashError} WRITE_FAILED
 */
export async function writeOut(text: string): Promise<void> {
  if (isWrittenAtOnce) return writeToFile(text)
  if (!process.stdout.writable) {
    throw new ExhibitHashError('WRITE_FAILED', 'standard output was closed before everything was written')
  }
  if (process.stdout.write(text)) return
  await new Promise<void>((resolve) => {
    // Whichever comes first, and none left behind: a reader that is gone drains nothing.
    const events = ['drain', 'close', 'error']
    const done = (): void => {
      for (const event of events) process.stdout.off(event, done)
      resolve()
    }
    for (const event of events) process.stdout.on(event, done)
  })
}

export function writeJson(value: unknown): Promise<void> {
  return writeOut(`${JSON.stringify(value)}\n`)
}

/** A line for people on standard error. */
export function note(text: string): void {
  process.stderr.write(`${printable(text)}\n`)
}

/** Text for people on standard output. */
export function writeText(text: string): Promise<void> {
  return writeOut(`${printable(text)}\n`)
}

const NO_LINES_BETWEEN_ROWS = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }

/** A table as text, with box characters but no colour codes of its own. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const made = new Table({ head: [...head], style: { head: [], border: [] }, chars: NO_LINES_BETWEEN_ROWS })
  for (const row of rows) made.push([...row])
  return made.toString()
}

/** Takes the lines of a results file as they come. */
export interface LineSink {
  write(line: ResultLine): Promise<void>
}

/** Gives every line to the sink; the summary, which is the last, comes back. */
export async function writeLines(lines: AsyncIterable<ResultLine>, sink: LineSink): Promise<SummaryRecord> {
  let summary: SummaryRecord | undefined
  for await (const line of lines) {
    await sink.write(line)
    if (line.type === 'summary') summary = line
  }
  if (summary === undefined) throw new ExhibitHashError('INTERNAL', 'a scan ended without a summary')
  return summary
}
