// Search among PhotoDNA values by the sum of squared byte differences, by brute force.

#ifndef EXHIBIT_HASH_PHOTODNA_PHOTODNA_H_
#define EXHIBIT_HASH_PHOTODNA_PHOTODNA_H_

#include <cstddef>
#include <cstdint>

#include "common/hits.h"

namespace exhibit_hash {

constexpr size_t kPhotoDnaBytes = 144;

struct PhotoDnaInput {
  // `count` values of 144 bytes one after the other.
  const uint8_t* values;
  size_t count;
  const uint8_t* queries;
  size_t query_count;
  uint32_t max_distance;
  // Added to positions: the values may be a part of a larger table.
  uint32_t first_position;
};

// Hands over every pair within the distance, value after value within each query. Every arm gives
// the same hits.
using PhotoDnaScan = void (*)(const PhotoDnaInput& input, const HitSink& sink);

void PhotoDnaScanScalar(const PhotoDnaInput& input, const HitSink& sink);
#if EXHIBIT_HASH_X86_ARMS
void PhotoDnaScanAvx2(const PhotoDnaInput& input, const HitSink& sink);
void PhotoDnaScanAvx512(const PhotoDnaInput& input, const HitSink& sink);
#endif

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PHOTODNA_PHOTODNA_H_
