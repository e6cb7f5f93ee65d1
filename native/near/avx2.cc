// The walk with POPCNT and eight slots at a time.

#include <immintrin.h>

#include "near/arm.h"

namespace exhibit_hash {
namespace {

// Row m has the numbers of the bits that are set in m.
struct LanesToFront {
  uint8_t rows[256][8];

  constexpr LanesToFront() : rows() {
    for (uint32_t mask = 0; mask < 256; mask++) {
      uint32_t place = 0;
      for (uint8_t lane = 0; lane < 8; lane++) {
        if ((mask >> lane) & 1) rows[mask][place++] = lane;
      }
    }
  }
};

constexpr LanesToFront kLanesToFront;

struct Avx2Arm {
  static uint32_t CountBits(uint64_t x) { return static_cast<uint32_t>(_mm_popcnt_u64(x)); }

  // Without a branch: whether a slot is wanted is as good as chance.
  static size_t Pick(const uint8_t* slots, uint32_t allowed, uint32_t* out) {
    const size_t picked = PickEight(slots, allowed, out);
    return picked + PickEight(slots + 32, allowed, out + picked);
  }

 private:
  // Writes all eight places.
  static size_t PickEight(const uint8_t* slots, uint32_t allowed, uint32_t* out) {
    const __m256i slot = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(slots));
    const uint32_t wanted = Wanted(slot, allowed);
    const __m256i to_front =
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(kLanesToFront.rows[wanted])));
    const __m256i picked = _mm256_permutevar8x32_epi32(_mm256_srli_epi32(slot, kLowBits), to_front);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), picked);
    return static_cast<size_t>(_mm_popcnt_u32(wanted));
  }

  static uint32_t Wanted(__m256i slot, uint32_t allowed) {
    const __m256i low = _mm256_and_si256(slot, _mm256_set1_epi32((1 << kLowBits) - 1));
    // The allowed bit of each slot becomes the sign.
    const __m256i sign =
        _mm256_sllv_epi32(_mm256_set1_epi32(static_cast<int>(allowed)), _mm256_sub_epi32(_mm256_set1_epi32(31), low));
    const __m256i empty = _mm256_cmpeq_epi32(slot, _mm256_set1_epi32(-1));
    return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_andnot_si256(empty, sign))));
  }
};

}  // namespace

void FindNear64Avx2(const NearBatch& batch, const HitSink& sink) { Walk<1, Avx2Arm>(batch, sink).Run(); }

void FindNear256Avx2(const NearBatch& batch, const HitSink& sink) { Walk<4, Avx2Arm>(batch, sink).Run(); }

}  // namespace exhibit_hash
