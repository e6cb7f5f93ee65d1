// The arm for AVX2: eight streams at once. What each function means is said in scalar_lane.h.

#include <immintrin.h>

#include "digest/digest.h"
#include "digest/lanes.h"
#include "digest/one_stream.h"
#include "digest/scalar_lane.h"

namespace exhibit_hash {
namespace {

struct Avx2Lanes {
  static constexpr int kLanes = 8;
  using Reg = __m256i;

  static Reg Load(const uint32_t* p) { return _mm256_loadu_si256(reinterpret_cast<const Reg*>(p)); }
  static void Store(uint32_t* p, Reg r) { _mm256_storeu_si256(reinterpret_cast<Reg*>(p), r); }
  static Reg Set1(uint32_t x) { return _mm256_set1_epi32(static_cast<int>(x)); }

  static Reg Add(Reg a, Reg b) { return _mm256_add_epi32(a, b); }
  static Reg Xor(Reg a, Reg b) { return _mm256_xor_si256(a, b); }
  static Reg Or(Reg a, Reg b) { return _mm256_or_si256(a, b); }
  template <int kBits>
  static Reg RotateLeft(Reg a) {
    return Or(_mm256_slli_epi32(a, kBits), _mm256_srli_epi32(a, 32 - kBits));
  }
  template <int kBits>
  static Reg RotateRight(Reg a) {
    return RotateLeft<32 - kBits>(a);
  }
  template <int kBits>
  static Reg ShiftRight(Reg a) {
    return _mm256_srli_epi32(a, kBits);
  }
  static Reg SwapBytes(Reg a) {
    const __m128i places = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    return _mm256_shuffle_epi8(a, _mm256_broadcastsi128_si256(places));
  }

  static Reg Choose(Reg x, Reg y, Reg z) { return Xor(z, _mm256_and_si256(x, Xor(y, z))); }
  static Reg AddChoice(Reg sum, Reg x, Reg y, Reg z) {
    return Add(Add(sum, _mm256_andnot_si256(x, z)), _mm256_and_si256(x, y));
  }
  static Reg Majority(Reg x, Reg y, Reg z) { return Or(_mm256_and_si256(x, y), _mm256_and_si256(z, Or(x, y))); }
  static Reg Parity(Reg x, Reg y, Reg z) { return Xor(x, Xor(y, z)); }
  static Reg OrNotXor(Reg x, Reg y, Reg z) { return Xor(z, Or(x, Xor(y, Set1(0xffffffff)))); }

  static EXHIBIT_HASH_INLINE void LoadBlocks(const uint8_t* const* data, Reg m[16]) {
    for (int half = 0; half < 2; half++) {
      Reg rows[8], pairs[8], quads[8];
      for (int i = 0; i < 8; i++) rows[i] = Load(reinterpret_cast<const uint32_t*>(data[i]) + 8 * half);
      for (int i = 0; i < 8; i += 2) {
        pairs[i] = _mm256_unpacklo_epi32(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_epi32(rows[i], rows[i + 1]);
      }
      for (int i = 0; i < 8; i += 4) {
        quads[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
        quads[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
        quads[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        quads[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
      }
      for (int i = 0; i < 4; i++) {
        m[8 * half + i] = _mm256_permute2x128_si256(quads[i], quads[i + 4], 0x20);
        m[8 * half + i + 4] = _mm256_permute2x128_si256(quads[i], quads[i + 4], 0x31);
      }
    }
  }

  static void StoreQuads(uint32_t* to, Reg w0, Reg w1, Reg w2, Reg w3) {
    const Reg low01 = _mm256_unpacklo_epi32(w0, w1), high01 = _mm256_unpackhi_epi32(w0, w1);
    const Reg low23 = _mm256_unpacklo_epi32(w2, w3), high23 = _mm256_unpackhi_epi32(w2, w3);
    Store(to, _mm256_unpacklo_epi64(low01, low23));
    Store(to + kLanes, _mm256_unpackhi_epi64(low01, low23));
    Store(to + 2 * kLanes, _mm256_unpacklo_epi64(high01, high23));
    Store(to + 3 * kLanes, _mm256_unpackhi_epi64(high01, high23));
  }
};

}  // namespace

const DigestArm kDigestAvx2 = {8, 2, AdvanceLanes<Avx2Lanes>, AdvanceLanes<ScalarLane>};
const DigestArm kDigestAvx2ShaNi = {8, 7, AdvanceLanes<Avx2Lanes>, AdvanceOneStream<Avx2Lanes>};

}  // namespace exhibit_hash
