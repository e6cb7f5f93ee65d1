// A progress bar on a terminal, and nothing anywhere else.

import cliProgress from 'cli-progress'
import type { Progress } from '../pipeline/index.js'
import { formatBytes, formatCount } from './output.js'

export interface ProgressLine {
  update(done: number, total: number, text: string): void
  stop(): void
}

const SILENT: ProgressLine = { update: () => undefined, stop: () => undefined }

/** A bar on standard error; silent where that is not a terminal or `quiet` is set. */
export function progressLine(quiet: boolean | undefined): ProgressLine {
  if (quiet === true || !process.stderr.isTTY) return SILENT
  const bar = new cliProgress.SingleBar(
    {
      format: '{bar} {percentage}% {text}',
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
      etaBuffer: 50
    },
    cliProgress.Presets.shades_classic
  )
  let started = false
  return {
    update(done, total, text) {
      if (!started) bar.start(total, done, { text })
      else if (bar.getTotal() !== total) bar.setTotal(total)
      started = true
      bar.update(done, { text })
    },
    stop() {
      if (started) bar.stop()
    }
  }
}

/** Shows how far a run is, its rate and the time left. */
export function showRun(bar: ProgressLine): (progress: Progress) => void {
  return (progress) => bar.update(progress.files, progress.found, paceText(progress))
}

function paceText({ files, found, filesPerSecond, bytesPerSecond, secondsLeft }: Progress): string {
  const left = secondsLeft === null ? '' : `, ${durationText(secondsLeft)} left`
  const rate = `${filesPerSecond.toFixed(1)}/s, ${formatBytes(bytesPerSecond)}/s`
  return `${formatCount(files)} of ${formatCount(found)} files, ${rate}${left}`
}

export function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
}
