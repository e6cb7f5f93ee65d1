// Search by distance over the mapped file: a table of hashes, a part of it after the other.

#ifndef EXHIBIT_HASH_LOOKUP_SCAN_TABLE_H_
#define EXHIBIT_HASH_LOOKUP_SCAN_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/scan.h"
#include "index/checked_file.h"

namespace exhibit_hash {

struct ItemTable {
  uint64_t offset;
  // At most 2^32 - 1, so that a position fits its place in a hit.
  uint64_t count;
  size_t item_bytes;
};

// Every item of the table within `max_distance` of one of `query_count` packed queries; hits of a part of the table
// stand together. Throws IndexDamage.
std::vector<Hit> ScanTable(CheckedFile& file, const ItemTable& table, Scan scan, const uint8_t* queries,
                           size_t query_count, uint32_t max_distance);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_LOOKUP_SCAN_TABLE_H_
