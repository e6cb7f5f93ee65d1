// Exact look-up over the mapped file; every read goes through the block check, and so through its
// bounds.

#include "lookup/lookup.h"

#include <cstring>

namespace exhibit_hash {
namespace {

uint32_t Prefix(const uint8_t* key, unsigned bits) {
  if (bits == 0) return 0;
  const uint32_t word =
      (uint32_t{key[0]} << 24) | (uint32_t{key[1]} << 16) | (uint32_t{key[2]} << 8) | uint32_t{key[3]};
  return word >> (32 - bits);
}

int Compare(CheckedFile& file, const KeyTable& table, uint64_t position, const uint8_t* key) {
  const uint8_t* stored = file.Bytes(table.keys_offset + position * table.key_bytes, table.key_bytes);
  return std::memcmp(stored, key, table.key_bytes);
}

uint64_t LowerBound(CheckedFile& file, const KeyTable& table, const uint8_t* key) {
  const uint64_t bucket = table.directory_offset + uint64_t{Prefix(key, table.directory_bits)} * 4;
  uint64_t low = file.Uint32(bucket);
  uint64_t high = file.Uint32(bucket + 4);
  if (low > high || high > table.count) throw IndexDamage("the directory of digests contradicts itself");
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    if (Compare(file, table, middle, key) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

bool Holds(CheckedFile& file, const KeyTable& table, uint64_t position, const uint8_t* key) {
  return position < table.count && Compare(file, table, position, key) == 0;
}

}  // namespace

void FindFirst(CheckedFile& file, const KeyTable& table, const uint8_t* keys, uint64_t n, int32_t* entries) {
  for (uint64_t i = 0; i < n; i++) {
    const uint8_t* key = keys + i * table.key_bytes;
    const uint64_t position = LowerBound(file, table, key);
    const bool found = Holds(file, table, position, key);
    entries[i] = found ? static_cast<int32_t>(file.Uint32(table.entries_offset + position * 4)) : -1;
  }
}

std::vector<uint32_t> FindAll(CheckedFile& file, const KeyTable& table, const uint8_t* key) {
  std::vector<uint32_t> entries;
  for (uint64_t at = LowerBound(file, table, key); Holds(file, table, at, key); at++) {
    entries.push_back(file.Uint32(table.entries_offset + at * 4));
  }
  return entries;
}

}  // namespace exhibit_hash
