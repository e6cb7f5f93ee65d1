// The walk with POPCNT and eight slots at a time.

#include <immintrin.h>

#include "near/arm.h"

namespace exhibit_hash {
namespace {

struct Avx2Arm {
  static uint32_t CountBits(uint64_t x) { return static_cast<uint32_t>(_mm_popcnt_u64(x)); }

  static size_t Pick(const uint8_t* slots, uint32_t allowed, uint32_t* out) {
    const uint32_t wanted = Wanted(slots, allowed) | (Wanted(slots + 32, allowed) << 8);
    size_t picked = 0;
    for (uint32_t left = wanted; left != 0; left &= left - 1) {
      uint32_t slot;
      std::memcpy(&slot, slots + LowestBit(left) * 4, sizeof slot);
      out[picked++] = slot >> kLowBits;
    }
    return picked;
  }

 private:
  static uint32_t Wanted(const uint8_t* slots, uint32_t allowed) {
    const __m256i slot = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(slots));
    const __m256i low = _mm256_and_si256(slot, _mm256_set1_epi32((1 << kLowBits) - 1));
    // The allowed bit of each slot becomes the sign.
    const __m256i sign =
        _mm256_sllv_epi32(_mm256_set1_epi32(static_cast<int>(allowed)), _mm256_sub_epi32(_mm256_set1_epi32(31), low));
    const __m256i empty = _mm256_cmpeq_epi32(slot, _mm256_set1_epi32(-1));
    return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_andnot_si256(empty, sign))));
  }
};

}  // namespace

void FindNear64Avx2(const NearQuery& query, const HitSink& sink) { Walk<1, Avx2Arm>(query, sink).Run(); }

void FindNear256Avx2(const NearQuery& query, const HitSink& sink) { Walk<4, Avx2Arm>(query, sink).Run(); }

}  // namespace exhibit_hash
