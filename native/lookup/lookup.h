// Exact look-up: sorted keys, found by a directory on their first bits and then by halving.

#ifndef EXHIBIT_HASH_LOOKUP_LOOKUP_H_
#define EXHIBIT_HASH_LOOKUP_LOOKUP_H_

#include <cstdint>
#include <vector>

#include "index/checked_file.h"

namespace exhibit_hash {

struct KeyTable {
  uint64_t keys_offset;
  uint64_t entries_offset;
  uint64_t directory_offset;
  uint64_t count;
  // At least 4: the directory takes up to 32 bits of a key.
  uint64_t key_bytes;
  unsigned directory_bits;
};

// First entry of each of `n` packed keys, -1 for none, to `entries`. Throws IndexDamage.
void FindFirst(CheckedFile& file, const KeyTable& table, const uint8_t* keys, uint64_t n, int32_t* entries);

// All entries of one key. Throws IndexDamage.
std::vector<uint32_t> FindAll(CheckedFile& file, const KeyTable& table, const uint8_t* key);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_LOOKUP_LOOKUP_H_
