// Sorts packed items of one width by their bytes, in place.

#ifndef EXHIBIT_HASH_SORT_SORT_H_
#define EXHIBIT_HASH_SORT_SORT_H_

#include <cstddef>
#include <cstdint>

namespace exhibit_hash {

// Widths that are sorted: multiples of 4 from 4 to 64.
bool IsSortableWidth(size_t item_bytes);

// `count` items one after the other, ascending afterwards. No two need to differ.
void SortItems(uint8_t* items, size_t count, size_t item_bytes);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_SORT_SORT_H_
