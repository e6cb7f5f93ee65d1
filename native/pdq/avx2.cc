// The arm for AVX2: eight rows or columns at once. What each function means is said in scalar.cc.

#include <immintrin.h>

#include "pdq/generic_hash.h"
#include "pdq/pdq.h"

namespace exhibit_hash {
namespace {

struct Avx2Arm {
  static constexpr int kLanes = 8;
  static constexpr int kChains = 1;
  using Reg = __m256;

  static Reg Zero() { return _mm256_setzero_ps(); }
  static Reg Set1(float x) { return _mm256_set1_ps(x); }
  static Reg Load(const float* p) { return _mm256_loadu_ps(p); }
  static void Store(float* p, Reg r) { _mm256_storeu_ps(p, r); }
  static Reg Add(Reg a, Reg b) { return _mm256_add_ps(a, b); }
  static Reg Sub(Reg a, Reg b) { return _mm256_sub_ps(a, b); }
  static Reg Mul(Reg a, Reg b) { return _mm256_mul_ps(a, b); }
  static Reg Div(Reg a, Reg b) { return _mm256_div_ps(a, b); }

  static Reg AbsTruncate(Reg a) {
    const __m256i whole = _mm256_abs_epi32(_mm256_cvttps_epi32(a));
    return _mm256_cvtepi32_ps(whole);
  }

  static void Transpose(Reg r[kLanes]) {
    Reg pairs[kLanes], quads[kLanes];
    for (int i = 0; i < kLanes; i += 2) {
      pairs[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
      pairs[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < kLanes; i += 4) {
      quads[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
      quads[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
      quads[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
      quads[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
    }
    for (int i = 0; i < 4; i++) {
      r[i] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x20);
      r[i + 4] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x31);
    }
  }

  // Two loads that overlap, so that nothing past 24 bytes is read; pixels 4–7 start at byte 4 of the second.
  static Reg PackRgb(const uint8_t* p) {
    const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 8));
    const __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
    const __m256i places = _mm256_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1,  //
                                            4, 5, 6, -1, 7, 8, 9, -1, 10, 11, 12, -1, 13, 14, 15, -1);
    return _mm256_castsi256_ps(_mm256_shuffle_epi8(both, places));
  }
  static Reg PackGrey(const uint8_t* p) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    return _mm256_castsi256_ps(_mm256_cvtepu8_epi32(bytes));
  }

  static Reg LumaOfRgb(Reg packed) {
    const __m256i bits = _mm256_castps_si256(packed);
    const __m256i byte = _mm256_set1_epi32(255);
    const Reg r = _mm256_cvtepi32_ps(_mm256_and_si256(bits, byte));
    const Reg g = _mm256_cvtepi32_ps(_mm256_and_si256(_mm256_srli_epi32(bits, 8), byte));
    const Reg b = _mm256_cvtepi32_ps(_mm256_srli_epi32(bits, 16));
    return Add(Add(Mul(Set1(0.299f), r), Mul(Set1(0.587f), g)), Mul(Set1(0.114f), b));
  }
  static Reg LumaOfGrey(Reg packed) { return _mm256_cvtepi32_ps(_mm256_castps_si256(packed)); }

  static uint32_t MaskGreater(Reg a, Reg b) {
    return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)));
  }

  static int CountLess(const float* values, int count, float x) {
    const Reg limit = Set1(x);
    int less = 0;
    for (int i = 0; i < count; i += kLanes) less += _mm_popcnt_u32(MaskGreater(limit, Load(values + i)));
    return less;
  }
};

}  // namespace

const PdqArm kPdqAvx2 = {ScratchBytes<Avx2Arm>, Hash<Avx2Arm>};

}  // namespace exhibit_hash
