// Distances and sketches of PhotoDNA values, compiled for AVX2: 32 sums in a register.

#include "photodna/filter.h"
#include "photodna/scan256.h"

namespace exhibit_hash {
namespace {

struct Avx2Bytes {
  using Bytes = __m256i;
  static constexpr size_t kBytes = 32;

  static Bytes Zero() { return _mm256_setzero_si256(); }
  static Bytes Load(const uint8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static Bytes Table(const uint8_t* p) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Bytes LowBits(Bytes x) { return _mm256_and_si256(x, _mm256_set1_epi8(15)); }
  static Bytes HighBits(Bytes x) { return LowBits(_mm256_srli_epi16(x, 4)); }
  static Bytes LookUp(Bytes table, Bytes bits) { return _mm256_shuffle_epi8(table, bits); }
  static Bytes AddSaturating(Bytes a, Bytes b) { return _mm256_adds_epu8(a, b); }
  static uint64_t AtMost(Bytes x, uint8_t limit) {
    const Bytes least = _mm256_min_epu8(x, _mm256_set1_epi8(static_cast<char>(limit)));
    return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(least, x)));
  }
};

}  // namespace

PhotoDnaArm PhotoDnaArmAvx2() { return {ScanValues, SquaredDistance, FilterSketches<Avx2Bytes>}; }

}  // namespace exhibit_hash
