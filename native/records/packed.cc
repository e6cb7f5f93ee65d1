#include "records/packed.h"

#include <cstring>
#include <stdexcept>

namespace exhibit_hash {

PackedLayout::PackedLayout(const std::vector<uint32_t>& words) {
  if (words.size() != kWords) throw std::invalid_argument("the layout has another number of words");
  const uint32_t* word = words.data();
  capacity = *word++;
  bytes = *word++;
  max_strings = *word++;
  max_text_bytes = *word++;
  const auto place = [&](uint64_t items, uint64_t item_bytes) {
    const uint32_t offset = *word++;
    if (offset + items * item_bytes > bytes) throw std::invalid_argument("the layout does not fit its memory");
    return offset;
  };
  rows = place(capacity, sizeof(Row));
  qualities = place(capacity, 1);
  places = place(max_strings, 2 * sizeof(uint32_t));
  text = place(max_text_bytes, 1);
  for (uint32_t i = 0; i < kColumns; i++) values[i] = place(capacity, kColumnBytes[i]);
  for (uint32_t i = 0; i < kColumns; i++) records[i] = place(capacity, sizeof(uint32_t));
}

PackedBatch::PackedBatch(const PackedLayout& layout, uint8_t* memory, uint32_t* state)
    : layout_(layout), memory_(memory), state_(state) {
  bool fits = state[kCount] <= layout.capacity && state[kStrings] <= layout.max_strings;
  fits = fits && state[kTextBytes] <= layout.max_text_bytes;
  for (uint32_t i = 0; i < kColumns; i++) fits = fits && state[kColumnCounts + i] <= state[kCount];
  if (!fits) throw std::invalid_argument("the batch holds more than it can");
}

void PackedBatch::Append(const Row& row, uint32_t columns, uint8_t pdq_quality) {
  const uint32_t record = state_[kCount]++;
  std::memcpy(memory_ + layout_.rows + size_t{record} * sizeof(Row), &row, sizeof(Row));
  if ((columns >> kPdq & 1) != 0) memory_[layout_.qualities + state_[kColumnCounts + kPdq]] = pdq_quality;
  for (uint32_t i = 0; i < kColumns; i++) {
    if ((columns >> i & 1) == 0) continue;
    const size_t at = state_[kColumnCounts + i]++;
    std::memcpy(memory_ + layout_.records[i] + at * sizeof(uint32_t), &record, sizeof(uint32_t));
  }
}

TextSpan PackedBatch::TextOf(uint32_t index) const {
  uint32_t place[2];
  std::memcpy(place, memory_ + layout_.places + size_t{index} * sizeof(place), sizeof(place));
  const bool is_here = uint64_t{place[0]} + place[1] <= layout_.max_text_bytes;
  return TextSpan{memory_ + layout_.text + (is_here ? place[0] : 0), is_here ? place[1] : 0};
}

uint32_t PackedBatch::AddText(TextSpan text) {
  const uint32_t place[2] = {state_[kTextBytes], text.size};
  std::memcpy(memory_ + layout_.places + size_t{state_[kStrings]} * sizeof(place), place, sizeof(place));
  std::memcpy(memory_ + layout_.text + place[0], text.data, text.size);
  state_[kTextBytes] += text.size;
  return ++state_[kStrings];
}

}  // namespace exhibit_hash
