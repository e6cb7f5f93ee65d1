// The scan, written once over a way to count bits. Included by each arm within its own flags.

#ifndef EXHIBIT_HASH_HAMMING_GENERIC_H_
#define EXHIBIT_HASH_HAMMING_GENERIC_H_

#include <cstring>

#include "hamming/hamming.h"

namespace exhibit_hash {
namespace {

template <size_t kWords, typename CountBits>
void ScanWords(const ScanInput& input, const HitSink& sink, CountBits count_bits) {
  for (size_t q = 0; q < input.query_count; q++) {
    uint64_t query[kWords];
    std::memcpy(query, input.queries + q * sizeof query, sizeof query);
    for (size_t i = 0; i < input.count; i++) {
      uint64_t hash[kWords];
      std::memcpy(hash, input.items + i * sizeof hash, sizeof hash);
      uint32_t distance = 0;
      for (size_t w = 0; w < kWords; w++) distance += count_bits(hash[w] ^ query[w]);
      if (distance <= input.max_distance) {
        sink.add(sink.hits, {static_cast<uint32_t>(q), input.first_position + static_cast<uint32_t>(i), distance});
      }
    }
  }
}

template <typename CountBits>
void ScanAnyWidth(const ScanInput& input, const HitSink& sink, CountBits count_bits) {
  if (input.item_bytes == 8) ScanWords<1>(input, sink, count_bits);
  if (input.item_bytes == 32) ScanWords<4>(input, sink, count_bits);
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_HAMMING_GENERIC_H_
