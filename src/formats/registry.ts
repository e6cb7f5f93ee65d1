// The table of formats. A new format is a new file and a row here.

import { C4ALL } from './c4all.js'
import { CSV } from './csv.js'
import { DFXML } from './dfxml.js'
import { DIGEST_LIST } from './digest-list.js'
import { ENCASE } from './encase.js'
import type { Format } from './format.js'
import { HASHDEEP } from './hashdeep.js'
import { HASHKEEPER } from './hashkeeper.js'
import { ICSE } from './icse.js'
import { ILOOK } from './ilook.js'
import { NCMEC } from './ncmec.js'
import { NSRL } from './nsrl.js'
import { NSRL_DELTA } from './nsrl-delta.js'
import { NSRL_SQLITE } from './nsrl-sqlite.js'
import { PDQ_LIST } from './pdq-list.js'
import { SLEUTHKIT } from './sleuthkit.js'
import { STOPNCII } from './stopncii.js'
import { VICS } from './vics.js'
import { XWAYS } from './xways.js'

/** In the order in which a source is tried: the strictest test first. */
const ALL = [
  ENCASE,
  SLEUTHKIT,
  NSRL_SQLITE,
  STOPNCII,
  VICS,
  NCMEC,
  C4ALL,
  DFXML,
  HASHDEEP,
  NSRL,
  NSRL_DELTA,
  ILOOK,
  HASHKEEPER,
  ICSE,
  CSV,
  XWAYS,
  PDQ_LIST,
  DIGEST_LIST
] as const satisfies readonly Format[]

export const FORMATS: readonly Format[] = ALL

export type FormatName = (typeof ALL)[number]['name']
export const FORMAT_NAMES: readonly FormatName[] = ALL.map(({ name }) => name)

/** Formats in which a set can be exported. */
export const WRITABLE_FORMAT_NAMES: readonly FormatName[] = ALL.filter(
  (format: Format) => format.writeText !== undefined || format.writeDatabase !== undefined
).map(({ name }) => name)
