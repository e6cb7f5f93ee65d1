// The rule by which gradings of several sources are weighed: what it takes to be trusted, and what is known of sources.

import { nameMatcher } from '../../exhibit/index.js'
import { ExhibitHashError } from '../../core/errors.js'
import { isPlainObject } from '../../core/plain-object.js'
import { readJsonFile } from '../../files/index.js'

/** What is known of a set, or of one of its source files. The first statement that fits holds. */
export interface SourceStatement {
  /** Name of the set, as results name it; a pattern such as `CAID 2026-*`. Absent: any. */
  readonly set?: string
  /** Name of the source file within the set, or a pattern. Absent: any. */
  readonly source?: string
  /** Who graded what names no grader itself. */
  readonly organisation?: string
  /** The database that this is a release or a copy of: what has the same one is one source, whatever it is called. */
  readonly derivedFrom?: string
  /** Which release: the last in the order of text (`2026-10` after `2026-09`) is the one that counts. */
  readonly release?: string
  /** Its gradings are trusted as they stand, as long as nobody disputes them. */
  readonly trusted?: boolean
}

export interface CorroborationRule {
  /** Independent graders of one category that make it trusted. Default 3. */
  readonly graders?: number
  /** Whether a grade that anybody disputes is never trusted. Default true. */
  readonly undisputed?: boolean
  /** A tag that marks a record as trusted in its source; none by default. */
  readonly trustedTag?: string
  /** Codes that mean that nobody has graded. Default `["0"]`. */
  readonly ungraded?: readonly string[]
  readonly sources?: readonly SourceStatement[]
  /** Other names of graders, to the one that counts. */
  readonly aliases?: Readonly<Record<string, string>>
}

/** @throws {ExhibitHashError} RULE_INVALID, INPUT_NOT_FOUND, READ_FAILED */
export async function loadRule(path: string): Promise<CorroborationRule> {
  return checkRule(await readJsonFile(path, 'RULE_INVALID'), path)
}

/**
 * What was given, once it has proved to be a rule; misspelt names are refused.
 * @throws {ExhibitHashError} RULE_INVALID naming `path`
 */
export function checkRule(value: unknown, path: string): CorroborationRule {
  const fault = ruleFault(value)
  if (fault !== null) throw new ExhibitHashError('RULE_INVALID', `${path}: ${fault}`, { path })
  return value as CorroborationRule
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const isListOf = (value: unknown, isOne: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isOne)

type Checks = Readonly<Record<string, (value: unknown) => boolean>>

const RULE: Checks = {
  graders: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  undisputed: isFlag,
  trustedTag: isText,
  ungraded: (value) => isListOf(value, (one) => typeof one === 'string'),
  sources: (value) => isListOf(value, (one) => faultIn(one, STATEMENT) === null),
  aliases: (value) => isPlainObject(value) && Object.values(value).every(isText)
}

const STATEMENT: Checks = {
  set: isText,
  source: isText,
  organisation: isText,
  derivedFrom: isText,
  release: isText,
  trusted: isFlag
}

function ruleFault(value: unknown): string | null {
  return faultIn(value, RULE)
}

function faultIn(value: unknown, checks: Checks): string | null {
  if (!isPlainObject(value)) return 'is no object'
  for (const [name, given] of Object.entries(value)) {
    if (!Object.hasOwn(checks, name))
      return `${JSON.stringify(name.slice(0, 40))} is none of ${Object.keys(checks).join(', ')}`
    if (given !== undefined && !checks[name](given)) return `"${name}" is not what it can be`
  }
  return null
}

const MAX_FOUND = 10_000

/** A rule ready for use: every question of it answered. */
export class Rule {
  readonly graders: number
  readonly undisputed: boolean
  readonly trustedTag: string | null
  readonly #ungraded: ReadonlySet<string>
  readonly #statements: readonly {
    readonly statement: SourceStatement
    readonly fits: (set: string, source: string) => boolean
  }[]
  readonly #aliases: ReadonlyMap<string, string>
  readonly #found = new Map<string, number>()

  constructor({ graders, undisputed, trustedTag, ungraded, sources, aliases }: CorroborationRule) {
    this.graders = graders ?? 3
    this.undisputed = undisputed ?? true
    this.trustedTag = trustedTag === undefined ? null : plainName(trustedTag)
    this.#ungraded = new Set(ungraded ?? ['0'])
    this.#aliases = new Map(Object.entries(aliases ?? {}).map(([other, name]) => [plainName(other), name]))
    this.#statements = (sources ?? []).map((statement) => {
      const [isSet, isSource] = [fitting(statement.set), fitting(statement.source)]
      return { statement, fits: (set, source) => isSet(set) && isSource(source) }
    })
  }

  isUngraded(category: number | string | null): boolean {
    return category === null || this.#ungraded.has(String(category))
  }

  /** Whether tags, joined by commas or semicolons, have the one that means trusted. */
  isTagged(tags: string): boolean {
    return tags.split(/[,;]/).some((tag) => plainName(tag) === this.trustedTag)
  }

  /** The statement about a source; `null` where there is none. */
  statementOn(set: string, source: string): SourceStatement | null {
    const key = JSON.stringify([set, source])
    let number = this.#found.get(key)
    if (number === undefined) {
      number = this.#statements.findIndex(({ fits }) => fits(set, source))
      // Sets have a few sources; names without end are not of this world.
      if (this.#found.size < MAX_FOUND) this.#found.set(key, number)
    }
    return number === -1 ? null : this.#statements[number].statement
  }

  /** The organisations in what a record says of its graders, each once, under the name that counts. */
  organisationsIn(gradedBy: string): string[] {
    const byName = new Map<string, string>()
    for (const part of gradedBy.split(';')) {
      const given = part.trim()
      const name = this.#aliases.get(plainName(given)) ?? given
      if (name !== '' && !byName.has(plainName(name))) byName.set(plainName(name), name)
    }
    return [...byName.values()]
  }
}

function fitting(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true
  const matches = nameMatcher(pattern)
  return (name) => name === pattern || matches(Buffer.from(name))
}

/** A name as it is compared: `FORCE  12 ` is `Force 12`, since taking one grader for two would make grades surer than they are. */
export function plainName(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase()
}
