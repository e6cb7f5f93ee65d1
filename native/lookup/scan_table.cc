// Goes through a table in steps, so that blocks are checked shortly before their bytes are used.

#include "lookup/scan_table.h"

#include <algorithm>

namespace exhibit_hash {
namespace {

// Items looked at between two block checks.
constexpr uint64_t kItemsPerStep = 2048;

void AddHit(void* hits, const Hit& hit) { static_cast<std::vector<Hit>*>(hits)->push_back(hit); }

}  // namespace

std::vector<Hit> ScanTable(CheckedFile& file, const ItemTable& table, Scan scan, const uint8_t* queries,
                           size_t query_count, uint32_t max_distance) {
  std::vector<Hit> hits;
  for (uint64_t first = 0; first < table.count; first += kItemsPerStep) {
    const uint64_t step = std::min(table.count - first, kItemsPerStep);
    const uint8_t* items = file.Bytes(table.offset + first * table.item_bytes, step * table.item_bytes);
    scan({items, static_cast<size_t>(step), queries, query_count, table.item_bytes, max_distance,
          static_cast<uint32_t>(first)},
         {AddHit, &hits});
  }
  return hits;
}

}  // namespace exhibit_hash
