// Copies the built addon to where a published package carries it, so that installing one compiles nothing.

import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const nativeDir = path.dirname(fileURLToPath(import.meta.url))
const built = path.join(nativeDir, 'build', 'Release', 'exhibit_hash.node')

/** On Linux the C library is part of the name: an addon built for one does not load with the other. */
function libcTag() {
  if (process.platform !== 'linux') return ''
  return process.report.getReport().header.glibcVersionRuntime === undefined ? '.musl' : '.glibc'
}

if (!existsSync(built)) {
  console.error('exhibit-hash: no addon was built here; this package will carry portable code for this platform only')
} else {
  // The names that node-gyp-build looks for: prebuilds/<platform>-<arch>/<anything>.<tags>.node
  const folder = path.join(nativeDir, 'prebuilds', `${process.platform}-${process.arch}`)
  mkdirSync(folder, { recursive: true })
  copyFileSync(built, path.join(folder, `exhibit-hash.napi${libcTag()}.node`))
  console.log(`exhibit-hash: the addon for ${process.platform}-${process.arch} goes into the package`)
}
