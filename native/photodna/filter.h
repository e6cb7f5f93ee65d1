// The filter by sketches, written once over registers that look bytes up. Included by each arm within its own flags.

#ifndef EXHIBIT_HASH_PHOTODNA_FILTER_H_
#define EXHIBIT_HASH_PHOTODNA_FILTER_H_

#include <immintrin.h>

#include "photodna/sketch.h"

namespace exhibit_hash {
namespace {

// For one query the memory has more to do than the processor. Measured: fewer are late, and more than there are ways in
// the first cache drive each other out, since rows are a page apart.
constexpr size_t kTilesAhead = 4;

// Arm: a register type Bytes of kBytes; Load; Table(p), sixteen bytes in every lane; LowBits and HighBits, the four
// lowest and highest of each byte; LookUp(table, bits); AddSaturating; AtMost(bytes, limit), a bit a byte.
template <typename Arm, size_t kQueries>
inline void FilterTile(const SketchInput& input, size_t first_query, size_t tile, uint64_t* survivors) {
  using Bytes = typename Arm::Bytes;
  constexpr size_t kParts = kSketchTile / Arm::kBytes;
  const uint8_t* tables = input.tables + first_query * kSketchQueryBytes;
  Bytes sums[kQueries][kParts];
  for (size_t q = 0; q < kQueries; q++) {
    for (size_t p = 0; p < kParts; p++) sums[q][p] = Arm::Zero();
  }
  for (size_t r = 0; r < input.row_count; r++) {
    const uint8_t* row = input.rows + r * kSketchGroup + tile * kSketchTile;
    Bytes low[kParts], high[kParts];
    for (size_t p = 0; p < kParts; p++) {
      const Bytes bits = Arm::Load(row + p * Arm::kBytes);
      low[p] = Arm::LowBits(bits);
      high[p] = Arm::HighBits(bits);
    }
    for (size_t q = 0; q < kQueries; q++) {
      const uint8_t* table = tables + q * kSketchQueryBytes + r * kSketchTableBytes;
      const Bytes of_low = Arm::Table(table);
      const Bytes of_high = Arm::Table(table + kSketchTableBytes / 2);
      for (size_t p = 0; p < kParts; p++) {
        sums[q][p] = Arm::AddSaturating(sums[q][p], Arm::LookUp(of_low, low[p]));
        sums[q][p] = Arm::AddSaturating(sums[q][p], Arm::LookUp(of_high, high[p]));
      }
    }
  }
  for (size_t q = 0; q < kQueries; q++) {
    uint64_t bits = 0;
    for (size_t p = 0; p < kParts; p++) bits |= Arm::AtMost(sums[q][p], input.limit) << (p * Arm::kBytes % 64);
    survivors[(first_query + q) * kSketchTiles + tile] = bits;
  }
}

template <typename Arm>
void FilterSketches(const SketchInput& input, uint64_t* survivors) {
  for (size_t tile = 0; tile < input.tiles; tile++) {
    for (size_t r = 0; r < input.row_count; r++) {
      const uint8_t* row = input.rows + r * kSketchGroup;
      _mm_prefetch(reinterpret_cast<const char*>(row + (tile + kTilesAhead) * kSketchTile), _MM_HINT_T0);
    }
    size_t q = 0;
    for (; q + 4 <= input.query_count; q += 4) FilterTile<Arm, 4>(input, q, tile, survivors);
    for (; q < input.query_count; q++) FilterTile<Arm, 1>(input, q, tile, survivors);
  }
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PHOTODNA_FILTER_H_
