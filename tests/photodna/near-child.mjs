// Searches a set on the arm that the environment forces: near-child.mjs INDEX, questions as JSON on standard input.

import { readFileSync } from 'node:fs'
import { HashSet } from 'exhibit-hash'

const set = await HashSet.open(process.argv[2])
const answers = JSON.parse(readFileSync(0, 'utf8')).map(({ packed, maxDistance }) =>
  set.findPhotoDna(Buffer.from(packed, 'base64'), { maxDistance })
)
await set.close()
process.stdout.write(JSON.stringify(answers))
