// Two hundred kills at random moments; EXHIBIT_HASH_SEED starts another run.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../support/cli.js'
import { killedRun, makeExhibit } from '../support/interrupted.js'
import { buildSet, fixtureRecord } from '../support/sets.js'
import { suiteFolder, tempFolder } from '../support/temp.js'

const seed = Number(process.env['EXHIBIT_HASH_SEED'] ?? 3)
const KILLS = 200

test('nothing is lost and nothing twice, whenever a run is killed', async () => {
  const exhibit = suiteFolder()
  makeExhibit(exhibit, 60)
  const set = await buildSet(suiteFolder(), [fixtureRecord('edit-00-original.jpg', 1, 2)])
  const reference = join(suiteFolder(), 'whole.ndjson')
  await runCli(['scan', exhibit, '--set', set, '--out', reference])
  const whole = readFileSync(reference, 'utf8')
  let killed = 0
  for (let round = 0; killed < KILLS; round++) {
    const out = join(tempFolder(), 'r.ndjson')
    const args = ['scan', exhibit, '--set', set, '--out', out, '--resume']
    killed += await killedRun(args, { seed: seed + round, kills: 12, mostMs: 2500 })
    expect(readFileSync(out, 'utf8')).toBe(whole)
    expect((await runCli(['verify', out])).status).toBe(0)
  }
})
