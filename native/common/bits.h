// Words and bits: how bytes make numbers, which bit is the lowest, and what memory is asked for ahead.

#ifndef EXHIBIT_HASH_COMMON_BITS_H_
#define EXHIBIT_HASH_COMMON_BITS_H_

#include <cstdint>

#if defined(_MSC_VER)
#include <intrin.h>
#endif

namespace exhibit_hash {
// Every file its own: what an arm compiles for its processor must not be linked into code that runs on lesser ones.
namespace {

[[maybe_unused]] inline void Prefetch(const uint8_t* p) {
#if defined(_MSC_VER) && defined(_M_X64)
  _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
#elif defined(__GNUC__)
  __builtin_prefetch(p);
#else
  (void)p;
#endif
}

// The number of the lowest set bit; one must be set.
[[maybe_unused]] inline unsigned LowestBit(uint64_t x) {
#if defined(__GNUC__)
  return static_cast<unsigned>(__builtin_ctzll(x));
#elif defined(_MSC_VER) && defined(_WIN64)
  unsigned long bit;
  _BitScanForward64(&bit, x);
  return static_cast<unsigned>(bit);
#else
  unsigned bit = 0;
  while (((x >> bit) & 1) == 0) bit++;
  return bit;
#endif
}

// By arithmetic, for any machine.
[[maybe_unused]] inline uint32_t CountBits(uint64_t x) {
  x -= (x >> 1) & 0x5555555555555555u;
  x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
  return static_cast<uint32_t>((((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u) >> 56);
}

// Eight bytes as a number that is ordered as they are.
[[maybe_unused]] inline uint64_t BigEndian64(const uint8_t* p) {
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  // Compilers see through the loop only where nothing else is in their way.
  uint64_t word;
  __builtin_memcpy(&word, p, sizeof word);
  return __builtin_bswap64(word);
#else
  uint64_t word = 0;
  for (int i = 0; i < 8; i++) word = word << 8 | p[i];
  return word;
#endif
}

[[maybe_unused]] inline uint32_t LittleEndian32(const uint8_t* p) {
  return uint32_t{p[0]} | (uint32_t{p[1]} << 8) | (uint32_t{p[2]} << 16) | (uint32_t{p[3]} << 24);
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_COMMON_BITS_H_
