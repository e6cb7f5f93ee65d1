// Distances and sketches of PhotoDNA values, compiled for AVX-512: a tile's 64 sums in one register.

#include "photodna/filter.h"
#include "photodna/scan256.h"

namespace exhibit_hash {
namespace {

struct Avx512Bytes {
  using Bytes = __m512i;
  static constexpr size_t kBytes = 64;

  static Bytes Zero() { return _mm512_setzero_si512(); }
  static Bytes Load(const uint8_t* p) { return _mm512_loadu_si512(p); }
  static Bytes Table(const uint8_t* p) {
    return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Bytes LowBits(Bytes x) { return _mm512_and_si512(x, _mm512_set1_epi8(15)); }
  static Bytes HighBits(Bytes x) { return LowBits(_mm512_srli_epi16(x, 4)); }
  static Bytes LookUp(Bytes table, Bytes bits) { return _mm512_shuffle_epi8(table, bits); }
  static Bytes AddSaturating(Bytes a, Bytes b) { return _mm512_adds_epu8(a, b); }
  static uint64_t AtMost(Bytes x, uint8_t limit) {
    return static_cast<uint64_t>(_mm512_cmple_epu8_mask(x, _mm512_set1_epi8(static_cast<char>(limit))));
  }
};

}  // namespace

PhotoDnaArm PhotoDnaArmAvx512() { return {ScanValues, SquaredDistance, FilterSketches<Avx512Bytes>}; }

}  // namespace exhibit_hash
