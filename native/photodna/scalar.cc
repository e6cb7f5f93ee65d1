// Distances and sketches of PhotoDNA values for any machine, as loops that compilers turn into vectors where they can.

#include "photodna/photodna.h"

namespace exhibit_hash {
namespace {

// At most 144 × 255² = 9,363,600. Integers, so that the order of additions does not matter.
uint32_t SquaredDistance(const uint8_t* a, const uint8_t* b) {
  int32_t sum = 0;
  for (size_t i = 0; i < kPhotoDnaBytes; i++) {
    const int16_t difference = static_cast<int16_t>(a[i] - b[i]);
    sum += static_cast<int32_t>(difference) * difference;
  }
  return static_cast<uint32_t>(sum);
}

void ScanValues(const ScanInput& input, const HitSink& sink) {
  for (size_t q = 0; q < input.query_count; q++) {
    const uint8_t* query = input.queries + q * kPhotoDnaBytes;
    for (size_t i = 0; i < input.count; i++) {
      const uint32_t distance = SquaredDistance(input.items + i * kPhotoDnaBytes, query);
      if (distance <= input.max_distance) {
        sink.add(sink.hits, {static_cast<uint32_t>(q), input.first_position + static_cast<uint32_t>(i), distance});
      }
    }
  }
}

uint64_t FilterTile(const SketchInput& input, const uint8_t* tables, size_t tile) {
  // Sums of bytes do not saturate here: 18 × 2 × 255 is far from the end of 16 bits.
  uint16_t sums[kSketchTile] = {};
  for (size_t r = 0; r < input.row_count; r++) {
    const uint8_t* row = input.rows + r * kSketchGroup + tile * kSketchTile;
    const uint8_t* low = tables + r * kSketchTableBytes;
    const uint8_t* high = low + kSketchTableBytes / 2;
    for (size_t v = 0; v < kSketchTile; v++) {
      sums[v] = static_cast<uint16_t>(sums[v] + low[row[v] & 15] + high[row[v] >> 4]);
    }
  }
  uint64_t survivors = 0;
  for (size_t v = 0; v < kSketchTile; v++) {
    // What saturates is 255.
    const unsigned sum = sums[v] < 255 ? sums[v] : 255;
    survivors |= static_cast<uint64_t>(sum <= input.limit) << v;
  }
  return survivors;
}

void FilterSketches(const SketchInput& input, uint64_t* survivors) {
  for (size_t q = 0; q < input.query_count; q++) {
    for (size_t tile = 0; tile < input.tiles; tile++) {
      survivors[q * kSketchTiles + tile] = FilterTile(input, input.tables + q * kSketchQueryBytes, tile);
    }
  }
}

}  // namespace

PhotoDnaArm PhotoDnaArmScalar() { return {ScanValues, SquaredDistance, FilterSketches}; }

}  // namespace exhibit_hash
