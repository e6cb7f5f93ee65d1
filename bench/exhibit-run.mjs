// One scan for bench/exhibit.ts: tells its parent about once a second how far it is.

import { performance } from 'node:perf_hooks'
import { HashSet, scanToFile } from '../dist/index.js'

const [exhibit, index, out] = process.argv.slice(2)
const start = performance.now()
const secondsNow = () => (performance.now() - start) / 1000
let told = 0
const set = await HashSet.open(index)
await scanToFile([exhibit], out, {
  sets: [set],
  onProgress({ files }) {
    if (secondsNow() - told < 0.5) return
    told = secondsNow()
    process.send?.({ seconds: told, files })
  }
})
process.send?.({ seconds: secondsNow(), files: 0, done: true })
await set.close()
process.disconnect()
