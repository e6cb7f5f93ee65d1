# What run.mjs adds to every target, those of ../binding.gyp too: sanitizers, and the counters that steer libFuzzer.
{
  'variables': {
    'sanitizers': ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'],
    # Comparisons are not traced: it would take most of the time, and no input has to guess a magic number.
    'counters': ['-fsanitize=fuzzer-no-link', '-fno-sanitize-coverage=trace-cmp']
  },
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': {'Release': {}},
    # For the addon alone, which Node's headers would make a module; nobody builds it here.
    'type': 'static_library',
    # More optimisation doubles the time of building and leaves the sanitizers less to see.
    'cflags!': ['-O3'],
    'cflags': ['<@(sanitizers)', '<@(counters)', '-O1', '-gline-tables-only', '-Wno-unknown-warning-option'],
    'ldflags': ['<@(sanitizers)', '-fsanitize=fuzzer']
  }
}
