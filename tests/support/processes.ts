// What runs below a process, as the system tells it. On Windows nothing is told; tests of it skip there.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { TestContext } from 'vitest'

/** Living processes whose parent is `pid`. */
export function childrenOf(pid: number): number[] {
  return (process.platform === 'linux' ? tableOfProc() : tableOfPs())
    .filter(({ parent, zombie }) => parent === pid && !zombie)
    .map((row) => row.pid)
}

export function isAlive(pid: number): boolean {
  return (process.platform === 'linux' ? tableOfProc() : tableOfPs()).some((row) => row.pid === pid && !row.zombie)
}

interface ProcessRow {
  readonly pid: number
  readonly parent: number
  /** Ended, and waiting for its parent to notice. */
  readonly zombie: boolean
}

/** Some Linux images have no ps. */
function tableOfProc(): ProcessRow[] {
  const rows: ProcessRow[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue
    try {
      // The command's name stands in brackets and may hold anything.
      const status = readFileSync(`/proc/${name}/stat`, 'utf8')
      const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ')
      rows.push({ pid: Number(name), parent: Number(parent), zombie: state === 'Z' })
    } catch {
      continue // it has ended since the listing
    }
  }
  return rows
}

function tableOfPs(): ProcessRow[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,comm='], { encoding: 'utf8' }).trim().split('\n')
  const cells = lines.map((line) => line.trim().split(/\s+/)).filter(([, , , command]) => !command.endsWith('ps'))
  return cells.map(([pid, parent, state]) => ({
    pid: Number(pid),
    parent: Number(parent),
    zombie: state.startsWith('Z')
  }))
}

/** The environment that a process was started with, by name. Linux only. */
export function environmentOf(pid: number): Map<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]))
}

/** Waits until `look` finds something; a test that waits in vain ends by its time limit. */
export async function until<T>(look: () => T | undefined | null | false): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined && found !== null && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export function skipOnWindows({ skip }: Pick<TestContext, 'skip'>): void {
  if (process.platform === 'win32') skip('Windows has no ps, no FIFO and no POSIX permissions')
}

export function skipUnlessLinux({ skip }: Pick<TestContext, 'skip'>, why: string): void {
  if (process.platform !== 'linux') skip(`needs Linux: ${why}`)
}
