// Which of many hashes lie within a distance of any of many others: both sides are put into buckets by a slice of their
// bits, and only buckets whose keys are alike are compared, one after the other in memory.

#ifndef EXHIBIT_HASH_NEAR_JOIN_H_
#define EXHIBIT_HASH_NEAR_JOIN_H_

#include <cstddef>
#include <cstdint>

#include "common/scan.h"

namespace exhibit_hash {

// 4 MiB of places a side: more would no longer stay in a cache.
constexpr uint32_t kMaxJoinKeyBits = 20;
constexpr uint32_t kMaxJoinRadius = 2;

struct JoinInput {
  // Hashes of `item_bytes`, 8 or 32, one after the other.
  const uint8_t* queries;
  size_t query_count;
  const uint8_t* items;
  size_t item_count;
  size_t item_bytes;
  // The slice: `key_bits` bits from `first_bit` on, the lowest bit of a byte first. It lies within a hash.
  uint32_t first_bit;
  uint32_t key_bits;
  // Bits by which the slices of two hashes that are compared may differ.
  uint32_t radius;
  uint32_t max_distance;
};

// Sets marks[i] for every item i that lies within the distance of a query, where the slices of the two differ in at
// most `radius` bits. Others are left as they are. Numbers of items and queries fit 32 bits.
void MarkNear(Scan scan, const JoinInput& input, uint8_t* marks);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_NEAR_JOIN_H_
