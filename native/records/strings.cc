#include "records/strings.h"

#include <algorithm>
#include <cstring>

namespace exhibit_hash {
namespace {

uint64_t HashOf(TextSpan text) {
  uint64_t hash = text.size * 0x9e3779b97f4a7c15u;
  uint32_t at = 0;
  for (; at + 8 <= text.size; at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data + at, 8);
    hash = (hash ^ word) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 32;
  }
  uint64_t rest = 0;
  if (at < text.size) std::memcpy(&rest, text.data + at, text.size - at);
  hash = (hash ^ rest) * 0xc4ceb9fe1a85ec53u;
  return hash ^ hash >> 29;
}

bool Equal(TextSpan a, TextSpan b) { return a.size == b.size && std::memcmp(a.data, b.data, a.size) == 0; }

}  // namespace

void StringTable::Sync(const PackedBatch& batch) {
  if (batch.batch() != batch_ || batch.strings() < known_) {
    std::fill(slots_.begin(), slots_.end(), 0);
    batch_ = batch.batch();
    known_ = 0;
  }
  while (known_ < batch.strings()) {
    const TextSpan text = batch.TextOf(known_++);
    if (text.size == 0) continue;
    if (2 * size_t{known_} > slots_.size()) Grow(batch);
    slots_[SlotOf(batch, text)] = known_;
  }
}

uint32_t StringTable::Intern(PackedBatch& batch, TextSpan text) {
  const size_t slot = SlotOf(batch, text);
  if (slots_[slot] != 0) return slots_[slot];
  const uint32_t number = batch.AddText(text);
  slots_[slot] = number;
  known_ = number;
  if (2 * size_t{known_} > slots_.size()) Grow(batch);
  return number;
}

size_t StringTable::SlotOf(const PackedBatch& batch, TextSpan text) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = HashOf(text) & mask;
  while (slots_[slot] != 0 && !Equal(batch.TextOf(slots_[slot] - 1), text)) slot = (slot + 1) & mask;
  return slot;
}

void StringTable::Grow(const PackedBatch& batch) {
  const std::vector<uint32_t> old = slots_;
  slots_.assign(2 * old.size(), 0);
  for (uint32_t number : old) {
    if (number != 0) slots_[SlotOf(batch, batch.TextOf(number - 1))] = number;
  }
}

}  // namespace exhibit_hash
