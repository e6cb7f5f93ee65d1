#include "near/join.h"

#include <cstring>
#include <vector>

namespace exhibit_hash {
namespace {

uint32_t KeyOf(const uint8_t* hash, const JoinInput& input) {
  uint64_t bits = 0;
  const size_t first = input.first_bit / 8;
  for (size_t i = first; i < input.item_bytes && i < first + 4; i++) bits |= uint64_t{hash[i]} << (8 * (i - first));
  return static_cast<uint32_t>((bits >> (input.first_bit % 8)) & ((uint64_t{1} << input.key_bits) - 1));
}

// Hashes in the order of their keys.
struct Buckets {
  Buckets(const uint8_t* hashes, size_t count, const JoinInput& input)
      : starts((size_t{1} << input.key_bits) + 1), numbers(count), sorted(count * input.item_bytes) {
    std::vector<uint32_t> keys(count);
    for (size_t i = 0; i < count; i++) starts[(keys[i] = KeyOf(hashes + i * input.item_bytes, input)) + 1]++;
    for (size_t key = 1; key < starts.size(); key++) starts[key] += starts[key - 1];
    std::vector<uint32_t> next(starts);
    for (size_t i = 0; i < count; i++) {
      const uint32_t place = next[keys[i]]++;
      numbers[place] = static_cast<uint32_t>(i);
      std::memcpy(&sorted[place * input.item_bytes], hashes + i * input.item_bytes, input.item_bytes);
    }
  }

  size_t Count(uint32_t key) const { return starts[key + 1] - starts[key]; }

  std::vector<uint32_t> starts;
  std::vector<uint32_t> numbers;
  std::vector<uint8_t> sorted;
};

std::vector<uint32_t> MasksWithin(uint32_t radius, uint32_t key_bits) {
  std::vector<uint32_t> masks{0};
  for (uint32_t i = 0; radius > 0 && i < key_bits; i++) masks.push_back(1u << i);
  for (uint32_t i = 0; radius > 1 && i < key_bits; i++) {
    for (uint32_t j = 0; j < i; j++) masks.push_back((1u << i) | (1u << j));
  }
  return masks;
}

struct Marking {
  const uint32_t* numbers;
  uint8_t* marks;
};

}  // namespace

void MarkNear(Scan scan, const JoinInput& input, uint8_t* marks) {
  if (input.query_count == 0 || input.item_count == 0) return;
  const Buckets queries(input.queries, input.query_count, input);
  const Buckets items(input.items, input.item_count, input);
  const std::vector<uint32_t> masks = MasksWithin(input.radius, input.key_bits);
  Marking marking{items.numbers.data(), marks};
  const HitSink sink{[](void* into, const Hit& hit) {
                       const Marking& to = *static_cast<const Marking*>(into);
                       to.marks[to.numbers[hit.position]] = 1;
                     },
                     &marking};
  const uint32_t keys = 1u << input.key_bits;
  for (uint32_t key = 0; key < keys; key++) {
    if (queries.Count(key) == 0) continue;
    for (const uint32_t mask : masks) {
      const uint32_t alike = key ^ mask;
      if (items.Count(alike) == 0) continue;
      scan({&items.sorted[items.starts[alike] * input.item_bytes], items.Count(alike),
            &queries.sorted[queries.starts[key] * input.item_bytes], queries.Count(key), input.item_bytes,
            input.max_distance, items.starts[alike]},
           sink);
    }
  }
}

}  // namespace exhibit_hash
