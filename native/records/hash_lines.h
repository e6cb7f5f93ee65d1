// Lists of one hash a line, packed straight from their bytes; src/formats/list-lines.ts takes every other line.

#ifndef EXHIBIT_HASH_RECORDS_HASH_LINES_H_
#define EXHIBIT_HASH_RECORDS_HASH_LINES_H_

#include <cstdint>

#include "records/packed.h"

namespace exhibit_hash {

// Appends a record of `column` for each line from `at` on that is the hex digits of one value and its end, \n or \r\n.
// Returns the end of the last one taken, `at` where there was none.
const uint8_t* ScanHashLines(const uint8_t* at, const uint8_t* end, uint32_t column, PackedBatch& batch);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RECORDS_HASH_LINES_H_
