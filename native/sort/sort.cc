// Two bytes put the items into buckets, in place (American flag sort: McIlroy, Bostic, McIlroy, "Engineering Radix
// Sort", 1993); a bucket is then small enough for the cache, where comparing is fast.

#include "sort/sort.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "common/bits.h"

namespace exhibit_hash {
namespace {

constexpr size_t kMaxWidth = 64;
// Below this a comparison sort is as good.
constexpr size_t kFewItems = 4096;
// Items of a bucket that stay in the second cache.
constexpr size_t kBucketItems = 4096;
constexpr unsigned kMaxBits = 12;

template <size_t kWidth>
struct Item {
  uint8_t bytes[kWidth];
};

template <size_t kWidth>
bool IsLess(const Item<kWidth>& a, const Item<kWidth>& b) {
  if constexpr (kWidth >= 8) {
    const uint64_t first_a = BigEndian64(a.bytes);
    const uint64_t first_b = BigEndian64(b.bytes);
    if (first_a != first_b) return first_a < first_b;
    return std::memcmp(a.bytes + 8, b.bytes + 8, kWidth - 8) < 0;
  } else {
    return std::memcmp(a.bytes, b.bytes, kWidth) < 0;
  }
}

template <size_t kWidth>
size_t BucketOf(const Item<kWidth>& item, unsigned bits) {
  return size_t{static_cast<uint32_t>(item.bytes[0]) << 8 | item.bytes[1]} >> (16 - bits);
}

template <size_t kWidth>
void Sort(uint8_t* bytes, size_t count) {
  Item<kWidth>* items = reinterpret_cast<Item<kWidth>*>(bytes);
  if (count <= kFewItems) {
    std::sort(items, items + count, IsLess<kWidth>);
    return;
  }
  unsigned bits = 1;
  while (bits < kMaxBits && count >> bits > kBucketItems) bits++;
  const size_t buckets = size_t{1} << bits;
  const auto starts = std::make_unique<size_t[]>(buckets + 1);
  for (size_t i = 0; i < count; i++) starts[BucketOf(items[i], bits) + 1]++;
  for (size_t b = 0; b < buckets; b++) starts[b + 1] += starts[b];
  const auto next = std::make_unique<size_t[]>(buckets);
  std::copy_n(starts.get(), buckets, next.get());
  for (size_t b = 0; b < buckets; b++) {
    while (next[b] < starts[b + 1]) {
      Item<kWidth> item = items[next[b]];
      for (size_t target = BucketOf(item, bits); target != b; target = BucketOf(item, bits)) {
        std::swap(item, items[next[target]++]);
      }
      items[next[b]++] = item;
    }
  }
  for (size_t b = 0; b < buckets; b++) std::sort(items + starts[b], items + starts[b + 1], IsLess<kWidth>);
}

template <size_t kWidth>
void Dispatch(uint8_t* items, size_t count, size_t item_bytes) {
  if (item_bytes == kWidth) {
    Sort<kWidth>(items, count);
  } else if constexpr (kWidth < kMaxWidth) {
    Dispatch<kWidth + 4>(items, count, item_bytes);
  }
}

}  // namespace

bool IsSortableWidth(size_t item_bytes) { return item_bytes % 4 == 0 && item_bytes >= 4 && item_bytes <= kMaxWidth; }

void SortItems(uint8_t* items, size_t count, size_t item_bytes) { Dispatch<4>(items, count, item_bytes); }

}  // namespace exhibit_hash
