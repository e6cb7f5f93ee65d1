// `review`: results as a page to look through and grade, written as a file or served to this machine.

import { once } from 'node:events'
import { Command } from '@commander-js/extra-typings'
import { ExhibitHashError } from '../../core/errors.js'
import { serveReview, writeReview } from '../../report/index.js'
import { formatCount, note, printsJson, writeJson, writeText } from '../output.js'
import { stoppable } from '../stop.js'
import { countOption } from '../values.js'

export function reviewCommand() {
  return new Command('review')
    .description('a page to look through results and grade them, written as a file or served to this machine')
    .argument('<results...>', 'files that scan or rematch wrote')
    .option('--out <file>', 'HTML file to write: it loads nothing and has no picture')
    .option('--serve', 'serve the page on 127.0.0.1 until Ctrl-C, and keep the grades')
    .option('--files <folder...>', '--serve: the folders that were scanned, so that pictures can be asked for')
    .option('--grades <file>', '--serve: where grades are kept, an object a line (default: RESULTS.grades.ndjson)')
    .option('--port <n>', '--serve: port (default: any that is free)', countOption)
    .option('--profile <profile>', 'category profile that grades follow (default: that of the sets)')
    .option('--json', 'print JSON also on a terminal')
    .addHelpText('after', HELP)
    .action(async (results, { out, serve, files, grades, port, profile, json }) => {
      if ((out === undefined) === (serve !== true)) {
        throw new ExhibitHashError('USAGE', 'either --out FILE writes the page, or --serve serves it')
      }
      const named = profile === undefined ? {} : { profile }
      await stoppable(async (signal) => {
        if (out !== undefined) {
          const outcome = await writeReview(results, out, { ...named, signal })
          if (printsJson(json)) await writeJson(outcome)
          else await writeText(`${out}: ${formatCount(outcome.files)} files`)
          return
        }
        const given = {
          ...(files && { files }),
          ...(grades !== undefined && { grades }),
          ...(port !== undefined && { port })
        }
        const review = await serveReview(results, { ...named, ...given, signal })
        try {
          if (printsJson(json)) await writeJson({ address: review.address, grades: review.grades, log: review.log })
          else await writeText(`open once: ${review.address}`)
          note(`grades: ${review.grades}; looks at pictures: ${review.log}; Ctrl-C ends`)
          if (!signal.aborted) await once(signal, 'abort')
        } finally {
          await review.stop()
        }
      })
    })
}

const HELP = `
No picture is shown before it is asked for: first a blurred grey preview, and the original only after a question; each look is
logged. Blurring means fewer looks at originals; it does not by itself protect who looks.

Examples:
  exhibit-hash review AB-1.ndjson --out AB-1.html
  exhibit-hash review AB-1.ndjson --serve --files evidence/AB-1`
