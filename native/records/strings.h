// Texts of a batch → numbers: equal bytes have one number.

#ifndef EXHIBIT_HASH_RECORDS_STRINGS_H_
#define EXHIBIT_HASH_RECORDS_STRINGS_H_

#include <cstdint>
#include <vector>

#include "records/packed.h"

namespace exhibit_hash {

class StringTable {
 public:
  // To be called first in every call: the batch may be another one, or have strings that others added.
  void Sync(const PackedBatch& batch);

  // The number of a text. The batch must have room for it.
  uint32_t Intern(PackedBatch& batch, TextSpan text);

 private:
  // The slot that a text has or would have.
  size_t SlotOf(const PackedBatch& batch, TextSpan text) const;
  void Grow(const PackedBatch& batch);

  // Numbers of strings; a power of two of them, at most half in use.
  std::vector<uint32_t> slots_ = std::vector<uint32_t>(1024);
  uint32_t batch_ = 0;
  // Strings of the batch that are in the slots, or that need not be.
  uint32_t known_ = 0;
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RECORDS_STRINGS_H_
