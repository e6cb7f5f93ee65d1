// Builds the tables that the fuzz target of the index looks up and searches.

#include "fuzz/index_tables.h"

#include <algorithm>

namespace exhibit_hash {
namespace fuzz {
namespace {

// The first bits of a key as a number.
uint64_t PrefixOf(const Bytes& key, unsigned bits) {
  uint64_t prefix = 0;
  for (unsigned i = 0; i < bits; i++) prefix = prefix * 2 + (key[i / 8] >> (7 - i % 8) & 1);
  return prefix;
}

// Sorted keys, their entries and their directory. Offsets are from the start of the body.
void AppendKeyTable(FuzzedDataProvider& input, IndexTables& tables, Bytes& body) {
  const size_t widths[] = {4, 5, 16, 20, 32, 64};
  const size_t width = input.PickValueInArray(widths);
  const unsigned bits = input.ConsumeIntegralInRange<unsigned>(0, 9);
  std::vector<Bytes>& keys = tables.key_values;
  keys.resize(input.ConsumeIntegralInRange<size_t>(0, 40));
  // Few different bytes, so that keys share prefixes and some are equal.
  const uint8_t mask = input.ConsumeBool() ? 0xff : input.ConsumeIntegral<uint8_t>();
  Bytes all = ManyBytes(input, keys.size() * width);
  for (uint8_t& byte : all) byte &= mask;
  for (size_t i = 0; i < keys.size(); i++) keys[i].assign(all.begin() + i * width, all.begin() + (i + 1) * width);
  std::sort(keys.begin(), keys.end());

  tables.keys = KeyTable{body.size(), 0, keys.size(), width, bits};
  for (const Bytes& key : keys) {
    Append(body, Bytes(key.begin() + tables.keys.dropped_bytes(), key.end()));
    tables.entry_values.push_back(input.ConsumeIntegral<uint32_t>() >> 1);
    AppendUint32(body, tables.entry_values.back());
  }
  tables.keys.directory_offset = body.size();
  for (uint64_t prefix = 0; prefix <= uint64_t{1} << bits; prefix++) {
    auto is_before = [&](const Bytes& key) { return PrefixOf(key, bits) < prefix; };
    AppendUint32(body, static_cast<uint32_t>(std::count_if(keys.begin(), keys.end(), is_before)));
  }
}

void AppendItems(FuzzedDataProvider& input, IndexTables& tables, Bytes& body) {
  const size_t widths[] = {8, 32, 144};
  const size_t width = input.PickValueInArray(widths);
  // Now and then more than are looked at in one step.
  const bool is_long = input.ConsumeIntegralInRange<int>(0, 63) == 0;
  const size_t count = is_long ? 2050 : input.ConsumeIntegralInRange<size_t>(0, 20);
  tables.items = ItemTable{body.size(), count, width};
  tables.item_values = ManyBytes(input, count * width);
  Append(body, tables.item_values);
}

}  // namespace

IndexTables AppendTables(FuzzedDataProvider& input, Bytes& body, uint64_t body_offset) {
  IndexTables tables;
  AppendKeyTable(input, tables, body);
  AppendItems(input, tables, body);
  for (uint64_t* offset : {&tables.keys.keys_offset, &tables.keys.directory_offset, &tables.items.offset}) {
    *offset += body_offset;
  }
  return tables;
}

}  // namespace fuzz
}  // namespace exhibit_hash
