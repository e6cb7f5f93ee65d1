// `match`: hashes against hash sets, one given on the command line or any number from a file.

import { Command, Option } from '@commander-js/extra-typings'
import { ExhibitHashError } from '../../core/errors.js'
import {
  DIGEST_KINDS,
  DIGEST_NAMES,
  HASH_KINDS,
  isDigestKind,
  isNearKind,
  PERCEPTUAL_KINDS,
  type HashKind
} from '../../core/hashes.js'
import { FORMAT_NAMES, type SourceOptions } from '../../formats/index.js'
import type { HashSet } from '../../index/index.js'
import {
  DEFAULT_NEAR,
  matchFiles,
  type FileMatches,
  type MatchFeatures,
  parseNear,
  type NearPolicy
} from '../../match/index.js'
import { strongestRelation } from '../../results/index.js'
import { describeMatch } from '../describe-match.js'
import { exitOfSummary } from '../exit.js'
import { questionOf, questionsFromFile, type Question } from '../match-input.js'
import { counted, note, oneLine, printsJson, writeJson, writeText } from '../output.js'
import { readingOptions } from '../reading-options.js'
import { NO_MAPPING_HELP, REQUIRE_SIGNATURE_HELP, signatureOption, withSets } from '../sets.js'
import { pairOption } from '../values.js'

export function matchCommand(setStatus: (status: number) => void) {
  const command = new Command('match')
    .description('look hashes up in hash sets')
    .requiredOption('--set <index...>', 'hash set to look in (repeatable)')
    .option('--from <file>', 'CSV with a header that names the kinds, a digest list, or NDJSON records')
    .addOption(new Option('--kind <kind>', 'kind of the hashes of a list that does not tell').choices(HASH_KINDS))
    .addOption(new Option('--format <format>', 'format of the file (default: by content)').choices(FORMAT_NAMES))
    .option('--column <header=field>', 'CSV: what an odd header means (repeatable)', pairOption)
    .option('--near <list>', "distances, e.g. pdq=31,phash=6; 'none' for exact matches only", parseNear)
    .option('--require-signature <public.pem>', REQUIRE_SIGNATURE_HELP)
    .option('--no-mapping', NO_MAPPING_HELP)
    .option('--json', 'print NDJSON also on a terminal')
    .addHelpText('after', HELP)
  for (const kind of ASKED) {
    const name = isDigestKind(kind) ? DIGEST_NAMES[kind] : kind
    command.addOption(new Option(`--${optionName(kind)} <hex>`, `${name} to look up`))
  }
  return command.action(async (options) => {
    const { set, from, json, mapping } = options
    const given = hashesGiven(options)
    if ((from === undefined) === (given.length === 0)) {
      throw new ExhibitHashError('USAGE', 'match needs either hashes (--md5, --sha1, --sha256, --pdq …) or --from FILE')
    }
    const { allowIncomplete: _, ...reading } = readingOptions(options)
    if (from === undefined && Object.keys(reading).length > 0) {
      throw new ExhibitHashError('USAGE', '--kind, --format and --column say how the file of --from is read')
    }
    // A hash that someone gives by name is meant to be compared by distance.
    const named = [...given.map(([kind]) => kind), ...(options.kind === undefined ? [] : [options.kind])]
    const near = options.near ?? nearFor(named)
    const counts = { identical: 0, conflict: 0, similar: 0, errors: 0, unasked: 0 }
    const answer = async (questions: readonly Question[], sets: readonly HashSet[]): Promise<void> => {
      const found = matchFiles(
        sets,
        questions.map((question) => question.features),
        near
      )
      counts.unasked += questions.filter(({ error, features }) => !error && !canAnswer(sets, features, near)).length
      for (const [i, question] of questions.entries()) await tell(question, found[i], json, counts)
    }
    await withSets(set, { mapping, ...signatureOption(options.requireSignature) }, async (sets) => {
      if (from === undefined)
        await answer(
          [questionOf(Object.fromEntries(given), { hashes: Object.fromEntries(given.filter(mayBeShown)) })],
          sets
        )
      else await answerFile(from, reading, (questions) => answer(questions, sets), counts)
      noteUnasked(counts.unasked, sets, near)
    })
    setStatus(exitOfSummary({ ...counts, errors: counts.errors + counts.unasked }))
  })
}

type Counts = { identical: number; conflict: number; similar: number; errors: number; unasked: number }

/** Whether any set holds a hash of a kind that this is asked by: where none does, no match says nothing. */
function canAnswer(sets: readonly HashSet[], { digests, hashes, photoDna, frames }: MatchFeatures, near: NearPolicy) {
  const nearKinds: readonly AskedKind[] = [
    ...PERCEPTUAL_KINDS.filter((kind) => hashes[kind] !== undefined || (kind === 'pdq' && frames !== undefined)),
    ...(photoDna === undefined ? [] : (['photoDna'] as const))
  ]
  const asked = [
    ...DIGEST_KINDS.filter((kind) => digests[kind] !== undefined),
    ...nearKinds.filter((kind) => isNear(kind, near))
  ]
  return asked.some((kind) => sets.some((set) => holds(set, kind)))
}

function isNear(kind: AskedKind, near: NearPolicy): boolean {
  return isNearKind(kind) && near[kind] !== undefined
}

function holds({ metadata }: HashSet, kind: AskedKind): boolean {
  return (metadata.hashCounts[kind] ?? 0) > 0
}

function noteUnasked(count: number, sets: readonly HashSet[], near: NearPolicy): void {
  if (count === 0) return
  const kinds = ASKED.filter((kind) => sets.some((set) => holds(set, kind)))
  const unnamed = kinds.filter((kind) => !isDigestKind(kind) && !isNear(kind, near))
  const what = counted(count, 'hash or row was', 'hashes or rows were')
  const how = unnamed.length === 0 ? '' : `; ${unnamed.join(', ')} where --near names them`
  note(`warning: ${what} not looked up: the sets can be asked by ${kinds.join(', ')} only${how}`)
}

async function answerFile(
  path: string,
  reading: SourceOptions,
  answer: (questions: readonly Question[]) => Promise<void>,
  counts: Counts
): Promise<void> {
  const questions = questionsFromFile(path, reading, ({ counts: { rejected }, warnings }) => {
    if (rejected === 0) return
    counts.errors += rejected
    note(`warning: ${path}: ${counted(rejected, 'row', 'rows')} had no hash that can be looked up`)
    for (const { position, message } of warnings.slice(0, 10)) note(`warning: ${path}, row ${position}: ${message}`)
  })
  for await (const batch of questions) await answer(batch)
}

async function tell(
  question: Question,
  { matches, omitted }: FileMatches,
  json: boolean | undefined,
  counts: Counts
): Promise<void> {
  const relation = strongestRelation(matches)
  if (relation !== null && relation !== 'knownGood') counts[relation]++
  if (question.error !== undefined) counts.errors++
  if (printsJson(json)) {
    await writeJson({
      ...question.shown,
      matches,
      ...(omitted > 0 && { matchesOmitted: omitted }),
      ...(question.error !== undefined && { error: question.error })
    })
    return
  }
  const title = String(
    question.shown.path ?? question.shown.id ?? Object.values(question.shown.hashes ?? {})[0] ?? 'photoDna'
  )
  const lines = question.error === undefined ? matches.map(describeMatch) : [question.error.message]
  await writeText([oneLine(title), ...(lines.length > 0 ? lines : ['no match']).map((line) => `  ${line}`)].join('\n'))
}

/** A PhotoDNA value can be turned back into a blurred picture: it is not repeated on a screen or in a log. */
function mayBeShown([kind]: readonly [AskedKind, string]): boolean {
  return kind !== 'photoDna'
}

type AskedKind = HashKind | 'photoDna'

const ASKED: readonly AskedKind[] = [...HASH_KINDS, 'photoDna']

function hashesGiven(options: Readonly<Record<string, unknown>>): [AskedKind, string][] {
  return ASKED.flatMap((kind): [AskedKind, string][] => {
    const hex = options[kind === 'photoDna' ? 'photodna' : kind]
    // A PhotoDNA value may be base64, where case counts.
    return typeof hex === 'string' ? [[kind, kind === 'photoDna' ? hex : hex.toLowerCase()]] : []
  })
}

function nearFor(kinds: readonly AskedKind[]): NearPolicy {
  const near = kinds.filter((kind) => isNearKind(kind))
  return near.length === 0 ? DEFAULT_NEAR : parseNear(near.join(','))
}

/** `--photodna`, as the field writes it. */
function optionName(kind: AskedKind): string {
  if (kind === 'photoDna') return 'photodna'
  return kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

const HELP = `
A hash of a kind that no set holds is not looked up, and counts as such: its "no match" says nothing.

PDQ hashes of quality below 50 are of pictures with next to nothing on them: they match nothing by distance.

Exit status: 0 no match or known-good ones alone, 1 something else matched, 2 some rows could not be looked up, 3 both.

Examples:
  exhibit-hash match --set caid.ehx --md5 0cc175b9c0f1b6a831c399e269772661
  exhibit-hash match --set caid.ehx --from hashes.csv > matches.ndjson
  exhibit-hash match --set caid.ehx --from hashes.txt --kind pdq`
