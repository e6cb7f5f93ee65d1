// Distances in registers of 256 bits: sixteen bytes widened to 16 bits at a time, nine times a value. Included by each
// arm within its own flags.

#ifndef EXHIBIT_HASH_PHOTODNA_SCAN256_H_
#define EXHIBIT_HASH_PHOTODNA_SCAN256_H_

#include <immintrin.h>

#include "photodna/photodna.h"

namespace exhibit_hash {
namespace {

constexpr size_t kChunk = 16;
constexpr size_t kChunks = kPhotoDnaBytes / kChunk;
// Queries whose widened bytes stay in the first cache while values pass by.
constexpr size_t kQueryBlock = 16;

inline __m256i Widened(const uint8_t* bytes) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)));
}

// The sums of the 32-bit numbers of each of four registers.
inline __m128i SumsOfFour(__m256i a, __m256i b, __m256i c, __m256i d) {
  const __m256i ab = _mm256_add_epi32(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
  const __m256i cd = _mm256_add_epi32(_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
  const __m256i abcd = _mm256_add_epi32(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
  return _mm_add_epi32(_mm256_castsi256_si128(abcd), _mm256_extracti128_si256(abcd, 1));
}

inline uint32_t SumOf(__m256i a) {
  const __m256i zero = _mm256_setzero_si256();
  return static_cast<uint32_t>(_mm_cvtsi128_si32(SumsOfFour(a, zero, zero, zero)));
}

inline __m256i Squares(__m256i difference) { return _mm256_madd_epi16(difference, difference); }

uint32_t SquaredDistance(const uint8_t* a, const uint8_t* b) {
  __m256i sum = _mm256_setzero_si256();
  for (size_t c = 0; c < kChunks; c++) {
    sum = _mm256_add_epi32(sum, Squares(_mm256_sub_epi16(Widened(a + c * kChunk), Widened(b + c * kChunk))));
  }
  return SumOf(sum);
}

// Hands over those of four distances that are within `most`: of which query and which position, `pair` says.
template <typename Pair>
inline void AddWithin(__m128i distances, __m128i most, const HitSink& sink, Pair pair) {
  const int beyond = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpgt_epi32(distances, most)));
  if (beyond == 15) return;
  alignas(16) uint32_t all[4];
  _mm_store_si128(reinterpret_cast<__m128i*>(all), distances);
  for (uint32_t i = 0; i < 4; i++) {
    if (((beyond >> i) & 1) == 0) sink.add(sink.hits, pair(i, all[i]));
  }
}

// Comparisons are of signed numbers; no distance is as large as the largest of them.
inline __m128i Most(const ScanInput& input) {
  constexpr uint32_t kLargest = 0x7fffffff;
  return _mm_set1_epi32(static_cast<int>(input.max_distance < kLargest ? input.max_distance : kLargest));
}

// One query stays in registers, values pass by in fours: what memory gives is what this takes.
inline void ScanOne(const ScanInput& input, const HitSink& sink, size_t q) {
  const uint8_t* query = input.queries + q * kPhotoDnaBytes;
  const __m128i most = Most(input);
  __m256i wide[kChunks];
  for (size_t c = 0; c < kChunks; c++) wide[c] = Widened(query + c * kChunk);
  size_t i = 0;
  for (; i + 4 <= input.count; i += 4) {
    const uint8_t* item = input.items + i * kPhotoDnaBytes;
    __m256i sums[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
    for (size_t c = 0; c < kChunks; c++) {
      for (size_t v = 0; v < 4; v++) {
        const __m256i value = Widened(item + v * kPhotoDnaBytes + c * kChunk);
        sums[v] = _mm256_add_epi32(sums[v], Squares(_mm256_sub_epi16(value, wide[c])));
      }
    }
    AddWithin(SumsOfFour(sums[0], sums[1], sums[2], sums[3]), most, sink, [&](uint32_t v, uint32_t distance) {
      return Hit{static_cast<uint32_t>(q), input.first_position + static_cast<uint32_t>(i + v), distance};
    });
  }
  for (; i < input.count; i++) {
    const uint32_t distance = SquaredDistance(input.items + i * kPhotoDnaBytes, query);
    if (distance > input.max_distance) continue;
    sink.add(sink.hits, {static_cast<uint32_t>(q), input.first_position + static_cast<uint32_t>(i), distance});
  }
}

// Queries widened once, with the sum of the squares of each.
struct QueryBlock {
  alignas(32) int16_t wide[kQueryBlock][kPhotoDnaBytes];
  alignas(16) uint32_t squares[kQueryBlock];
};

inline __m256i WideOf(const QueryBlock& block, size_t q, size_t chunk) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(block.wide[q] + chunk * kChunk));
}

inline void Fill(QueryBlock& block, const uint8_t* queries, size_t count) {
  for (size_t q = 0; q < count; q++) {
    __m256i sum = _mm256_setzero_si256();
    for (size_t c = 0; c < kChunks; c++) {
      const __m256i wide = Widened(queries + q * kPhotoDnaBytes + c * kChunk);
      _mm256_store_si256(reinterpret_cast<__m256i*>(block.wide[q] + c * kChunk), wide);
      sum = _mm256_add_epi32(sum, Squares(wide));
    }
    block.squares[q] = SumOf(sum);
  }
}

// |a - b|² = |a|² + |b|² - 2 a·b: of a pair only the products are left to do. Queries by fours, kValues at a time.
template <size_t kValues>
inline void ScanBlock(const ScanInput& input, const HitSink& sink, const QueryBlock& block, size_t first_query,
                      size_t query_count, size_t i) {
  const uint8_t* item = input.items + i * kPhotoDnaBytes;
  const __m128i most = Most(input);
  __m128i squares[kValues];
  for (size_t v = 0; v < kValues; v++) {
    __m256i sum = _mm256_setzero_si256();
    for (size_t c = 0; c < kChunks; c++) {
      sum = _mm256_add_epi32(sum, Squares(Widened(item + v * kPhotoDnaBytes + c * kChunk)));
    }
    squares[v] = _mm_set1_epi32(static_cast<int>(SumOf(sum)));
  }
  for (size_t q = 0; q < query_count; q += 4) {
    __m256i products[kValues][4];
    for (auto& row : products) {
      for (__m256i& sum : row) sum = _mm256_setzero_si256();
    }
    for (size_t c = 0; c < kChunks; c++) {
      __m256i value[kValues];
      for (size_t v = 0; v < kValues; v++) value[v] = Widened(item + v * kPhotoDnaBytes + c * kChunk);
      for (size_t j = 0; j < 4; j++) {
        const __m256i wide = WideOf(block, q + j, c);
        for (size_t v = 0; v < kValues; v++) {
          products[v][j] = _mm256_add_epi32(products[v][j], _mm256_madd_epi16(value[v], wide));
        }
      }
    }
    const __m128i own = _mm_load_si128(reinterpret_cast<const __m128i*>(block.squares + q));
    for (size_t v = 0; v < kValues; v++) {
      const __m128i product = SumsOfFour(products[v][0], products[v][1], products[v][2], products[v][3]);
      const __m128i distances = _mm_sub_epi32(_mm_add_epi32(own, squares[v]), _mm_slli_epi32(product, 1));
      AddWithin(distances, most, sink, [&](uint32_t j, uint32_t distance) {
        return Hit{static_cast<uint32_t>(first_query + q + j), input.first_position + static_cast<uint32_t>(i + v),
                   distance};
      });
    }
  }
}

void ScanValues(const ScanInput& input, const HitSink& sink) {
  size_t first = 0;
  for (; input.query_count - first >= 4;) {
    const size_t left = (input.query_count - first) / 4 * 4;
    const size_t count = left < kQueryBlock ? left : kQueryBlock;
    QueryBlock block;
    Fill(block, input.queries + first * kPhotoDnaBytes, count);
    size_t i = 0;
    for (; i + 2 <= input.count; i += 2) ScanBlock<2>(input, sink, block, first, count, i);
    if (i < input.count) ScanBlock<1>(input, sink, block, first, count, i);
    first += count;
  }
  for (; first < input.query_count; first++) ScanOne(input, sink, first);
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PHOTODNA_SCAN256_H_
