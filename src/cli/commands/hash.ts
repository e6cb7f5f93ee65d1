// `hash`: every hash of some files, no hash set needed.

import { Command, Option } from '@commander-js/extra-typings'
import type { FileRecord } from '../../core/result.js'
import { scan } from '../../pipeline/index.js'
import { clockTime, framesMissingText } from '../describe-match.js'
import { EXIT } from '../exit.js'
import { HASHING_HELP, hashingOptions } from '../hashing-options.js'
import { oneLine, printsJson, writeJson, writeText } from '../output.js'
import { progressLine, showRun } from '../progress.js'
import { stoppable } from '../stop.js'
import { byteSize, listOption, scanInput, wholeNumber } from '../values.js'
import { framesPerSecond, parseVideoLimits } from '../video-options.js'

export function hashCommand(setStatus: (status: number) => void) {
  return new Command('hash')
    .description('print every hash of files, one record a line')
    .argument('<file...>', 'files and folders; - reads names from standard input')
    .option('--hashes <list>', "perceptual hashes: 'all' (default) or e.g. pdq,phash", listOption)
    .option('--preview', 'add a BlurHash of a raster of 16 pixels')
    .option('--exact', HASHING_HELP.exact)
    .addOption(new Option('--heic <how>', HASHING_HELP.heic).choices(['wasm', 'native'] as const))
    .option('--no-video', HASHING_HELP.noVideo)
    .option('--video-fps <n>', HASHING_HELP.videoFps, framesPerSecond)
    .option('--video-scenes', HASHING_HELP.videoScenes)
    .option('--video-limits <list>', HASHING_HELP.videoLimits, parseVideoLimits)
    .option('--hasher <module...>', HASHING_HELP.hasher)
    .option('--concurrency <n>', 'files in flight (default: one more than the cores)', wholeNumber)
    .option('--timeout <ms>', HASHING_HELP.timeout, wholeNumber)
    .option('--max-pixels <n>', HASHING_HELP.maxPixels, wholeNumber)
    .option('--max-decode-size <size>', HASHING_HELP.maxDecodeSize, byteSize)
    .option('--max-memory <size>', HASHING_HELP.maxMemory, byteSize)
    .option('--null', 'names on standard input are separated by NUL')
    .option('--json', 'print records as NDJSON also on a terminal')
    .option('--quiet', 'no progress bar')
    .addHelpText(
      'after',
      '\nExamples:\n  exhibit-hash hash IMG_0001.JPG\n  exhibit-hash hash --hashes pdq photos/ > hashes.ndjson'
    )
    .action(async (paths, options) => {
      const { null: nul, json, quiet } = options
      const input = scanInput(paths, nul)
      const write = printsJson(json) ? writeJson : writeForPeople
      const bar = progressLine(quiet)
      let errors = 0
      await stoppable(async (signal) => {
        const records = scan(input, {
          hashes: 'all',
          ...hashingOptions(options),
          signal,
          // Where records are printed on the same terminal, a bar would run through them.
          ...(!process.stdout.isTTY && {
            onProgress: showRun(bar)
          })
        })
        for await (const record of records) {
          if (record.error !== null) errors++
          await write(record)
        }
      }).finally(() => bar.stop())
      setStatus(errors > 0 ? EXIT.incomplete : EXIT.ok)
    })
}

async function writeForPeople(record: FileRecord): Promise<void> {
  const { media, digests, hashes, error, preview, frames } = record
  const lines = [oneLine(record.path)]
  if (media !== null) {
    const size = media.width === undefined ? '' : ` ${media.width} × ${media.height}`
    lines.push(`  ${media.format}${size}${media.partial === true ? ', damaged: hashed in part' : ''}`)
  }
  for (const [kind, value] of Object.entries({ ...digests, ...hashes, ...(preview !== undefined && { preview }) })) {
    lines.push(`  ${kind.padEnd(13)} ${value ?? 'none'}`)
  }
  for (const { timeSeconds, pdq, pdqQuality } of frames ?? []) {
    lines.push(`  ${`at ${clockTime(timeSeconds)}`.padEnd(13)} ${pdq} ${pdqQuality}`)
  }
  if (media?.framesMissing !== undefined) lines.push(`  no frames: ${framesMissingText(media.framesMissing)}`)
  if (error !== null) lines.push(`  ${error.code}: ${error.message}`)
  await writeText(lines.join('\n'))
}
