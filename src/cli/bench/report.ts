// Measurements as a table for people, with the machine that they are of.

import { cpus } from 'node:os'
import { machineFacts } from '../../pipeline/index.js'
import type { Measured } from './measure.js'

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly platform: string
  readonly node: string
  readonly kernels: string
}

export function describeMachine(): Machine {
  const { processor, memoryBytes, node, kernels } = machineFacts()
  return {
    processor,
    cores: cpus().length,
    memoryGiB: Math.round(memoryBytes / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node,
    kernels: `${kernels.path}, ${kernels.isa}`
  }
}

export function machineText({ processor, cores, memoryGiB, platform, node, kernels }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node.js ${node}, kernels: ${kernels}`
}

export const COLUMNS = ['work', 'engine', 'time', 'ratio (least–most)'] as const

/** A row of each measurement, in the order of COLUMNS. */
export function reportRows(results: readonly Measured[]): string[][] {
  return results.map((row) => {
    const rate = row.megabytesPerSecond === undefined ? '' : `, ${row.megabytesPerSecond.toFixed(0)} MB/s`
    const ratio = `${row.ratio.toFixed(2)} (${row.ratioLeast.toFixed(2)}–${row.ratioMost.toFixed(2)})`
    return [`${row.suite}: ${row.input}`, row.engine, `${timeText(row.milliseconds)}${rate}`, ratio]
  })
}

export function markdownTable(results: readonly Measured[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(COLUMNS), line(COLUMNS.map(() => '---')), ...reportRows(results).map(line)].join('\n')
}

function timeText(milliseconds: number): string {
  if (milliseconds >= 100) return `${milliseconds.toFixed(0)} ms`
  if (milliseconds >= 0.1) return `${milliseconds.toPrecision(3)} ms`
  return milliseconds >= 1e-4
    ? `${(milliseconds * 1e3).toPrecision(3)} µs`
    : `${(milliseconds * 1e6).toPrecision(3)} ns`
}
