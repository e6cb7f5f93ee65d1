// Exact look-up: sorted keys with their entries, found by a directory on their first bits.

#ifndef EXHIBIT_HASH_LOOKUP_LOOKUP_H_
#define EXHIBIT_HASH_LOOKUP_LOOKUP_H_

#include <cstdint>
#include <vector>

#include "index/checked_file.h"

namespace exhibit_hash {

// Bytes of the entry number behind each key.
constexpr uint64_t kEntryBytes = 4;

struct KeyTable {
  // Items: a key without the whole bytes that the directory says, then its entry.
  uint64_t keys_offset;
  // Positions of the first item of each prefix, and the end of the last.
  uint64_t directory_offset;
  // At most 2^32 - 1.
  uint64_t count;
  // At least 4: the directory takes up to 32 bits of a key.
  uint64_t key_bytes;
  unsigned directory_bits;

  uint64_t dropped_bytes() const { return directory_bits / 8; }
  uint64_t item_bytes() const { return key_bytes - dropped_bytes() + kEntryBytes; }
};

// First entry of each of `n` packed keys, -1 for none, to `entries`. Throws IndexDamage.
void FindFirst(CheckedFile& file, const KeyTable& table, const uint8_t* keys, uint64_t n, int32_t* entries);

// All entries of one key. Throws IndexDamage.
std::vector<uint32_t> FindAll(CheckedFile& file, const KeyTable& table, const uint8_t* key);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_LOOKUP_LOOKUP_H_
