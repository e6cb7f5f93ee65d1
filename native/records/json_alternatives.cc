// The alternative hashes of a record: `[{ "MD5": …, "HashName": …, "HashValue": … }]`.

#include "records/json_records.h"

namespace exhibit_hash {

// After the record's own hashes, which win where there are both: that is left to JavaScript.
bool JsonRecords::TakeAlternatives(PackedBatch& batch) {
  if (alternatives_.size == 0) return true;
  // Skipped before, so it is valid and all here.
  const uint8_t* const end = alternatives_.data + alternatives_.size;
  const uint8_t* at = SkipSpace(alternatives_.data + 1, end);
  while (*at != ']') {
    at = TakeAlternative(at, end, batch);
    if (at == nullptr) return false;
    at = SkipSpace(at, end);
    if (*at == ',') at = SkipSpace(at + 1, end);
  }
  return true;
}

const uint8_t* JsonRecords::TakeAlternative(const uint8_t* at, const uint8_t* end, PackedBatch& batch) {
  if (*at != '{') return nullptr;
  const uint8_t* value = nullptr;
  int column = -1;
  uint32_t seen = 0;
  do {
    at = SkipSpace(at + 1, end);
    if (*at++ != '"') return nullptr;
    const int code = spellings_[kEntryKeys].Take(&at, end);
    if (code == Spellings::kUnknown || (code != kEntryIgnored && (seen & 1u << code) != 0)) return nullptr;
    seen |= 1u << code;
    at = SkipSpace(SkipSpace(at, end) + 1, end);
    if (code == kEntryName) {
      if (*at++ != '"') return nullptr;
      column = spellings_[kHashNames].Take(&at, end);
      if (column == Spellings::kUnknown) return nullptr;
    } else {
      if (code == kEntryValue) value = at;
      at = SkipValue(at, end);
      if (at == nullptr) return nullptr;
    }
    at = SkipSpace(at, end);
  } while (*at == ',');
  // The MD5 of an entry is of interest where the record has none.
  if ((seen & 1u << kEntryOwner) != 0 && (columns_ & 1u << kMd5) == 0) return nullptr;
  if (value == nullptr || column < 0 || column == kFieldIgnored) return at + 1;
  if (column >= static_cast<int>(kColumns) || (columns_ & 1u << column) != 0) return nullptr;
  if (*value == 'n') return at + 1;
  const bool is_taken = column == static_cast<int>(kPhotoDna)
                            ? TakePhotoDna(value, end, batch) != nullptr
                            : TakeHash(static_cast<uint32_t>(column), value, end, batch) != nullptr;
  return is_taken ? at + 1 : nullptr;
}

}  // namespace exhibit_hash
