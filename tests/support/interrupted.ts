// Runs that are killed again and again until one comes to its end.

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { image } from './fixtures.js'
import { startCli } from './cli.js'
import { zip } from './zip-builder.js'

const PICTURES = ['edit-00-original.jpg', 'scene-05-256x256.png', 'edit-02-half.jpg', 'gif-01-320x240.gif']

/** An exhibit of so many small pictures, and an archive of some more in their middle. */
export function makeExhibit(folder: string, files: number): void {
  const members = PICTURES.map((name) => ({ name: `inner/${name}`, bytes: readFileSync(image(name)) }))
  const middle = String(files >> 1).padStart(3, '0')
  writeFileSync(join(folder, `${middle}-archive.zip`), zip(members))
  for (let i = 0; i < files; i++) {
    const name = PICTURES[i % PICTURES.length]
    copyFileSync(image(name), join(folder, `${String(i).padStart(3, '0')}-${name}`))
  }
}

/**
 * Starts a command again and again, kills it after a random time, and lets it end when it has been killed so often; returns
 * how many of the kills came before its end.
 */
export async function killedRun(
  args: readonly string[],
  { seed, kills, mostMs }: { seed: number; kills: number; mostMs: number }
): Promise<number> {
  let state = seed
  for (let killed = 0; killed < kills; killed++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const run = startCli(args)
    const timer = setTimeout(() => run.kill('SIGKILL'), 300 + (state / 2 ** 32) * mostMs)
    const { status, stderr } = await run.result
    clearTimeout(timer)
    if (status === null) continue
    // Not killed: it came to its end.
    if (status > 1) throw new Error(`status ${status}: ${stderr}`)
    return killed
  }
  await startCli(args).result
  return kills
}
