// Tables of an index for its fuzz target: keys to look up, and items to search by distance.

#ifndef EXHIBIT_HASH_FUZZ_INDEX_TABLES_H_
#define EXHIBIT_HASH_FUZZ_INDEX_TABLES_H_

#include <cstdint>
#include <vector>

#include "fuzz/index_file.h"
#include "lookup/lookup.h"
#include "lookup/scan_table.h"

namespace exhibit_hash {
namespace fuzz {

// Where they are, and what is in them.
struct IndexTables {
  KeyTable keys{};
  std::vector<Bytes> key_values;
  std::vector<uint32_t> entry_values;
  ItemTable items{};
  Bytes item_values;
};

// Puts any tables behind what is in the body already.
IndexTables AppendTables(FuzzedDataProvider& input, Bytes& body, uint64_t body_offset);

}  // namespace fuzz
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_FUZZ_INDEX_TABLES_H_
