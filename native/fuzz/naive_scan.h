// Searches by distance in a plain loop, and holds the arms of a scan to it.

#ifndef EXHIBIT_HASH_FUZZ_NAIVE_SCAN_H_
#define EXHIBIT_HASH_FUZZ_NAIVE_SCAN_H_

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "common/scan.h"
#include "fuzz/support.h"

namespace exhibit_hash {
namespace fuzz {

using Distance = uint32_t (*)(const uint8_t* a, const uint8_t* b, size_t bytes);

inline uint32_t NaiveHamming(const uint8_t* a, const uint8_t* b, size_t bytes) {
  uint32_t different = 0;
  for (size_t i = 0; i < bytes * 8; i++) different += ((a[i / 8] ^ b[i / 8]) >> (i % 8)) & 1;
  return different;
}

inline uint32_t NaiveSquares(const uint8_t* a, const uint8_t* b, size_t bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes; i++) sum += static_cast<uint32_t>((a[i] - b[i]) * (a[i] - b[i]));
  return sum;
}

inline void Sort(std::vector<Hit>& hits) {
  std::sort(hits.begin(), hits.end(),
            [](const Hit& a, const Hit& b) { return std::tie(a.query, a.position) < std::tie(b.query, b.position); });
}

inline bool AreEqual(const std::vector<Hit>& a, const std::vector<Hit>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Hit& x, const Hit& y) {
    return x.query == y.query && x.position == y.position && x.distance == y.distance;
  });
}

// What `search(isa)` finds, nothing where it finds damage: on every arm the same.
template <typename Search>
auto SameOnAllArms(Search search) -> decltype(search(Isa::kScalar)) {
  const auto expected = search(Isa::kScalar);
  ForEachIsa([&](Isa isa) {
    const auto hits = search(isa);
    Require(hits.has_value() == expected.has_value(), "all arms find damage or none does", IsaName(isa));
    Require(!hits || AreEqual(*hits, *expected), "all arms find the same", IsaName(isa));
  });
  return expected;
}

inline std::vector<Hit> NaiveScan(const ScanInput& input, Distance distance) {
  std::vector<Hit> hits;
  for (size_t q = 0; q < input.query_count; q++) {
    for (size_t i = 0; i < input.count; i++) {
      const uint8_t* item = input.items + i * input.item_bytes;
      const uint32_t d = distance(item, input.queries + q * input.item_bytes, input.item_bytes);
      const Hit hit{static_cast<uint32_t>(q), input.first_position + static_cast<uint32_t>(i), d};
      if (d <= input.max_distance) hits.push_back(hit);
    }
  }
  return hits;
}

// Queries near to items, since none of random bytes is.
inline std::vector<uint8_t> NearQueries(FuzzedDataProvider& input, const std::vector<uint8_t>& items, size_t bytes) {
  std::vector<uint8_t> queries = ManyBytes(input, bytes * input.ConsumeIntegralInRange<size_t>(0, 6));
  for (size_t at = 0; at < queries.size() && !items.empty(); at += bytes) {
    if (input.ConsumeBool()) continue;
    const size_t item = input.ConsumeIntegralInRange<size_t>(0, items.size() / bytes - 1);
    std::copy_n(items.begin() + item * bytes, bytes, queries.begin() + at);
    const int changes = input.ConsumeIntegralInRange<int>(0, 20);
    for (int i = 0; i < changes; i++) {
      queries[at + input.ConsumeIntegralInRange<size_t>(0, bytes - 1)] ^= input.ConsumeIntegral<uint8_t>();
    }
  }
  return queries;
}

// Items of `bytes` at any alignment.
inline void FuzzScan(FuzzedDataProvider& input, size_t bytes, Distance distance, uint32_t greatest_distance,
                     Scan (*scan_of)(Isa)) {
  const size_t count = input.ConsumeIntegralInRange<size_t>(0, 150);
  const std::vector<uint8_t> items = ManyBytes(input, count * bytes);
  const std::vector<uint8_t> queries = NearQueries(input, items, bytes);
  const uint32_t max_distance = static_cast<uint32_t>(AnyNumber(input, greatest_distance));
  // Misaligned by bytes before them, so that the memory ends where the last item does.
  const size_t shift = input.ConsumeIntegralInRange<size_t>(0, 7);
  std::vector<uint8_t> memory(shift + items.size());
  std::copy(items.begin(), items.end(), memory.begin() + shift);
  const ScanInput scanned{memory.data() + shift,
                          count,
                          queries.data(),
                          queries.size() / bytes,
                          bytes,
                          max_distance,
                          input.ConsumeIntegral<uint32_t>()};
  std::vector<Hit> expected = NaiveScan(scanned, distance);
  // Positions may begin again from 0.
  Sort(expected);
  ForEachIsa([&](Isa isa) {
    std::vector<Hit> hits;
    auto add = [](void* to, const Hit& hit) { static_cast<std::vector<Hit>*>(to)->push_back(hit); };
    scan_of(isa)(scanned, {add, &hits});
    Sort(hits);
    Require(AreEqual(hits, expected), "the hits are those of the plain loop", IsaName(isa));
  });
}

}  // namespace fuzz
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_FUZZ_NAIVE_SCAN_H_
