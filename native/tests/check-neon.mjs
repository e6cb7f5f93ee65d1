// Compiles NEON arms for 64-bit ARM and runs them under qemu: PDQ is compared with the addon of this machine, search by
// distance with the plain arms.
//
// Needs Debian's g++-aarch64-linux-gnu and qemu-user-static and a built addon; without them it says so and exits 0, or
// 1 where EXHIBIT_HASH_REQUIRE_NEON=1.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const nativeDir = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const COMPILER = 'aarch64-linux-gnu-g++'
const EMULATOR = 'qemu-aarch64-static'
const SIDES = [5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 129, 200, 256, 257, 300, 384, 385, 512, 513, 641]

function isThere(command) {
  return spawnSync(command, ['--version']).status === 0
}

function skip(reason) {
  console.log(`check-neon: SKIPPED, ${reason}`)
  process.exit(process.env.EXHIBIT_HASH_REQUIRE_NEON === '1' ? 1 : 0)
}

function compile(folder, name, ownSources) {
  const program = path.join(folder, name)
  const flags = ['-O3', '-ffp-contract=off', '-fno-fast-math', '-std=c++17', '-static', '-Wall', '-Wextra', '-Werror']
  const sources = ownSources.map((source) => path.join(nativeDir, source))
  const args = [...flags, '-DEXHIBIT_HASH_NEON_ARM=1', `-I${nativeDir}`, ...sources, '-o', program]
  const child = spawnSync(COMPILER, args, { encoding: 'utf8' })
  if (child.status !== 0) throw new Error(`a NEON arm does not compile:\n${child.stderr}`)
  return program
}

/** Noise, gradients, squares and flat pictures of the sizes where windows and blocks of lanes begin and end. */
function rasters() {
  let state = 1
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24
  const contents = [
    () => random(),
    (x, y) => (x * 3 + y * 2 + (random() & 15)) & 255,
    (x, y) => (((x >> 3) + (y >> 3)) & 1) * 255,
    () => 77
  ]
  return SIDES.flatMap((width, i) =>
    contents.map((content, c) => {
      const height = SIDES[(i * 5 + c * 3) % SIDES.length]
      const channels = (i + c) % 2 === 0 ? 3 : 1
      const data = new Uint8Array(width * height * channels)
      for (let p = 0; p < data.length; p++)
        data[p] = content(Math.floor(p / channels) % width, Math.floor(p / channels / width))
      return { data, width, height, channels }
    })
  )
}

function expectedLine(addon, { data, width, height, channels }) {
  const single = new Uint8Array(32)
  const dihedral = new Uint8Array(256)
  const isa = 'scalar'
  const quality = addon.pdq(isa, data, width, height, channels, single)
  const dihedralQuality = addon.pdqDihedral(isa, data, width, height, channels, dihedral)
  const hex = (bytes) => Buffer.from(bytes).toString('hex')
  return `${quality} ${hex(single)} ${dihedralQuality} ${hex(dihedral)}`
}

function findsAlike(folder) {
  const arms = ['hamming', 'near'].flatMap((room) => [`${room}/neon.cc`, `${room}/scalar.cc`])
  const program = compile(folder, 'near', ['tests/near_main.cc', 'near/tables.cc', ...arms])
  const { status, signal, stdout } = spawnSync(EMULATOR, [program], { encoding: 'utf8' })
  console.log(`check-neon: search by distance: ${status === 0 ? 'the same' : 'ended with'} ${stdout.trim() || signal}`)
  return status === 0
}

function loadAddon() {
  try {
    return createRequire(import.meta.url)(path.join(nativeDir, 'build/Release/exhibit_hash.node'))
  } catch (error) {
    return skip(`the addon of this machine cannot be loaded: ${error.message}`)
  }
}

function main() {
  for (const command of [COMPILER, EMULATOR]) if (!isThere(command)) skip(`${command} is not installed`)
  const addon = loadAddon()
  const folder = mkdtempSync(path.join(tmpdir(), 'exhibit-hash-neon-'))
  try {
    const program = compile(folder, 'pdq', ['tests/pdq_main.cc', 'pdq/neon.cc'])
    const samples = rasters()
    const input = samples.flatMap(({ data, width, height, channels }) => [`${width} ${height} ${channels}\n`, data])
    const child = spawnSync(EMULATOR, [program], { input: Buffer.concat(input.map((part) => Buffer.from(part))) })
    if (child.status !== 0) throw new Error(`the NEON arm ended with ${child.signal ?? child.status}: ${child.stderr}`)
    const lines = child.stdout.toString().trim().split('\n')
    const wrong = samples.filter((sample, i) => lines[i] !== expectedLine(addon, sample))
    for (const { width, height, channels } of wrong)
      console.log(`check-neon: differs at ${width}×${height}×${channels}`)
    console.log(
      `check-neon: ${samples.length - wrong.length} of ${samples.length} rasters agree, single and all variants`
    )
    process.exitCode = wrong.length === 0 && lines.length === samples.length && findsAlike(folder) ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

main()
