// The memory of a batch of packed records, shared with JavaScript: src/core/packed-records.ts lays it out and says what
// it holds. Nothing in it is believed: JavaScript can write anything there between two calls.

#ifndef EXHIBIT_HASH_RECORDS_PACKED_H_
#define EXHIBIT_HASH_RECORDS_PACKED_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace exhibit_hash {

// Columns of values in the order of HASH_KINDS (src/core/hashes.ts), PhotoDNA after them.
enum Column : uint32_t { kMd5 = 0, kSha1 = 1, kSha256 = 2, kPdq = 3, kPhotoDna = 10, kColumns = 11 };
constexpr size_t kColumnBytes[kColumns] = {16, 20, 32, 32, 8, 8, 8, 8, 8, 32, 144};
constexpr uint8_t kUnknownQuality = 255;

// Words of the state that goes with the memory.
enum StateAt : uint32_t { kBatch, kCount, kStrings, kTextBytes, kIsFull, kColumnCounts, kStateWords = 16 };
static_assert(kColumnCounts + kColumns == kStateWords, "a word for every column");

// A row as encodeRow in src/core/record-row.ts writes it: little-endian, as every machine that has an addon is.
struct Row {
  int64_t size_bytes = -1;
  int64_t updated_ms = std::numeric_limits<int64_t>::min();
  uint32_t positions[3] = {0xffffffff, 0xffffffff, 0xffffffff};
  int32_t category = 0;
  uint32_t source = 0;
  uint32_t flags = 0;
  uint64_t media_id = 0;
  // Series, tags, grader, MIME type: numbers of strings from 1, 0 for none.
  uint32_t texts[4] = {0, 0, 0, 0};
};
static_assert(sizeof(Row) == 64, "a row is 64 bytes");

// Where everything stands in the memory, in bytes.
struct PackedLayout {
  static constexpr size_t kWords = 8 + 2 * kColumns;

  // Capacity, bytes of the memory, most strings, most bytes of text, then the offsets of rows, qualities, places of
  // strings, text, values by column, records by column. Throws std::invalid_argument where they do not fit.
  explicit PackedLayout(const std::vector<uint32_t>& words);

  uint32_t capacity;
  uint32_t bytes;
  uint32_t max_strings;
  uint32_t max_text_bytes;
  uint32_t rows;
  uint32_t qualities;
  uint32_t places;
  uint32_t text;
  uint32_t values[kColumns];
  uint32_t records[kColumns];
};

struct TextSpan {
  const uint8_t* data;
  uint32_t size;
};

// The memory during one call.
class PackedBatch {
 public:
  // `memory` has `layout.bytes`, `state` kStateWords. Throws std::invalid_argument where counts are beyond the layout.
  PackedBatch(const PackedLayout& layout, uint8_t* memory, uint32_t* state);

  uint32_t batch() const { return state_[kBatch]; }
  uint32_t count() const { return state_[kCount]; }
  uint32_t strings() const { return state_[kStrings]; }
  bool IsFull() const { return count() == layout_.capacity; }
  // Asks for the batch to be taken before it has its number of records.
  void SetFull() { state_[kIsFull] = 1; }

  // Where the next value of a column goes; not while the batch is full.
  uint8_t* NextValue(uint32_t column) {
    return memory_ + layout_.values[column] + size_t{state_[kColumnCounts + column]} * kColumnBytes[column];
  }

  // Appends a record whose values stand at NextValue of `columns`, a bit a column; not while the batch is full.
  void Append(const Row& row, uint32_t columns, uint8_t pdq_quality);

  bool HasRoomForTexts(uint32_t count, uint32_t bytes) const {
    return count <= layout_.max_strings - state_[kStrings] && bytes <= layout_.max_text_bytes - state_[kTextBytes];
  }
  // The text of a string by its index; empty where JavaScript keeps it elsewhere.
  TextSpan TextOf(uint32_t index) const;
  // There must be room. Returns its number, which is its index + 1.
  uint32_t AddText(TextSpan text);

 private:
  const PackedLayout& layout_;
  uint8_t* memory_;
  uint32_t* state_;
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RECORDS_PACKED_H_
