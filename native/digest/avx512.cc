// The arm for AVX-512: sixteen streams at once. What each function means is said in scalar_lane.h.

#include <immintrin.h>

#include "digest/digest.h"
#include "digest/lanes.h"
#include "digest/one_stream.h"
#include "digest/scalar_lane.h"

namespace exhibit_hash {
namespace {

struct Avx512Lanes {
  static constexpr int kLanes = 16;
  using Reg = __m512i;

  static Reg Load(const uint32_t* p) { return _mm512_loadu_si512(p); }
  static void Store(uint32_t* p, Reg r) { _mm512_storeu_si512(p, r); }
  static Reg Set1(uint32_t x) { return _mm512_set1_epi32(static_cast<int>(x)); }

  static Reg Add(Reg a, Reg b) { return _mm512_add_epi32(a, b); }
  static Reg Xor(Reg a, Reg b) { return _mm512_xor_si512(a, b); }
  template <int kBits>
  static Reg RotateLeft(Reg a) {
    return _mm512_rol_epi32(a, kBits);
  }
  template <int kBits>
  static Reg RotateRight(Reg a) {
    return _mm512_ror_epi32(a, kBits);
  }
  template <int kBits>
  static Reg ShiftRight(Reg a) {
    return _mm512_srli_epi32(a, kBits);
  }
  static Reg SwapBytes(Reg a) {
    const __m128i places = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    return _mm512_shuffle_epi8(a, _mm512_broadcast_i32x4(places));
  }

  // Bit 4x + 2y + z of the number is the function's value.
  static Reg Choose(Reg x, Reg y, Reg z) { return _mm512_ternarylogic_epi32(x, y, z, 0xca); }
  static Reg AddChoice(Reg sum, Reg x, Reg y, Reg z) { return Add(sum, Choose(x, y, z)); }
  static Reg Majority(Reg x, Reg y, Reg z) { return _mm512_ternarylogic_epi32(x, y, z, 0xe8); }
  static Reg Parity(Reg x, Reg y, Reg z) { return _mm512_ternarylogic_epi32(x, y, z, 0x96); }
  static Reg OrNotXor(Reg x, Reg y, Reg z) { return _mm512_ternarylogic_epi32(x, y, z, 0x59); }

  static EXHIBIT_HASH_INLINE void LoadBlocks(const uint8_t* const* data, Reg m[16]) {
    Reg pairs[16], quads[16], halves[16];
    for (int i = 0; i < 16; i++) m[i] = _mm512_loadu_si512(data[i]);
    for (int i = 0; i < 16; i += 2) {
      pairs[i] = _mm512_unpacklo_epi32(m[i], m[i + 1]);
      pairs[i + 1] = _mm512_unpackhi_epi32(m[i], m[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
      quads[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
      quads[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
      quads[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
      quads[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
      halves[i] = _mm512_shuffle_i32x4(quads[i], quads[i + 4], 0x88);
      halves[i + 4] = _mm512_shuffle_i32x4(quads[i], quads[i + 4], 0xdd);
      halves[i + 8] = _mm512_shuffle_i32x4(quads[i + 8], quads[i + 12], 0x88);
      halves[i + 12] = _mm512_shuffle_i32x4(quads[i + 8], quads[i + 12], 0xdd);
    }
    for (int i = 0; i < 4; i++) {
      m[i] = _mm512_shuffle_i32x4(halves[i], halves[i + 8], 0x88);
      m[i + 4] = _mm512_shuffle_i32x4(halves[i + 4], halves[i + 12], 0x88);
      m[i + 8] = _mm512_shuffle_i32x4(halves[i], halves[i + 8], 0xdd);
      m[i + 12] = _mm512_shuffle_i32x4(halves[i + 4], halves[i + 12], 0xdd);
    }
  }

  static void StoreQuads(uint32_t* to, Reg w0, Reg w1, Reg w2, Reg w3) {
    const Reg low01 = _mm512_unpacklo_epi32(w0, w1), high01 = _mm512_unpackhi_epi32(w0, w1);
    const Reg low23 = _mm512_unpacklo_epi32(w2, w3), high23 = _mm512_unpackhi_epi32(w2, w3);
    Store(to, _mm512_unpacklo_epi64(low01, low23));
    Store(to + kLanes, _mm512_unpackhi_epi64(low01, low23));
    Store(to + 2 * kLanes, _mm512_unpacklo_epi64(high01, high23));
    Store(to + 3 * kLanes, _mm512_unpackhi_epi64(high01, high23));
  }
};

}  // namespace

const DigestArm kDigestAvx512 = {16, 2, AdvanceLanes<Avx512Lanes>, AdvanceLanes<ScalarLane>};
const DigestArm kDigestAvx512ShaNi = {16, 6, AdvanceLanes<Avx512Lanes>, AdvanceOneStream<Avx512Lanes>};

}  // namespace exhibit_hash
