// The published files: the library as ES modules and as CommonJS, and the programs that are started by their path (see
// `ownProgram`). Bundled: a program of a few files starts in half the time of one of three hundred.

import { defineConfig, type UserConfig } from 'tsdown'

const shared: UserConfig = {
  outDir: 'dist',
  root: 'src',
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
    entry: Object.fromEntries(
      [
        'index',
        'casework/index',
        'cli/main',
        'pipeline/child/main',
        'pipeline/child/worker',
        'pipeline/child/describe-hashers',
        'pipeline/child/archive-documents',
        'pipeline/match-worker'
      ].map((name) => [name, `src/${name}.ts`])
    ),
    format: 'esm',
    dts: { entry: ['src/index.ts', 'src/casework/index.ts'] }
  },
  {
    ...shared,
    name: 'cjs',
    entry: { index: 'src/index.ts', 'casework/index': 'src/casework/index.ts' },
    format: 'cjs',
    // What both entries use is in a file of its own: neither exports helpers of the bundler to the other.
    outputOptions: {
      codeSplitting: { groups: [{ name: 'shared', test: /\bsrc\b.*(?<!\.d)\.ts$/, minShareCount: 2 }] }
    },
    // import.meta.url and import.meta.dirname in CommonJS.
    shims: true,
    dts: true
  }
])
