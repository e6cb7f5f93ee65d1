#include "records/json_records.h"

#include "records/values.h"

namespace exhibit_hash {
namespace {

// Bits of a row's flags: two for each of six flags, then two each that say what category and identity are.
constexpr uint32_t kCategoryShift = 12;
constexpr uint32_t kMediaIdShift = 14;
constexpr uint32_t kIsNumber = 1;
constexpr uint32_t kIsText = 2;

bool IsAll(TextSpan text, bool (*holds)(uint8_t)) {
  for (uint32_t i = 0; i < text.size; i++) {
    if (!holds(text.data[i])) return false;
  }
  return true;
}

bool IsDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

}  // namespace

const uint8_t* JsonRecords::Scan(const uint8_t* at, const uint8_t* end, PackedBatch& batch, bool* is_odd) {
  strings_.Sync(batch);
  const uint8_t* taken = at;
  *is_odd = false;
  while (at < end && *at == '{') {
    if (batch.IsFull()) break;
    const uint8_t* after = TakeRecord(at, end, batch);
    if (after == nullptr) {
      *is_odd = true;
      break;
    }
    if (!Commit(batch)) break;
    taken = after;
    at = SkipSpace(after, end);
    if (at == end || *at != ',') break;
    at = SkipSpace(at + 1, end);
  }
  return taken;
}

const uint8_t* JsonRecords::TakeRecord(const uint8_t* at, const uint8_t* end, PackedBatch& batch) {
  row_ = Row();
  columns_ = 0;
  seen_ = 0;
  pdq_quality_ = -1;
  scratch_used_ = 0;
  for (TextSpan& text : texts_) text.size = 0;
  alternatives_.size = 0;
  // An empty object is no record that would be taken, so a key must come first.
  do {
    at = SkipSpace(at + 1, end);
    if (at == end || *at++ != '"') return nullptr;
    const int field = spellings_[kKeys].Take(&at, end);
    if (field == Spellings::kUnknown || field == kFieldForeign) return nullptr;
    at = SkipSpace(at, end);
    if (at == end || *at != ':') return nullptr;
    at = SkipSpace(at + 1, end);
    if (at == end) return nullptr;
    at = TakeValue(field, at, end, batch);
    if (at == nullptr) return nullptr;
    at = SkipSpace(at, end);
    if (at == end) return nullptr;
  } while (*at == ',');
  if (*at != '}' || !TakeAlternatives(batch) || columns_ == 0) return nullptr;
  return at + 1;
}

const uint8_t* JsonRecords::TakeValue(int field, const uint8_t* at, const uint8_t* end, PackedBatch& batch) {
  if (field == kFieldIgnored) return SkipValue(at, end);
  // The same field again, in this or another spelling: JavaScript knows which one stays.
  const uint64_t bit = uint64_t{1} << field;
  if ((seen_ & bit) != 0) return nullptr;
  seen_ |= bit;
  if (*at == 'n') return SkipWord(at, end, "null", 4);
  if (field < static_cast<int>(kPhotoDna)) return TakeHash(static_cast<uint32_t>(field), at, end, batch);
  if (field == static_cast<int>(kPhotoDna)) return TakePhotoDna(at, end, batch);
  if (field == kFieldAlternatives) {
    const uint8_t* after = *at == '[' ? SkipValue(at, end) : nullptr;
    if (after != nullptr) alternatives_ = TextSpan{at, static_cast<uint32_t>(after - at)};
    return after;
  }
  if (*at == '"') {
    TextSpan text;
    const bool is_taken = ReadString(&at, end, &text) && (text.size == 0 || TakeString(field, text));
    return is_taken ? at : nullptr;
  }
  if (IsDigit(*at)) {
    const uint8_t* after = SkipNumber(at, end);
    const bool is_taken = after != nullptr && TakeWhole(field, TextSpan{at, static_cast<uint32_t>(after - at)});
    return is_taken ? after : nullptr;
  }
  if (*at == '[' && (field == kFieldTags || field == kFieldSeries)) {
    // Tools write it for nothing.
    const uint8_t* inside = SkipSpace(at + 1, end);
    return inside < end && *inside == ']' ? inside + 1 : nullptr;
  }
  if (field < kFieldFlags) return nullptr;
  const uint8_t* after = *at == 't' ? SkipWord(at, end, "true", 4) : SkipWord(at, end, "false", 5);
  if (after == nullptr) return nullptr;
  return TakeFlag(field, TextSpan{at, static_cast<uint32_t>(after - at)}) ? after : nullptr;
}

const uint8_t* JsonRecords::TakeHash(uint32_t column, const uint8_t* at, const uint8_t* end, PackedBatch& batch) {
  if (*at != '"' || end - at < 2) return nullptr;
  if (at[1] == '"') return at + 2;
  const size_t bytes = kColumnBytes[column];
  uint8_t* value = batch.NextValue(column);
  if (static_cast<size_t>(end - at) < 2 * bytes + 2 || at[2 * bytes + 1] != '"') return nullptr;
  if (!DecodeHex(at + 1, bytes, value) || IsEmptyFileDigest(column, value)) return nullptr;
  columns_ |= 1u << column;
  return at + 2 * bytes + 2;
}

const uint8_t* JsonRecords::TakePhotoDna(const uint8_t* at, const uint8_t* end, PackedBatch& batch) {
  constexpr size_t kBytes = kColumnBytes[kPhotoDna];
  constexpr size_t kCharacters = kBytes / 3 * 4;
  if (*at != '"') return nullptr;
  uint8_t* value = batch.NextValue(kPhotoDna);
  const size_t left = static_cast<size_t>(end - at);
  bool is_read = false;
  if (left >= kCharacters + 2 && at[kCharacters + 1] == '"' && DecodePhotoDna(at + 1, value)) {
    at += kCharacters + 2;
    is_read = true;
  } else if (left >= 2 * kBytes + 2 && at[2 * kBytes + 1] == '"' && DecodeHex(at + 1, kBytes, value)) {
    at += 2 * kBytes + 2;
    is_read = true;
  } else {
    // Many tools escape every slash, and base64 has some.
    TextSpan text;
    if (!ReadString(&at, end, &text)) return nullptr;
    if (text.size == 0) return at;
    is_read = text.size == kCharacters && DecodePhotoDna(text.data, value);
  }
  if (!is_read) return nullptr;
  columns_ |= 1u << kPhotoDna;
  return at;
}

bool JsonRecords::TakeString(int field, TextSpan text) {
  switch (field) {
    case kFieldCategory:
      return TakeCategoryText(text);
    case kFieldMediaId:
      return TakeMediaIdText(text);
    case kFieldPdqQuality:
    case kFieldSize:
      return IsAll(text, IsDigit) && TakeWhole(field, text);
    case kFieldUpdated:
      return ReadTime(text, &row_.updated_ms);
    case kFieldSeries:
      return TakeText(kTextSeries, text);
    case kFieldTags:
      return TakeText(kTextTags, text);
    case kFieldGradedBy:
      return TakeText(kTextGradedBy, text);
    case kFieldMimeType:
      return TakeText(kTextMimeType, text);
    default:
      return TakeFlag(field, text);
  }
}

bool JsonRecords::TakeWhole(int field, TextSpan digits) {
  const int64_t number = ShortWhole(digits);
  if (number < 0) return false;
  switch (field) {
    case kFieldPdqQuality:
      pdq_quality_ = static_cast<int>(number);
      return number <= 100;
    case kFieldCategory:
      row_.category = static_cast<int32_t>(number);
      row_.flags |= kIsNumber << kCategoryShift;
      return number <= std::numeric_limits<int32_t>::max();
    case kFieldMediaId:
      row_.media_id = static_cast<uint64_t>(number);
      row_.flags |= kIsNumber << kMediaIdShift;
      return true;
    case kFieldSize:
      return TakeSize(number);
    case kFieldUpdated:
      return false;
    case kFieldSeries:
      return TakeText(kTextSeries, digits);
    case kFieldTags:
      return TakeText(kTextTags, digits);
    case kFieldGradedBy:
      return TakeText(kTextGradedBy, digits);
    case kFieldMimeType:
      return TakeText(kTextMimeType, digits);
    default:
      return TakeFlag(field, digits);
  }
}

bool JsonRecords::TakeCategoryText(TextSpan text) {
  if (!IsTrimmed(text)) return false;
  if (IsAll(text, IsDigit)) return TakeWhole(kFieldCategory, text);
  // A sign may belong to a number.
  if (text.data[0] == '-' || text.data[0] == '+') return false;
  row_.flags |= kIsText << kCategoryShift;
  return TakeText(kTextCategory, text);
}

bool JsonRecords::TakeMediaIdText(TextSpan text) {
  if (!IsTrimmed(text)) return false;
  if (IsAll(text, IsDigit) && (text.data[0] != '0' || text.size == 1)) return TakeWhole(kFieldMediaId, text);
  row_.flags |= kIsText << kMediaIdShift;
  return TakeText(kTextMediaId, text);
}

bool JsonRecords::TakeText(TextSlot slot, TextSpan text) {
  if (text.size > kMaxTextBytes || BeginsWithSpace(text) || !IsUtf8(text.data, text.size)) return false;
  texts_[slot] = text;
  return true;
}

bool JsonRecords::TakeSize(int64_t size) {
  // 0 says that it is not known.
  if (size > 0) row_.size_bytes = size;
  return true;
}

bool JsonRecords::TakeFlag(int field, TextSpan text) {
  const uint32_t state = ReadFlag(text);
  row_.flags |= state << 2 * (field - kFieldFlags);
  return state != 0;
}

bool JsonRecords::ReadString(const uint8_t** at, const uint8_t* end, TextSpan* text) {
  const uint8_t* const start = *at + 1;
  const uint8_t* stop = StringStop(start, end);
  if (stop == end || *stop < 0x20) return false;
  if (*stop == '"') {
    *text = TextSpan{start, static_cast<uint32_t>(stop - start)};
    *at = stop + 1;
    return true;
  }
  uint8_t* out = scratch_.data() + scratch_used_;
  const size_t room = scratch_.size() - kCopySlack - scratch_used_;
  size_t size = 0;
  const uint8_t* after = ReadEscaped(start, end, out, room, &size);
  if (after == nullptr) return false;
  scratch_used_ += static_cast<uint32_t>(size);
  *text = TextSpan{out, static_cast<uint32_t>(size)};
  *at = after;
  return true;
}

// False where the batch has no room for the texts of the record, and must be taken first.
bool JsonRecords::Commit(PackedBatch& batch) {
  uint32_t bytes = 0;
  for (const TextSpan& text : texts_) bytes += text.size;
  if (bytes > 0 && !batch.HasRoomForTexts(kTextSlots, bytes)) {
    batch.SetFull();
    return false;
  }
  uint32_t numbers[kTextSlots] = {};
  // In the order in which JavaScript numbers them.
  for (int slot = 0; slot < kTextSlots; slot++) {
    if (texts_[slot].size > 0) numbers[slot] = strings_.Intern(batch, texts_[slot]);
  }
  if (numbers[kTextCategory] != 0) row_.category = static_cast<int32_t>(numbers[kTextCategory]);
  if (numbers[kTextMediaId] != 0) row_.media_id = numbers[kTextMediaId];
  for (int i = 0; i < 4; i++) row_.texts[i] = numbers[kTextSeries + i];
  batch.Append(row_, columns_, pdq_quality_ < 0 ? kUnknownQuality : static_cast<uint8_t>(pdq_quality_));
  return true;
}

}  // namespace exhibit_hash
