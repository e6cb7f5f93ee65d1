// Distance search by brute force: the oracle of every index, and the engine for small sets.

#ifndef EXHIBIT_HASH_HAMMING_HAMMING_H_
#define EXHIBIT_HASH_HAMMING_HAMMING_H_

#include <cstddef>
#include <cstdint>

#include "common/hits.h"

namespace exhibit_hash {

struct HammingInput {
  // `count` hashes of `hash_bytes` (8 or 32) one after the other, of any alignment.
  const uint8_t* hashes;
  size_t count;
  // `query_count` hashes of the same width.
  const uint8_t* queries;
  size_t query_count;
  size_t hash_bytes;
  uint32_t max_distance;
  // Added to positions: the hashes may be a part of a larger table.
  uint32_t first_position;
};

// Hands over every pair within the distance, hash after hash within each query. Every arm gives the
// same hits.
using HammingScan = void (*)(const HammingInput& input, const HitSink& sink);

void HammingScanScalar(const HammingInput& input, const HitSink& sink);
#if EXHIBIT_HASH_X86_ARMS
// POPCNT, which every processor with AVX2 has.
void HammingScanAvx2(const HammingInput& input, const HitSink& sink);
#endif

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_HAMMING_HAMMING_H_
