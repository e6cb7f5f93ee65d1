// Fuzzes the scanner of records: what it takes is valid JSON with the values that a plain reader finds, or a line that
// is a hash; where the source was cut makes no difference.

#include <ctime>
#include <string>

#include "fuzz/naive_json.h"
#include "fuzz/support.h"
#include "records/hash_lines.h"
#include "records/json_records.h"

namespace exhibit_hash {
namespace fuzz {
namespace {

// A record as far as the plain reader reads one.
struct Found {
  std::string hashes[kColumns];
  Row row;
  std::string texts[6];
  uint8_t quality = kUnknownQuality;
};

std::vector<uint32_t> LayoutOf(uint32_t capacity) {
  constexpr uint32_t kTextBytes = 16 * 1024;
  std::vector<uint32_t> words = {capacity, 0, 6 * capacity, kTextBytes};
  std::vector<size_t> sizes = {capacity * sizeof(Row), capacity, 48 * capacity, kTextBytes};
  for (size_t bytes : kColumnBytes) sizes.push_back(capacity * bytes);
  for (size_t i = 0; i < kColumns; i++) sizes.push_back(capacity * sizeof(uint32_t));
  for (size_t size : sizes) {
    words.push_back(words[1]);
    words[1] += static_cast<uint32_t>(size);
  }
  return words;
}

// Memory that the address sanitizer watches the ends of, and what was put into it.
class Batches {
 public:
  explicit Batches(uint32_t capacity) : layout_(LayoutOf(capacity)), memory_(layout_.bytes), state_(kStateWords) {}

  PackedBatch Batch() { return PackedBatch(layout_, memory_.data(), state_.data()); }
  bool IsFull() const { return state_[kCount] == layout_.capacity || state_[kIsFull] != 0; }

  void Take(std::vector<Found>* found) {
    const PackedBatch batch = Batch();
    const size_t before = found->size();
    for (uint32_t i = 0; i < batch.count(); i++) {
      Found one;
      std::memcpy(&one.row, memory_.data() + layout_.rows + i * sizeof(Row), sizeof(Row));
      const uint32_t flags = one.row.flags;
      const uint32_t numbers[6] = {(flags >> 12 & 3) == 2 ? static_cast<uint32_t>(one.row.category) : 0,
                                   (flags >> 14 & 3) == 2 ? static_cast<uint32_t>(one.row.media_id) : 0,
                                   one.row.texts[0],
                                   one.row.texts[1],
                                   one.row.texts[2],
                                   one.row.texts[3]};
      for (int text = 0; text < 6; text++) {
        if (numbers[text] == 0) continue;
        Require(numbers[text] <= batch.strings(), "a text without a string");
        const TextSpan span = batch.TextOf(numbers[text] - 1);
        one.texts[text].assign(span.data, span.data + span.size);
      }
      found->push_back(one);
    }
    for (uint32_t column = 0; column < kColumns; column++) {
      for (uint32_t i = 0; i < state_[kColumnCounts + column]; i++) {
        uint32_t record;
        std::memcpy(&record, memory_.data() + layout_.records[column] + i * sizeof(uint32_t), sizeof(uint32_t));
        Require(record < batch.count(), "a value of no record");
        const uint8_t* value = memory_.data() + layout_.values[column] + i * kColumnBytes[column];
        (*found)[before + record].hashes[column].assign(value, value + kColumnBytes[column]);
        if (column == kPdq) (*found)[before + record].quality = memory_[layout_.qualities + i];
      }
    }
    std::fill(state_.begin() + 1, state_.end(), 0);
    state_[kBatch]++;
  }

 private:
  PackedLayout layout_;
  std::vector<uint8_t> memory_;
  std::vector<uint32_t> state_;
};

struct Spelling {
  const char* text;
  int code;
};
constexpr Spelling kKeys[] = {{"MD5", kMd5},
                              {"SHA1", kSha1},
                              {"PDQ", kPdq},
                              {"PhotoDNA", kPhotoDna},
                              {"PdqQuality", kFieldPdqQuality},
                              {"Category", kFieldCategory},
                              {"MediaID", kFieldMediaId},
                              {"MediaSize", kFieldSize},
                              {"DateUpdated", kFieldUpdated},
                              {"Series", kFieldSeries},
                              {"MimeType", kFieldMimeType},
                              {"IsDistributed", kFieldFlags + 2},
                              {"AlternativeHashes", kFieldAlternatives},
                              {"Media", kFieldForeign},
                              {"x", kFieldIgnored}};

void LearnAll(JsonRecords* records) {
  for (const Spelling& key : kKeys) records->Learn(JsonRecords::kKeys, key.text, key.code);
  records->Learn(JsonRecords::kEntryKeys, "HashName", kEntryName);
  records->Learn(JsonRecords::kEntryKeys, "HashValue", kEntryValue);
  records->Learn(JsonRecords::kEntryKeys, "MD5", kEntryOwner);
  records->Learn(JsonRecords::kHashNames, "PDQ", kPdq);
  records->Learn(JsonRecords::kHashNames, "PhotoDNA", kPhotoDna);
}

std::string NaiveHex(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    Require(digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos, "hex that is none");
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string NaiveBase64(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t bits = 0;
  for (size_t i = 0; i < text.size(); i++) {
    const size_t value = alphabet.find(text[i]);
    Require(value != std::string::npos, "base64 that is none");
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (i % 4 != 3) continue;
    for (int shift : {16, 8, 0}) bytes += static_cast<char>(bits >> shift);
    bits = 0;
  }
  return bytes;
}

void CheckHash(const std::string& found, const Json& value, uint32_t column) {
  const bool is_base64 = column == kPhotoDna && value.text.size() == 192;
  Require(found == (is_base64 ? NaiveBase64(value.text) : NaiveHex(value.text)), "another hash");
}

void CheckTime(int64_t ms, const std::string& text) {
  tm parts = {};
  // The others have a form of their own, or an offset.
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                  &parts.tm_hour, &parts.tm_min, &parts.tm_sec) != 6 ||
      text.back() != 'Z' || text.find_first_of("+", 0) != std::string::npos ||
      text.find('-', 10) != std::string::npos) {
    return;
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  const int64_t seconds = timegm(&parts);
  Require(ms >= seconds * 1000 && ms < seconds * 1000 + 1000, "another time");
}

// Holds one record to its object.
void CheckRecord(const Found& found, const Json& object) {
  Require(object.kind == '{', "a record that is no object");
  for (const auto& [key, value] : object.members) {
    const bool is_empty = value.kind == 'n' || (value.kind == '"' && value.text.empty());
    for (const Spelling& spelling : kKeys) {
      if (key != spelling.text || is_empty) continue;
      const int code = spelling.code;
      Require(code != kFieldForeign, "a record that is not its");
      if (code < static_cast<int>(kColumns)) CheckHash(found.hashes[code], value, static_cast<uint32_t>(code));
      if (code == kFieldSize) {
        const int64_t size = std::stoll(value.text);
        Require(found.row.size_bytes == (size == 0 ? -1 : size), "another size");
      }
      if (code == kFieldMediaId && (found.row.flags >> 14 & 3) == 1) {
        Require(std::to_string(found.row.media_id) == value.text, "another identity");
      }
      if (code == kFieldMediaId && (found.row.flags >> 14 & 3) == 2) {
        Require(found.texts[1] == value.text, "another identity");
      }
      if (code == kFieldSeries && value.kind != '[') Require(found.texts[2] == value.text, "another text");
      if (code == kFieldMimeType) Require(found.texts[5] == value.text, "another text");
      if (code == kFieldUpdated) CheckTime(found.row.updated_ms, value.text);
    }
  }
}

bool IsSame(const Found& a, const Found& b) {
  bool same = a.quality == b.quality && a.row.flags == b.row.flags && a.row.size_bytes == b.row.size_bytes;
  same = same && a.row.updated_ms == b.row.updated_ms;
  for (uint32_t i = 0; i < kColumns; i++) same = same && a.hashes[i] == b.hashes[i];
  for (int i = 0; i < 6; i++) same = same && a.texts[i] == b.texts[i];
  return same;
}

void RequireSame(const std::vector<Found>& a, const std::vector<Found>& b) {
  Require(std::equal(a.begin(), a.end(), b.begin(), b.end(), IsSame), "other records where it was cut");
}

// From the end of a record to the next one, behind a comma; false where none has come.
bool ToNextRecord(const std::string& source, size_t size, size_t* at) {
  NaiveJson spaces(source);
  size_t next = *at;
  spaces.Space(&next);
  if (next < size && source[next] == ',') next++;
  spaces.Space(&next);
  if (next >= size || source[next] != '{') return false;
  *at = next;
  return true;
}

// The records of a source that is all here up to `cut` at first; `end` is where they end.
std::vector<Found> ScanJson(const std::string& source, size_t cut, uint32_t capacity, size_t* end) {
  JsonRecords records;
  LearnAll(&records);
  Batches batches(capacity);
  std::vector<Found> found;
  size_t at = 0;
  for (size_t size : {cut, source.size()}) {
    // A piece of memory of just that size.
    const std::vector<uint8_t> bytes(source.begin(), source.begin() + static_cast<ptrdiff_t>(size));
    while (at == 0 || ToNextRecord(source, size, &at)) {
      bool is_odd = false;
      PackedBatch batch = batches.Batch();
      const uint8_t* to = records.Scan(bytes.data() + at, bytes.data() + size, batch, &is_odd);
      const size_t taken = static_cast<size_t>(to - bytes.data());
      Require(taken >= at && taken <= size, "an end outside of the source");
      const bool is_full = batches.IsFull();
      if (taken > at) *end = taken;
      batches.Take(&found);
      if (taken == at && !is_full) break;
      at = taken;
    }
  }
  return found;
}

void FuzzJson(const std::string& source, size_t cut, uint32_t capacity) {
  size_t end = 0;
  const std::vector<Found> found = ScanJson(source, source.size(), capacity, &end);
  size_t end_of_cut = 0;
  RequireSame(ScanJson(source, cut, 1 + capacity % 3, &end_of_cut), found);
  Require(end == end_of_cut, "another end where it was cut");
  NaiveJson reader(source);
  size_t at = 0;
  for (const Found& one : found) {
    CheckRecord(one, reader.Value(&at));
    reader.Space(&at);
    if (at < source.size() && source[at] == ',') at++;
  }
}

void FuzzLines(const std::string& source, uint32_t column, uint32_t capacity) {
  Batches batches(capacity);
  const std::vector<uint8_t> bytes(source.begin(), source.end());
  std::vector<Found> found;
  const uint8_t* at = bytes.data();
  for (;;) {
    PackedBatch batch = batches.Batch();
    const uint8_t* to = ScanHashLines(at, bytes.data() + bytes.size(), column, batch);
    batches.Take(&found);
    if (to == at) break;
    at = to;
  }
  size_t line = 0;
  for (const Found& one : found) {
    const size_t stop = source.find('\n', line);
    Require(stop != std::string::npos, "a line without its end");
    std::string digits = source.substr(line, stop - line);
    if (!digits.empty() && digits.back() == '\r') digits.pop_back();
    Require(one.hashes[column] == NaiveHex(digits), "another hash");
    line = stop + 1;
  }
  Require(line == static_cast<size_t>(at - bytes.data()), "lines that were not taken");
}

}  // namespace
}  // namespace fuzz
}  // namespace exhibit_hash

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace exhibit_hash;
  // The source stands as it is, so that seeds can be read: what else is asked for follows from its bytes.
  uint32_t sum = 0;
  for (size_t i = 0; i < size; i++) sum = sum * 31 + data[i];
  const std::string source(data, data + size);
  const uint32_t capacity = 1 + sum % 5;
  if (size > 0 && data[0] == '{')
    fuzz::FuzzJson(source, sum / 8 % (size + 1), capacity);
  else
    fuzz::FuzzLines(source, size > 40 && data[40] == '\n' ? kSha1 : sum % 2 == 0 ? kMd5 : kSha256, capacity);
  return 0;
}
