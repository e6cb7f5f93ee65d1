# The addon: one loadable module, and one static library an instruction set with that set's flags.
# It lives in native/, not at the root of the package, so that npm never runs an implicit install script.
#
# A new kernel adds: its bindings file to 'exhibit_hash', its arms to the lists of the libraries below, its other files
# to 'kernels', a call in addon.cc. Only 'exhibit_hash' knows Node, so that fuzz/ can build all the rest without it.
{
  'variables': {
    'has_x86_arms%': 0,
    'has_neon_arm%': 0,
    'conditions': [
      ['target_arch=="x64"', {'has_x86_arms%': 1}],
      ['target_arch=="arm64"', {'has_neon_arm%': 1}]
    ]
  },
  'target_defaults': {
    'default_configuration': 'Release',
    'include_dirs': ['.'],
    # Every hash must have the same bits on every machine: no fused multiply-add, no re-association.
    'cflags': ['-O3', '-ffp-contract=off', '-fno-fast-math', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra'],
    'cflags_cc': ['-std=c++17', '-fvisibility-inlines-hidden'],
    'cflags_cc!': ['-std=gnu++20', '-std=gnu++17', '-fno-exceptions'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
      'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
      'GCC_OPTIMIZATION_LEVEL': '3',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
      'OTHER_CFLAGS': ['-ffp-contract=off', '-fno-fast-math']
    },
    'msvs_settings': {
      'VCCLCompilerTool': {
        'ExceptionHandling': 1,
        'Optimization': 2,
        # /fp:precise contracts to fused multiply-add in some versions of the compiler; /fp:strict never does.
        'AdditionalOptions': ['/std:c++17', '/fp:strict']
      }
    },
    'defines': ['EXHIBIT_HASH_X86_ARMS=<(has_x86_arms)', 'EXHIBIT_HASH_NEON_ARM=<(has_neon_arm)']
  },
  'targets': [
    {
      'target_name': 'exhibit_hash',
      'include_dirs': ['<!(node -p "require(\'node-addon-api\').include_dir")'],
      # The last one: an error met while its thread is being ended has nobody to go to, and must not end the process.
      'defines': [
        'NAPI_VERSION=8', 'NAPI_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED',
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'
      ],
      'sources': [
        'addon.cc',
        'confine/bindings.cc',
        'digest/bindings.cc',
        'index/bindings.cc',
        'jpeg/bindings.cc',
        'near/bindings.cc',
        'pdq/bindings.cc',
        'photodna/bindings.cc',
        'records/bindings.cc',
        'resize/bindings.cc',
        'sort/bindings.cc'
      ],
      'dependencies': ['kernels']
    },
    {
      'target_name': 'kernels',
      'type': 'static_library',
      'sources': [
        'common/isa.cc',
        'confine/network.cc',
        'digest/arms.cc',
        'digest/batch.cc',
        'digest/constants.cc',
        'digest/padding.cc',
        'digest/sha256.cc',
        'digest/stream.cc',
        'hamming/arms.cc',
        'index/checked_file.cc',
        'index/mapping.cc',
        'jpeg/arms.cc',
        'jpeg/baseline.cc',
        'jpeg/huffman.cc',
        'jpeg/jpeg.cc',
        'jpeg/lane.cc',
        'jpeg/lanes.cc',
        'jpeg/markers.cc',
        'jpeg/progressive.cc',
        'jpeg/samples.cc',
        'jpeg/scan_data.cc',
        'jpeg/steps.cc',
        'jpeg/walk.cc',
        'lookup/lookup.cc',
        'lookup/scan_table.cc',
        'near/join.cc',
        'near/search.cc',
        'near/tables.cc',
        'pdq/arms.cc',
        'pdq/hash.cc',
        'photodna/arms.cc',
        'photodna/search.cc',
        'photodna/sketch.cc',
        'records/hash_lines.cc',
        'records/json_alternatives.cc',
        'records/json_records.cc',
        'records/json_text.cc',
        'records/packed.cc',
        'records/strings.cc',
        'records/values.cc',
        'resize/arms.cc',
        'resize/checks.cc',
        'resize/turned.cc',
        'sort/sort.cc'
      ],
      'dependencies': ['arm_scalar'],
      'conditions': [
        ['has_x86_arms==1', {'dependencies': ['arm_avx2', 'arm_avx512', 'arm_shani']}],
        ['has_neon_arm==1', {'dependencies': ['arm_neon']}]
      ]
    },
    {
      'target_name': 'arm_scalar',
      'type': 'static_library',
      'sources': ['digest/scalar.cc', 'hamming/scalar.cc', 'near/scalar.cc', 'pdq/scalar.cc', 'photodna/scalar.cc', 'resize/scalar.cc']
    }
  ],
  'conditions': [
    ['has_x86_arms==1', {
      'targets': [
        {
          'target_name': 'arm_avx2',
          'type': 'static_library',
          'sources': ['digest/avx2.cc', 'hamming/avx2.cc', 'near/avx2.cc', 'pdq/avx2.cc', 'photodna/avx2.cc', 'resize/avx2.cc'],
          # -msha: no compiler uses these instructions unasked, and the digests ask only where the processor has them.
          'cflags': ['-mavx2', '-msha'],
          'xcode_settings': {'OTHER_CFLAGS': ['-mavx2', '-msha']},
          'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['/arch:AVX2']}}
        },
        {
          'target_name': 'arm_shani',
          'type': 'static_library',
          'sources': ['digest/sha256_shani.cc'],
          'cflags': ['-msha', '-msse4.1'],
          'xcode_settings': {'OTHER_CFLAGS': ['-msha', '-msse4.1']}
        },
        {
          'target_name': 'arm_avx512',
          'type': 'static_library',
          'sources': ['digest/avx512.cc', 'jpeg/avx512.cc', 'near/avx512.cc', 'pdq/avx512.cc', 'photodna/avx512.cc', 'resize/avx512.cc'],
          # GCC 12 warns of its own intrinsics (bug 105593): they leave registers undefined on purpose.
          'cflags': [
            '-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mavx512vbmi', '-msha',
            '-Wno-uninitialized', '-Wno-maybe-uninitialized'
          ],
          'xcode_settings': {
            'OTHER_CFLAGS': ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mavx512vbmi', '-msha']
          },
          'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['/arch:AVX512']}}
        }
      ]
    }],
    ['has_neon_arm==1', {
      'targets': [
        {
          'target_name': 'arm_neon',
          'type': 'static_library',
          'sources': ['hamming/neon.cc', 'near/neon.cc', 'pdq/neon.cc', 'resize/neon.cc']
        }
      ]
    }]
  ]
}
