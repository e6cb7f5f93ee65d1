// Search of PhotoDNA values beside a plain SIMD scan of all of them, in pairs:
// `npx unrun bench/photo-dna.ts --values 10000000 --folder /var/tmp [--batches 1,8,64] [--rounds 5]`.

import { existsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median } from '../src/cli/bench/measure.js'
import { describeMachine, machineText } from '../src/cli/bench/report.js'
import { HashSet } from '../src/index/index.js'
import { SECTION } from '../src/index/layout.js'
import { openIndexFile } from '../src/index/open-file.js'
import { VALUE_BYTES } from '../tests/support/photo-dna-index.js'
import { PhotoDnaSet, type Distribution } from './photo-dna-set.js'

const PLANTED = 1000
const MOST_DISTANCE = 60_000
const THRESHOLD = 40_000

const { values: options } = parseArgs({
  options: {
    values: { type: 'string', default: '1000000' },
    distributions: { type: 'string', default: 'uniform,exponential' },
    batches: { type: 'string', default: '1,8,64' },
    rounds: { type: 'string', default: '5' },
    folder: { type: 'string', default: tmpdir() }
  }
})

type Found = ReturnType<HashSet['findPhotoDna']>

console.log(`Measured on ${machineText(describeMachine())}. One thread, threshold ${THRESHOLD}.`)
for (const distribution of options.distributions.split(',') as Distribution[]) {
  const drawn = new PhotoDnaSet(distribution, Number(options.values), PLANTED, MOST_DISTANCE)
  const path = join(options.folder, `photo-dna-${distribution}-${drawn.count}.ehx`)
  if (!existsSync(path)) await drawn.write(path)
  console.log(`\n${distribution}: ${drawn.count} values, ${sketchBytes(path)} bytes of sketches an entry`)
  const set = await HashSet.open(path)
  // Checks every block once, so that no round has to.
  set.findPhotoDna(drawn.queries.subarray(0, VALUE_BYTES), { exhaustive: true })
  set.findPhotoDna(drawn.queries.subarray(0, VALUE_BYTES))
  for (const batch of options.batches.split(',').map(Number)) compare(set, drawn, batch)
  await set.close()
}

/** Asks batch after batch of queries both ways, and prints how much faster the search is. */
function compare(set: HashSet, drawn: PhotoDnaSet, batch: number): void {
  const [scans, searches, ratios]: number[][] = [[], [], []]
  let [within, recalled, differing, found] = [0, 0, 0, 0]
  for (let round = 0; round < Number(options.rounds); round++) {
    const first = (round * batch) % (PLANTED - batch + 1)
    const queries = drawn.queries.subarray(first * VALUE_BYTES, (first + batch) * VALUE_BYTES)
    // In turns, so that neither always finds what the other left in the caches.
    const ways = [true, false].map((exhaustive) => () => timed(() => set.findPhotoDna(queries, { exhaustive })))
    const inTurn = round % 2 === 0 ? [ways[0](), ways[1]()] : [ways[1](), ways[0]()].reverse()
    const [scan, search] = inTurn
    scans.push(scan.milliseconds / batch)
    searches.push(search.milliseconds / batch)
    ratios.push(scan.milliseconds / search.milliseconds)
    if (digest(scan.value) !== digest(search.value)) differing++
    for (let i = 0; i < batch; i++) {
      found += search.value[i].length
      const entry = drawn.entryOf(drawn.positions[first + i])
      if (drawn.distances[first + i] > THRESHOLD) continue
      within++
      if (search.value[i].some((one) => one.entry === entry)) recalled++
    }
  }
  const perQuery = Math.round(found / batch / Number(options.rounds))
  const times = `scan ${median(scans).toFixed(2)} ms, search ${median(searches).toFixed(2)} ms a query`
  const ratio = `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`
  console.log(
    `  batches of ${batch}: ${times}, ratio ${ratio}; recall ${recalled} of ${within}, ${differing} differ; found ${perQuery}`
  )
}

/** Time of the processor: that of the clock is also of whoever else uses the machine. */
function timed<T>(run: () => T): { value: T; milliseconds: number } {
  const start = process.cpuUsage()
  const value = run()
  const { user, system } = process.cpuUsage(start)
  return { value, milliseconds: (user + system) / 1000 }
}

/** All that was found, as a number: FNV-1a over entries and distances. */
function digest(found: Found): number {
  let hash = 0x811c9dc5
  for (const list of found) {
    for (const { entry, distance } of list) {
      hash = Math.imul(hash ^ entry, 0x01000193)
      hash = Math.imul(hash ^ distance, 0x01000193)
    }
    hash = Math.imul(hash ^ list.length, 0x01000193)
  }
  return hash >>> 0
}

function sketchBytes(path: string): string {
  const { header, store } = openIndexFile(path, { mapping: false, shared: null, expectedRoot: null })
  store.close()
  const section = header.sections.find(({ id }) => id === SECTION.photoDnaSketches)
  const values = header.sections.find(({ id }) => id === SECTION.hashes)
  const share = statSync(path).size / (values?.count ?? 1)
  return `${((section?.bytes ?? 0) / (values?.count ?? 1)).toFixed(2)} of ${share.toFixed(1)}`
}
