// `upload`: a case package checked, and sent to a server that speaks the VICS protocol.

import { Command } from '@commander-js/extra-typings'
import { checkPackage, type Credentials, type PackageCheck, uploadPackage } from '../../casework/index.js'
import { ExhibitHashError } from '../../core/errors.js'
import { isPlainObject } from '../../core/plain-object.js'
import { readJsonFile } from '../../files/index.js'
import { EXIT } from '../exit.js'
import { formatBytes, formatCount, note, printsJson, table, writeJson, writeText } from '../output.js'
import { progressLine } from '../progress.js'
import { stoppable } from '../stop.js'
import { byteSize, wholeNumber } from '../values.js'

export function uploadCommand(setStatus: (status: number) => void) {
  return new Command('upload')
    .description('check a case package (VICS), and send it to a server')
    .argument('<package>', 'a VICS case: the JSON document, or the folder it lies in with its files')
    .option('--to <url>', 'base address of the server, ending in /api')
    .option('--check', 'only check the package: paths, MD5s, counts')
    .option('--credentials <file>', 'JSON: {"token"}, {"username","password"} or {"clientId","clientSecret"}')
    .option('--parallel <n>', 'files under way at once (default: 4)', wholeNumber)
    .option('--chunk <size>', 'bytes of a request, up to 10MiB (default: 4MiB)', byteSize)
    .option('--allow-insecure', 'HTTP without TLS to another machine')
    .option('--json', 'print JSON also on a terminal')
    .option('--quiet', 'no progress bar')
    .addHelpText('after', HELP)
    .action(async (path, { to, check, credentials, parallel, chunk, allowInsecure, json, quiet }) => {
      if ((to === undefined) === (check !== true)) {
        throw new ExhibitHashError('USAGE', 'either --to URL sends the package, or --check only checks it')
      }
      const bar = progressLine(quiet === true)
      await stoppable(async (signal) => {
        if (to === undefined) {
          const found = await checkPackage(path, {
            signal,
            onProgress: (records) => bar.update(records, records, `${formatCount(records)} records checked`)
          })
          bar.stop()
          for (const { code, record, message } of found.findings) {
            note(`${code}${record === null ? '' : ` record ${formatCount(record)}`}: ${message}`)
          }
          if (printsJson(json)) await writeJson(found)
          else await writeText(describe(found))
          setStatus(found.sound ? EXIT.ok : EXIT.unusableSet)
          return
        }
        const outcome = await uploadPackage(path, {
          to,
          signal,
          ...(credentials !== undefined && { credentials: await readCredentials(credentials) }),
          ...(parallel !== undefined && { parallel }),
          ...(chunk !== undefined && { chunkBytes: chunk }),
          ...(allowInsecure === true && { allowInsecure }),
          onProgress: ({ filesDone, files, bytesDone, bytes }) =>
            bar.update(
              bytesDone + filesDone,
              bytes + files,
              `${formatCount(filesDone)} of ${formatCount(files)} records, ${formatBytes(bytesDone)}`
            )
        })
        bar.stop()
        if (printsJson(json)) await writeJson(outcome)
        else {
          const { media, sent, alreadySent, bytes, confirmed } = outcome
          await writeText(
            `${outcome.server}: case ${outcome.caseId}: ${formatCount(sent)} of ${formatCount(media)} records sent (${formatBytes(bytes)}), ${formatCount(alreadySent)} were there, ${formatCount(confirmed)} confirmed by the server`
          )
        }
      }).finally(() => bar.stop())
    })
}

/** On a command line everybody on the machine would see them. */
async function readCredentials(path: string): Promise<Credentials> {
  const value = await readJsonFile(path, 'USAGE')
  const has = (...names: string[]): boolean =>
    isPlainObject(value) && names.every((name) => typeof value[name] === 'string')
  if (has('token') || has('username', 'password') || has('clientId', 'clientSecret')) return value as Credentials
  throw new ExhibitHashError('USAGE', `${path}: holds no credentials: see upload --help`, { path })
}

function describe({
  path,
  sound,
  cases,
  caseId,
  caseNumber,
  marker,
  media,
  places,
  files,
  bytes,
  counts
}: PackageCheck): string {
  return table(
    [path, ''],
    [
      ['state', sound ? 'sound' : 'NOT SOUND'],
      [
        'case',
        `${caseNumber ?? 'no number'} (${caseId ?? 'no identity'})${cases > 1 ? `, the first of ${formatCount(cases)}` : ''}`
      ],
      ['marker', marker ?? 'none'],
      ['records', `${formatCount(media)}, found at ${formatCount(places)} places`],
      ['files', `${formatCount(files)} (${formatBytes(bytes)})`],
      ...Object.entries(counts).map(([code, count]) => [code, formatCount(count)])
    ]
  )
}

const HELP = `
What the server has acknowledged is kept beside the package (….upload): the same command again goes on where it was cut, and
sends nothing twice. A package of another tool goes as it stands, with every field, under its own version and profile.

Exit status of --check: 0 sound, 65 not.

Examples:
  exhibit-hash upload case --check
  exhibit-hash upload case --to https://server.example/api --credentials server.json`
