// Builds a set and searches it on the arm that the environment forces: near-child.mjs SOURCE INDEX, questions as JSON on
// standard input.

import { readFileSync } from 'node:fs'
import { buildHashSet, HashSet } from 'exhibit-hash'
import { digestOf } from './near-digest.mjs'

const [, , source, index] = process.argv
await buildHashSet(index, [source])
const set = await HashSet.open(index)
const answers = JSON.parse(readFileSync(0, 'utf8')).map(({ kind, maxDistanceBits, packed }) =>
  set.findSimilarBatch(kind, Buffer.from(packed, 'base64'), { maxDistanceBits }).map(digestOf)
)
await set.close()
process.stdout.write(JSON.stringify(answers))
