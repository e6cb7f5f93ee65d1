// The walk with a whole group in one register.

#include <immintrin.h>

#include "near/arm.h"

namespace exhibit_hash {
namespace {

struct Avx512Arm {
  static uint32_t CountBits(uint64_t x) { return static_cast<uint32_t>(_mm_popcnt_u64(x)); }

  static size_t Pick(const uint8_t* slots, uint32_t allowed, uint32_t* out) {
    const __m512i slot = _mm512_loadu_si512(slots);
    const __m512i low = _mm512_and_si512(slot, _mm512_set1_epi32((1 << kLowBits) - 1));
    const __m512i bit = _mm512_sllv_epi32(_mm512_set1_epi32(1), low);
    const __mmask16 used = _mm512_cmpneq_epi32_mask(slot, _mm512_set1_epi32(-1));
    const __mmask16 wanted = _mm512_mask_test_epi32_mask(used, bit, _mm512_set1_epi32(static_cast<int>(allowed)));
    // All places are written: on Zen 4 the instruction that stores some takes a hundred cycles and more.
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(wanted, _mm512_srli_epi32(slot, kLowBits)));
    return static_cast<size_t>(_mm_popcnt_u32(wanted));
  }
};

}  // namespace

void FindNear64Avx512(const NearBatch& batch, const HitSink& sink) { Walk<1, Avx512Arm>(batch, sink).Run(); }

void FindNear256Avx512(const NearBatch& batch, const HitSink& sink) { Walk<4, Avx512Arm>(batch, sink).Run(); }

}  // namespace exhibit_hash
