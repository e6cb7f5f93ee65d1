// Tables for search by distance (multi-index hashing): the bits of a hash dealt to several keys, and for each key a
// table of the hashes that share it. FORMAT.md has the bytes.
//
// Norouzi, Punjani, Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing", 2014; the split of a distance
// over tables of unequal radius is the general pigeonhole principle of Qin et al., "GPH: Similarity Search in Hamming
// Space", 2018: if the radii of the tables add up, with one more for each, to the distance and one, two hashes within
// the distance agree within its radius in one table at least.

#ifndef EXHIBIT_HASH_NEAR_TABLES_H_
#define EXHIBIT_HASH_NEAR_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace exhibit_hash {

// Bit k of a hash is bit k % 64 of its k / 64-th little-endian word. Table t has the bits t, t + tables, t + 2 tables …
// as bits 0, 1, 2 … of its key: neighbours in a picture go to different tables.
struct NearShape {
  uint32_t hash_bytes;
  uint32_t tables;
  uint32_t key_bits;
  // Slots of a group: 16, 32 or 64, so that it fills cache lines and lies within one block of the file.
  uint32_t slots;
};

// Hashes whose keys differ only in their lowest bits stand in one group.
constexpr uint32_t kLowBits = 3;
constexpr uint32_t kMaxTables = 64;
constexpr uint32_t kMaxKeyBits = 32;
constexpr uint32_t kMaxHashWords = 4;

// A slot is a position and the low bits of the key. An unused one:
constexpr uint32_t kEmptySlot = 0xffffffff;
// First slot of a group that has more hashes than slots; the second is where its slots begin in the overflow, the third
// how many they are.
constexpr uint32_t kOverflowSlot = 0xfffffffe;
constexpr uint32_t kMaxPosition = (kOverflowSlot >> kLowBits) - 1;

// Whether a table of this shape can be; every function below may be called only then.
bool IsNearShape(const NearShape& shape);

inline uint64_t GroupsOfTable(const NearShape& shape) { return uint64_t{1} << (shape.key_bits - kLowBits); }

// Key of each of the tables.
void KeysOf(const NearShape& shape, const uint8_t* hash, uint32_t* keys);

// Fills one table. Hashes come in the order of their positions; of equal neighbours only the first gets a slot.
class NearTableBuilder {
 public:
  NearTableBuilder(const NearShape& shape, uint32_t table);

  void Add(const uint8_t* hashes, size_t count, uint32_t first_position);

  // Ends the building. `overflow_start` is the number of overflow slots of the tables before.
  void Finish(uint32_t overflow_start);

  const std::vector<uint32_t>& groups() const { return groups_; }
  const std::vector<uint32_t>& overflow() const { return overflow_; }

 private:
  struct Surplus {
    uint32_t group;
    uint32_t slot;
  };

  NearShape shape_;
  uint32_t table_;
  std::vector<uint32_t> groups_;
  std::vector<Surplus> surplus_;
  std::vector<uint32_t> overflow_;
  std::vector<uint8_t> last_hash_;
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_NEAR_TABLES_H_
