// The table of formats. A new format is a new file and a row here.

import { CSV } from './csv.js'
import { DIGEST_LIST } from './digest-list.js'
import type { Format } from './format.js'
import { VICS } from './vics.js'

/** In the order in which a source is tried: the strictest test first. */
export const FORMATS: readonly Format[] = [VICS, CSV, DIGEST_LIST]

export const FORMAT_NAMES: readonly string[] = FORMATS.map((format) => format.name)
