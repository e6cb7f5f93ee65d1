// The arm for AVX-512 (F, BW, DQ, VL, VBMI): sixteen rows or columns at once. What each function means is said in
// scalar.cc.

#include <immintrin.h>

#include "pdq/generic_hash.h"
#include "pdq/pdq.h"

namespace exhibit_hash {
namespace {

struct Avx512Arm {
  static constexpr int kLanes = 16;
  static constexpr int kChains = 1;
  using Reg = __m512;

  static Reg Zero() { return _mm512_setzero_ps(); }
  static Reg Set1(float x) { return _mm512_set1_ps(x); }
  static Reg Load(const float* p) { return _mm512_loadu_ps(p); }
  static void Store(float* p, Reg r) { _mm512_storeu_ps(p, r); }
  static Reg Add(Reg a, Reg b) { return _mm512_add_ps(a, b); }
  static Reg Sub(Reg a, Reg b) { return _mm512_sub_ps(a, b); }
  static Reg Mul(Reg a, Reg b) { return _mm512_mul_ps(a, b); }
  static Reg Div(Reg a, Reg b) { return _mm512_div_ps(a, b); }

  static Reg AbsTruncate(Reg a) {
    const __m512i whole = _mm512_abs_epi32(_mm512_cvttps_epi32(a));
    return _mm512_cvtepi32_ps(whole);
  }

  static void Transpose(Reg r[kLanes]) {
    Reg pairs[kLanes], quads[kLanes], halves[kLanes];
    for (int i = 0; i < kLanes; i += 2) {
      pairs[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
      pairs[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < kLanes; i += 4) {
      quads[i] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
      quads[i + 1] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
      quads[i + 2] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
      quads[i + 3] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
    }
    for (int i = 0; i < 4; i++) {
      halves[i] = _mm512_shuffle_f32x4(quads[i], quads[i + 4], 0x88);
      halves[i + 4] = _mm512_shuffle_f32x4(quads[i], quads[i + 4], 0xdd);
      halves[i + 8] = _mm512_shuffle_f32x4(quads[i + 8], quads[i + 12], 0x88);
      halves[i + 12] = _mm512_shuffle_f32x4(quads[i + 8], quads[i + 12], 0xdd);
    }
    for (int i = 0; i < 4; i++) {
      r[i] = _mm512_shuffle_f32x4(halves[i], halves[i + 8], 0x88);
      r[i + 4] = _mm512_shuffle_f32x4(halves[i + 4], halves[i + 12], 0x88);
      r[i + 8] = _mm512_shuffle_f32x4(halves[i], halves[i + 8], 0xdd);
      r[i + 12] = _mm512_shuffle_f32x4(halves[i + 4], halves[i + 12], 0xdd);
    }
  }

  static Reg PackRgb(const uint8_t* p) {
    constexpr __mmask64 kFirst48 = 0xffffffffffffULL, kThreeOfFour = 0x7777777777777777ULL;
    const __m512i bytes = _mm512_maskz_loadu_epi8(kFirst48, p);
    // Byte 4i + c comes from byte 3i + c.
    const __m512i places =
        _mm512_setr_epi32(0x020100, 0x050403, 0x080706, 0x0b0a09, 0x0e0d0c, 0x11100f, 0x141312, 0x171615,  //
                          0x1a1918, 0x1d1c1b, 0x201f1e, 0x232221, 0x262524, 0x292827, 0x2c2b2a, 0x2f2e2d);
    return _mm512_castsi512_ps(_mm512_maskz_permutexvar_epi8(kThreeOfFour, places, bytes));
  }
  static Reg PackGrey(const uint8_t* p) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm512_castsi512_ps(_mm512_cvtepu8_epi32(bytes));
  }

  static Reg LumaOfRgb(Reg packed) {
    const __m512i bits = _mm512_castps_si512(packed);
    const __m512i byte = _mm512_set1_epi32(255);
    const Reg r = _mm512_cvtepi32_ps(_mm512_and_si512(bits, byte));
    const Reg g = _mm512_cvtepi32_ps(_mm512_and_si512(_mm512_srli_epi32(bits, 8), byte));
    const Reg b = _mm512_cvtepi32_ps(_mm512_srli_epi32(bits, 16));
    return Add(Add(Mul(Set1(0.299f), r), Mul(Set1(0.587f), g)), Mul(Set1(0.114f), b));
  }
  static Reg LumaOfGrey(Reg packed) { return _mm512_cvtepi32_ps(_mm512_castps_si512(packed)); }

  static uint32_t MaskGreater(Reg a, Reg b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }

  static int CountLess(const float* values, int count, float x) {
    const Reg limit = Set1(x);
    int less = 0;
    for (int i = 0; i < count; i += kLanes) less += _mm_popcnt_u32(MaskGreater(limit, Load(values + i)));
    return less;
  }
};

}  // namespace

const PdqArm kPdqAvx512 = {ScratchBytes<Avx512Arm>, Hash<Avx512Arm>};

}  // namespace exhibit_hash
