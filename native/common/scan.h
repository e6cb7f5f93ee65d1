// Search of a table by distance: what an arm is given, what it finds, and how it hands that over.

#ifndef EXHIBIT_HASH_COMMON_SCAN_H_
#define EXHIBIT_HASH_COMMON_SCAN_H_

#include <cstddef>
#include <cstdint>

namespace exhibit_hash {

struct ScanInput {
  // `count` items of `item_bytes` one after the other, of any alignment.
  const uint8_t* items;
  size_t count;
  // `query_count` items of the same width.
  const uint8_t* queries;
  size_t query_count;
  size_t item_bytes;
  uint32_t max_distance;
  // Added to positions: the items may be a part of a larger table.
  uint32_t first_position;
};

struct Hit {
  uint32_t query;
  uint32_t position;
  uint32_t distance;
};

// Arms call through a pointer and use no container: a template of the library that an arm instantiated under its
// own flags could be linked into code that runs on lesser machines.
struct HitSink {
  void (*add)(void* hits, const Hit& hit);
  void* hits;
};

// Hands over every pair within the distance, in no order. Every arm of one distance gives the same hits.
using Scan = void (*)(const ScanInput& input, const HitSink& sink);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_COMMON_SCAN_H_
