// Which room may import which: ARCHITECTURE.md as rules. tests/structure.test.ts plants a fault for every rule.

/** The rooms under src/ in the order of the flow, each with what it knows nothing of. index.ts comes after the last. */
const ROOMS = [
  ['core', 'the nouns stand on their own, so that everything can stand on them'],
  ['files', 'how a file is opened and how it comes to be, whatever is in it'],
  ['archives', 'an archive gives out names and bytes, and does not know what becomes of them'],
  ['kernels', 'kernels see bytes and numbers: no files, formats or policy'],
  ['digest', 'digests are of bytes, whatever they mean: no images'],
  ['decode', 'a decoder makes pixels and does not know who asks'],
  ['perceptual', 'perceptual hashes are pure functions of a raster: no files'],
  ['hashers', 'a module of the user’s sees one file at a time and reaches nothing of ours'],
  ['formats', 'a reader hands out records and does not know what becomes of them'],
  ['index', 'the index finds; what counts as a match is policy, and that is elsewhere'],
  ['match', 'matching sees features, not where files came from'],
  ['exhibit', 'walking an exhibit yields files and does nothing with them'],
  ['results', 'results are written and read the same however they were made'],
  ['pipeline', 'the engine runs without a command line'],
  ['casework', 'casework stands on results, and knows no server and no terminal'],
  ['report', 'a report reads results and changes nothing'],
  ['hub', 'the server is one more user of the engine, without a terminal'],
  ['cli', 'the top floor: index.ts is for other programs, the command line imports the rooms themselves']
]

const names = ROOMS.map(([name]) => name)
const anyOf = (rooms) => `^src/(${rooms.join('|')})/`
const builtinsBut = (allowed) => ({ dependencyTypes: ['core'], pathNot: `^(node:)?(${allowed.join('|')})$` })
const NETWORK = '^(node:)?(net|http|https|http2|tls|dgram|dns|dns/promises)$'

const onlyEarlierRooms = ROOMS.map(([name, reason], position) => {
  const later = names.slice(position + 1)
  const upstairs = later.length > 0 ? `${anyOf(later)}|^src/index\\.ts$` : '^src/index\\.ts$'
  return {
    name: `${name}-imports-only-earlier-rooms`,
    comment: `${reason}. Allowed here: ${['itself', ...names.slice(0, position)].join(', ')}.`,
    severity: 'error',
    from: { path: `^src/${name}/` },
    to: { path: upstairs }
  }
})

const structure = [
  {
    name: 'every-file-is-in-a-room',
    comment: 'A folder that is not in the list has no place in the order, so nothing would hold it.',
    severity: 'error',
    from: { path: '^src/', pathNot: `${anyOf(names)}|^src/index\\.ts$` },
    to: {}
  },
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or hide a third.',
    severity: 'error',
    from: {},
    to: { circular: true }
  },
  {
    name: 'src-imports-only-what-is-published',
    comment: 'Whoever installs the package has neither our development dependencies nor tests, benches and fixtures.',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(tests|bench|fixtures|docs)/' }
  },
  {
    name: 'no-dev-dependencies-in-src',
    comment: 'A development dependency is not there after npm install exhibit-hash.',
    severity: 'error',
    from: { path: '^src/' },
    to: {
      dependencyTypes: ['npm-dev', 'npm-no-pkg'],
      dependencyTypesNot: ['type-only'],
      pathNot: 'node_modules/@types/'
    }
  },
  {
    name: 'no-unresolvable-imports',
    comment: 'An import that resolves to nothing fails only when the line is reached.',
    severity: 'error',
    from: { path: '^src/' },
    to: { couldNotResolve: true }
  }
]

const borders = [
  {
    name: 'core-does-no-io',
    comment: 'The nouns are used in children, threads and browsers alike: no files, no network, no dependency.',
    severity: 'error',
    from: { path: '^src/core/' },
    to: builtinsBut(['buffer', 'util'])
  },
  {
    name: 'core-has-no-dependencies',
    comment: 'Importing the nouns must load nothing else.',
    severity: 'error',
    from: { path: '^src/core/' },
    to: { path: 'node_modules/' }
  },
  {
    name: 'perceptual-does-no-io',
    comment: 'A hash is a pure function of a raster; a file or a clock in it would make it untestable bit for bit.',
    severity: 'error',
    from: { path: '^src/perceptual/' },
    to: builtinsBut(['buffer', 'util'])
  },
  {
    name: 'only-kernels-load-the-addon',
    comment: 'One room knows whether native code runs; everybody else calls a typed function.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/kernels/' },
    to: { path: 'node_modules/node-gyp-build/|^native/|\\.node$' }
  },
  {
    name: 'only-decode-uses-sharp',
    comment:
      'sharp parses hostile bytes, so it lives where the children are and nowhere else; demo and bench draw their own pictures with it.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(decode|cli/(demo|bench))/' },
    to: { path: 'node_modules/sharp/' }
  },
  {
    name: 'only-archives-unpack',
    comment:
      'Archives are hostile bytes too: what reads their structure lives in one room, which children load on use.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/archives/' },
    to: { path: 'node_modules/yauzl/' }
  },
  {
    name: 'decode-does-not-hash',
    comment: 'One decode serves all hashes, so it may not know any.',
    severity: 'error',
    from: { path: '^src/decode/' },
    to: { path: anyOf(['digest']) }
  },
  {
    name: 'perceptual-sees-only-rasters',
    comment: 'Pixels come in as a Raster of core/: where they came from is not the hash function’s business.',
    severity: 'error',
    from: { path: '^src/perceptual/' },
    to: { path: anyOf(['digest', 'decode']) }
  },
  {
    name: 'sets-hold-no-pictures',
    comment: 'Reading and indexing hash sets must work where no decoder is installed.',
    severity: 'error',
    from: { path: anyOf(['formats', 'index']) },
    to: { path: anyOf(['decode', 'perceptual', 'hashers']) }
  },
  {
    name: 'exhibit-only-walks',
    comment: 'A walk yields files in a stable order and knows nothing of hashing or matching.',
    severity: 'error',
    from: { path: '^src/exhibit/' },
    to: { path: anyOf(names.slice(names.indexOf('digest'), names.indexOf('exhibit'))) }
  },
  {
    name: 'children-see-no-sets',
    comment:
      'Hostile bytes and secrets live apart: a child reads, digests, decodes and hashes, and reaches nothing more.',
    severity: 'error',
    from: { path: '^src/pipeline/child/' },
    to: { path: anyOf(['formats', 'index', 'match', 'results', 'casework', 'report', 'hub']), reachable: true }
  },
  {
    name: 'children-have-no-network',
    comment: 'An exploited decoder must find no code that talks to anyone.',
    severity: 'error',
    from: { path: '^src/pipeline/child/' },
    to: { path: NETWORK, reachable: true }
  }
]

module.exports = {
  forbidden: [...onlyEarlierRooms, ...structure, ...borders],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Another language, compiled by a tool of its own to a file that the rules do see.
    exclude: { path: '^src/kernels/assembly/' },
    // Imports of types are arrows too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types']
    }
  }
}
