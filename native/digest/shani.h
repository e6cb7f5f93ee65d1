// SHA-1 and SHA-256 with the x86 SHA extensions: four rounds a step, the message schedule in
// registers.
//
// Included by files compiled with -msha and SSE4.1; whoever calls them has asked CanRunShaNi().

#ifndef EXHIBIT_HASH_DIGEST_SHANI_H_
#define EXHIBIT_HASH_DIGEST_SHANI_H_

#include <immintrin.h>

#include "digest/rounds.h"

namespace exhibit_hash {
namespace {

EXHIBIT_HASH_INLINE __m128i LoadWords(const uint32_t* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
EXHIBIT_HASH_INLINE void StoreWords(uint32_t* p, __m128i words) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), words);
}

// One stream's SHA-256. The instructions want the state as ABEF and CDGH.
struct Sha256Ni {
  __m128i abef, cdgh, abef_before, cdgh_before, w[4];

  EXHIBIT_HASH_INLINE void LoadState(const uint32_t state[8]) {
    const __m128i cdab = _mm_shuffle_epi32(LoadWords(state), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(LoadWords(state + 4), 0x1b);
    abef = _mm_alignr_epi8(cdab, efgh, 8);
    cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
  }

  EXHIBIT_HASH_INLINE void StoreState(uint32_t state[8]) const {
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    StoreWords(state, _mm_blend_epi16(feba, dchg, 0xf0));
    StoreWords(state + 4, _mm_alignr_epi8(dchg, feba, 8));
  }

  EXHIBIT_HASH_INLINE void Begin() {
    abef_before = abef;
    cdgh_before = cdgh;
  }

  // Rounds 4 · kQuad … 4 · kQuad + 3 of the block at `data`.
  template <int kQuad>
  EXHIBIT_HASH_INLINE void Step(const uint8_t* data) {
    constexpr int i = kQuad % 4;
    if constexpr (kQuad < 4) {
      const __m128i to_big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data) + i), to_big_endian);
    } else {
      const __m128i next = w[(i + 1) % 4], third = w[(i + 2) % 4], last = w[(i + 3) % 4];
      const __m128i partial = _mm_add_epi32(_mm_sha256msg1_epu32(w[i], next), _mm_alignr_epi8(last, third, 4));
      w[i] = _mm_sha256msg2_epu32(partial, last);
    }
    const __m128i sum = _mm_add_epi32(w[i], LoadWords(kSha256Constants + 4 * kQuad));
    Rounds(sum, _mm_shuffle_epi32(sum, 0x0e));
  }

  // The same four rounds from their words of the schedule, with the constants added: two and two.
  EXHIBIT_HASH_INLINE void Step(const uint32_t* words) {
    const __m128i* pairs = reinterpret_cast<const __m128i*>(words);
    Rounds(_mm_loadl_epi64(pairs), _mm_loadl_epi64(reinterpret_cast<const __m128i*>(words + 2)));
  }

  EXHIBIT_HASH_INLINE void Rounds(__m128i first, __m128i second) {
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, first);
    abef = _mm_sha256rnds2_epu32(abef, cdgh, second);
  }

  EXHIBIT_HASH_INLINE void End() {
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
};

// One stream's SHA-1.
struct Sha1Ni {
  // `e` is what the next quad adds: A of the quad before, which the instructions rotate.
  __m128i abcd, e, abcd_before, e_before, w[4];

  EXHIBIT_HASH_INLINE void LoadState(const uint32_t state[5]) {
    abcd = _mm_shuffle_epi32(LoadWords(state), 0x1b);
    e = _mm_set_epi32(static_cast<int>(state[4]), 0, 0, 0);
  }

  EXHIBIT_HASH_INLINE void StoreState(uint32_t state[5]) const {
    StoreWords(state, _mm_shuffle_epi32(abcd, 0x1b));
    state[4] = static_cast<uint32_t>(_mm_extract_epi32(e, 3));
  }

  EXHIBIT_HASH_INLINE void Begin() {
    abcd_before = abcd;
    e_before = e;
  }

  // Rounds 4 · kQuad … 4 · kQuad + 3 of the block at `data`.
  template <int kQuad>
  EXHIBIT_HASH_INLINE void Step(const uint8_t* data) {
    constexpr int i = kQuad % 4;
    if constexpr (kQuad < 4) {
      const __m128i to_big_endian = _mm_set_epi64x(0x0001020304050607LL, 0x08090a0b0c0d0e0fLL);
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data) + i), to_big_endian);
    } else {
      const __m128i partial = _mm_xor_si128(_mm_sha1msg1_epu32(w[i], w[(i + 1) % 4]), w[(i + 2) % 4]);
      w[i] = _mm_sha1msg2_epu32(partial, w[(i + 3) % 4]);
    }
    Rounds<kQuad>(w[i]);
  }

  // The same from their words of the schedule, the last one first.
  template <int kQuad>
  EXHIBIT_HASH_INLINE void Rounds(__m128i words) {
    const __m128i sum = kQuad == 0 ? _mm_add_epi32(e, words) : _mm_sha1nexte_epu32(e, words);
    e = abcd;
    abcd = _mm_sha1rnds4_epu32(abcd, sum, kQuad / 5);
  }

  EXHIBIT_HASH_INLINE void End() {
    e = _mm_sha1nexte_epu32(e, e_before);
    abcd = _mm_add_epi32(abcd, abcd_before);
  }
};

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_SHANI_H_
