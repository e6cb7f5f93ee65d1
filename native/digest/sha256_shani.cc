// SHA-256 alone with the x86 SHA extensions, and the question whether this machine has them.

#include "digest/sha256.h"

#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif

#include "digest/shani.h"

namespace exhibit_hash {

bool CanRunShaNi() {
#if defined(_MSC_VER)
  int leaf1[4], leaf7[4];
  __cpuid(leaf1, 1);
  __cpuidex(leaf7, 7, 0);
  return (leaf1[2] & (1 << 19)) != 0 && (leaf7[1] & (1 << 29)) != 0;
#else
  unsigned a, b, c, d;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & (1u << 19)) == 0) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & (1u << 29)) != 0;
#endif
}

namespace {

template <int... kQuads>
EXHIBIT_HASH_INLINE void Steps(Sha256Ni& sha256, const uint8_t* data, std::integer_sequence<int, kQuads...>) {
  (sha256.Step<kQuads>(data), ...);
}

}  // namespace

void Sha256BlocksShaNi(uint32_t state[8], const uint8_t* data, size_t blocks) {
  Sha256Ni sha256;
  sha256.LoadState(state);
  for (; blocks > 0; blocks--, data += 64) {
    sha256.Begin();
    Steps(sha256, data, std::make_integer_sequence<int, 16>());
    sha256.End();
  }
  sha256.StoreState(state);
}

}  // namespace exhibit_hash
