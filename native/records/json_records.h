// Records of a JSON list, packed straight from their bytes where they are ordinary. What is not is left to JavaScript,
// record by record: src/formats/vics.ts is the whole definition, and nothing here may differ from it.

#ifndef EXHIBIT_HASH_RECORDS_JSON_RECORDS_H_
#define EXHIBIT_HASH_RECORDS_JSON_RECORDS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "records/json_text.h"
#include "records/packed.h"
#include "records/spellings.h"
#include "records/strings.h"

namespace exhibit_hash {

// What a key is about: SCANNED_FIELDS in src/kernels/record-scanner.ts, in the same order. The first are columns.
enum FieldCode : int {
  kFieldPdqQuality = kColumns,
  kFieldCategory,
  kFieldMediaId,
  kFieldSize,
  kFieldUpdated,
  kFieldSeries,
  kFieldTags,
  kFieldGradedBy,
  kFieldMimeType,
  // Six flags in the order of RECORD_FLAGS.
  kFieldFlags,
  kFieldAlternatives = kFieldFlags + 6,
  // Of no meaning: any value.
  kFieldIgnored,
  // A record with such a key is JavaScript's.
  kFieldForeign,
  kFieldCodes
};

// Codes of the keys of an entry of the alternatives.
enum EntryCode : int { kEntryName, kEntryValue, kEntryOwner, kEntryIgnored, kEntryCodes };

class JsonRecords {
 public:
  // Spellings of the keys of records, of the keys of alternatives, and of the names of hashes there.
  enum Table { kKeys, kEntryKeys, kHashNames, kTables };
  // JavaScript tells the meaning of every spelling once.
  void Learn(Table table, const std::string& spelling, int code) { spellings_[table].Learn(spelling, code); }

  // Appends records from `at`, the brace of the first, on. Returns the end of the last one taken, `at` where there was
  // none. `is_odd` tells that the next one is no ordinary record, or not all here.
  const uint8_t* Scan(const uint8_t* at, const uint8_t* end, PackedBatch& batch, bool* is_odd);

 private:
  enum TextSlot { kTextCategory, kTextMediaId, kTextSeries, kTextTags, kTextGradedBy, kTextMimeType, kTextSlots };

  const uint8_t* TakeRecord(const uint8_t* at, const uint8_t* end, PackedBatch& batch);
  const uint8_t* TakeValue(int field, const uint8_t* at, const uint8_t* end, PackedBatch& batch);
  const uint8_t* TakeHash(uint32_t column, const uint8_t* at, const uint8_t* end, PackedBatch& batch);
  const uint8_t* TakePhotoDna(const uint8_t* at, const uint8_t* end, PackedBatch& batch);
  bool TakeString(int field, TextSpan text);
  bool TakeWhole(int field, TextSpan digits);
  bool TakeCategoryText(TextSpan text);
  bool TakeMediaIdText(TextSpan text);
  bool TakeText(TextSlot slot, TextSpan text);
  bool TakeSize(int64_t size);
  bool TakeFlag(int field, TextSpan text);
  bool TakeAlternatives(PackedBatch& batch);
  const uint8_t* TakeAlternative(const uint8_t* at, const uint8_t* end, PackedBatch& batch);
  // The text between the quotes of the string at `at`, unescaped where need be; moves `at` behind it.
  bool ReadString(const uint8_t** at, const uint8_t* end, TextSpan* text);
  bool Commit(PackedBatch& batch);

  static constexpr uint32_t kMaxTextBytes = 2048;

  std::array<Spellings, kTables> spellings_;
  StringTable strings_;

  // Of the record at hand:
  Row row_;
  uint32_t columns_ = 0;
  uint64_t seen_ = 0;
  int pdq_quality_ = -1;
  TextSpan texts_[kTextSlots] = {};
  TextSpan alternatives_ = {};
  uint32_t scratch_used_ = 0;
  std::array<uint8_t, 8 * kMaxTextBytes + kCopySlack> scratch_;
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RECORDS_JSON_RECORDS_H_
