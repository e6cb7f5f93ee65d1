// The published files: dist/ mirrors src/ as ES modules, with a CommonJS twin of everything index.ts reaches.
// Nothing is bundled, so `new URL('./child/main.js', import.meta.url)` means the same file from src, .js and .cjs.

import { defineConfig, type UserConfig } from 'tsdown'

const shared: UserConfig = {
  outDir: 'dist',
  root: 'src',
  unbundle: true,
  platform: 'node',
  target: 'node20.19',
  // .js and .d.ts for the package's own type (module), .cjs and .d.cts for the other.
  fixedExtension: false,
  hash: false,
  sourcemap: false,
  // What is in node_modules is a dependency of the package, never part of it.
  deps: { skipNodeModulesBundle: true },
  // legacyCjs: programs that still call require() are why the second build is here. pluginTimings: no news.
  checks: { legacyCjs: false, pluginTimings: false },
  failOnWarn: true,
  logLevel: 'warn'
}

export default defineConfig([
  {
    ...shared,
    name: 'esm',
    // Every file is an entry: workers and children are started by path, and no bundler sees that. What WebAssembly is
    // compiled from is no file of the program.
    entry: ['src/**/*.ts', '!src/kernels/assembly/**'],
    format: 'esm',
    dts: true
  },
  {
    ...shared,
    name: 'cjs',
    entry: ['src/index.ts'],
    format: 'cjs',
    // import.meta.url and import.meta.dirname in CommonJS.
    shims: true,
    dts: true
  }
])
