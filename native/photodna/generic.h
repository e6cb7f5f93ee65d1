// The scan, written once as a loop that compilers turn into vectors. Included by each arm within
// its own flags.

#ifndef EXHIBIT_HASH_PHOTODNA_GENERIC_H_
#define EXHIBIT_HASH_PHOTODNA_GENERIC_H_

#include "photodna/photodna.h"

namespace exhibit_hash {
namespace {

// At most 144 × 255² = 9,363,600. Integers, so that the order of additions does not matter.
inline uint32_t SquaredDistance(const uint8_t* a, const uint8_t* b) {
  int32_t sum = 0;
  for (size_t i = 0; i < kPhotoDnaBytes; i++) {
    const int16_t difference = static_cast<int16_t>(a[i] - b[i]);
    sum += static_cast<int32_t>(difference) * difference;
  }
  return static_cast<uint32_t>(sum);
}

inline void ScanValues(const ScanInput& input, const HitSink& sink) {
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

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PHOTODNA_GENERIC_H_
