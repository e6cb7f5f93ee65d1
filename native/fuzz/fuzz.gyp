# The fuzz targets, one executable a kernel, over the libraries of the addon with those libraries' own flags.
{
  'variables': {
    'has_libcrypto%': 0,
    'guard_mappings': ['-Wl,--wrap=mmap', '-Wl,--wrap=munmap']
  },
  'target_defaults': {
    'include_dirs': ['..'],
    'cflags': ['-O2', '-ffp-contract=off', '-Wall', '-Wextra'],
    'cflags_cc': ['-std=c++17'],
    'defines': ['EXHIBIT_HASH_HAS_LIBCRYPTO=<(has_libcrypto)'],
    'sources': ['support.cc'],
    'dependencies': ['../binding.gyp:kernels']
  },
  'targets': [
    {
      'target_name': 'digest',
      'type': 'executable',
      'sources': ['digest.cc'],
      'conditions': [['has_libcrypto==1', {'libraries': ['-lcrypto']}]]
    },
    {
      'target_name': 'hamming',
      'type': 'executable',
      'sources': ['hamming.cc']
    },
    {
      'target_name': 'index',
      'type': 'executable',
      'sources': ['guarded_mapping.cc', 'index.cc', 'index_file.cc', 'index_tables.cc'],
      'ldflags': ['<@(guard_mappings)']
    },
    {
      'target_name': 'join',
      'type': 'executable',
      'sources': ['join.cc']
    },
    {
      'target_name': 'jpeg',
      'type': 'executable',
      'sources': ['jpeg.cc']
    },
    {
      'target_name': 'near',
      'type': 'executable',
      'sources': ['guarded_mapping.cc', 'index_file.cc', 'near.cc'],
      'ldflags': ['<@(guard_mappings)']
    },
    {
      'target_name': 'pdq',
      'type': 'executable',
      'sources': ['pdq.cc']
    },
    {
      'target_name': 'photodna',
      'type': 'executable',
      'sources': ['guarded_mapping.cc', 'index_file.cc', 'photodna.cc'],
      'ldflags': ['<@(guard_mappings)']
    },
    {
      'target_name': 'records',
      'type': 'executable',
      'sources': ['records.cc']
    },
    {
      'target_name': 'resize',
      'type': 'executable',
      'sources': ['resize.cc']
    }
  ]
}
