#include "records/hash_lines.h"

#include "records/values.h"

namespace exhibit_hash {

const uint8_t* ScanHashLines(const uint8_t* at, const uint8_t* end, uint32_t column, PackedBatch& batch) {
  const size_t bytes = kColumnBytes[column];
  const size_t digits = 2 * bytes;
  const Row row;
  while (!batch.IsFull() && static_cast<size_t>(end - at) > digits) {
    const uint8_t* after = at + digits;
    if (*after == '\r' && end - after > 1) after++;
    uint8_t* value = batch.NextValue(column);
    if (*after != '\n' || !DecodeHex(at, bytes, value) || IsEmptyFileDigest(column, value)) break;
    batch.Append(row, 1u << column, kUnknownQuality);
    at = after + 1;
  }
  return at;
}

}  // namespace exhibit_hash
