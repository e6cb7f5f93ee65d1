// Dealing bits to keys, and filling tables: groups first, and what did not fit behind them.

#include "near/tables.h"

#include <algorithm>
#include <cstring>

namespace exhibit_hash {
namespace {

uint32_t KeyOf(const NearShape& shape, const uint8_t* hash, uint32_t table) {
  uint32_t key = 0;
  for (uint32_t i = 0, k = table; i < shape.key_bits; i++, k += shape.tables) {
    key |= static_cast<uint32_t>((hash[k / 8] >> (k % 8)) & 1) << i;
  }
  return key;
}

}  // namespace

bool IsNearShape(const NearShape& shape) {
  const bool in_range = (shape.hash_bytes == 8 || shape.hash_bytes == 32) && shape.tables >= 1 &&
                        shape.tables <= kMaxTables && shape.key_bits > kLowBits && shape.key_bits < kMaxKeyBits &&
                        (shape.slots == 16 || shape.slots == 32 || shape.slots == 64);
  return in_range && uint64_t{shape.tables} * shape.key_bits <= uint64_t{shape.hash_bytes} * 8;
}

void KeysOf(const NearShape& shape, const uint8_t* hash, uint32_t* keys) {
  for (uint32_t table = 0; table < shape.tables; table++) keys[table] = KeyOf(shape, hash, table);
}

NearTableBuilder::NearTableBuilder(const NearShape& shape, uint32_t table)
    : shape_(shape), table_(table), groups_(GroupsOfTable(shape) * shape.slots, kEmptySlot) {}

void NearTableBuilder::Add(const uint8_t* hashes, size_t count, uint32_t first_position) {
  const size_t width = shape_.hash_bytes;
  for (size_t i = 0; i < count; i++) {
    const uint8_t* hash = hashes + i * width;
    if (!last_hash_.empty() && std::memcmp(hash, last_hash_.data(), width) == 0) continue;
    last_hash_.assign(hash, hash + width);
    const uint32_t key = KeyOf(shape_, hash, table_);
    const uint32_t slot = ((first_position + static_cast<uint32_t>(i)) << kLowBits) | (key & ((1u << kLowBits) - 1));
    uint32_t* group = groups_.data() + uint64_t{key >> kLowBits} * shape_.slots;
    uint32_t* end = group + shape_.slots;
    uint32_t* free = std::find(group, end, kEmptySlot);
    if (free != end) {
      *free = slot;
    } else {
      surplus_.push_back({key >> kLowBits, slot});
    }
  }
}

void NearTableBuilder::Finish(uint32_t overflow_start) {
  std::stable_sort(surplus_.begin(), surplus_.end(),
                   [](const Surplus& a, const Surplus& b) { return a.group < b.group; });
  for (size_t i = 0; i < surplus_.size();) {
    uint32_t* group = groups_.data() + uint64_t{surplus_[i].group} * shape_.slots;
    const uint32_t start = overflow_start + static_cast<uint32_t>(overflow_.size());
    overflow_.insert(overflow_.end(), group, group + shape_.slots);
    const uint32_t number = surplus_[i].group;
    for (; i < surplus_.size() && surplus_[i].group == number; i++) overflow_.push_back(surplus_[i].slot);
    std::fill(group, group + shape_.slots, kEmptySlot);
    group[0] = kOverflowSlot;
    group[1] = start;
    group[2] = overflow_start + static_cast<uint32_t>(overflow_.size()) - start;
  }
  surplus_.clear();
}

}  // namespace exhibit_hash
