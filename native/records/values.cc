#include "records/values.h"

#include <cstring>

namespace exhibit_hash {
namespace {

// Hex digits → their value, everything else → 0xff.
struct HexTable {
  uint8_t of[256] = {};
  constexpr HexTable() {
    for (int i = 0; i < 256; i++) of[i] = 0xff;
    for (int i = 0; i < 10; i++) of['0' + i] = static_cast<uint8_t>(i);
    for (int i = 0; i < 6; i++) of['a' + i] = of['A' + i] = static_cast<uint8_t>(10 + i);
  }
};
constexpr HexTable kHex;

// A character at each place of a group of four → its bits of the group's 24, everything else → kNoBase64.
constexpr uint32_t kNoBase64 = 1u << 24;
struct Base64Table {
  uint32_t of[4][256] = {};
  constexpr Base64Table() {
    for (int place = 0; place < 4; place++) {
      for (int i = 0; i < 256; i++) of[place][i] = kNoBase64;
      for (uint32_t i = 0; i < 64; i++) {
        const int character = i < 26 ? 'A' + i : i < 52 ? 'a' + i - 26 : i < 62 ? '0' + i - 52 : i == 62 ? '+' : '/';
        of[place][character] = i << (18 - 6 * place);
      }
    }
  }
};
constexpr Base64Table kBase64;

constexpr uint8_t kEmptyMd5[16] = {0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04,
                                   0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e};
constexpr uint8_t kEmptySha1[20] = {0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55,
                                    0xbf, 0xef, 0x95, 0x60, 0x18, 0x90, 0xaf, 0xd8, 0x07, 0x09};
constexpr uint8_t kEmptySha256[32] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
                                      0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
                                      0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};
constexpr const uint8_t* kEmpty[] = {kEmptyMd5, kEmptySha1, kEmptySha256};

bool IsDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

// Takes texts apart from the front; once something was not there, nothing is.
class Taker {
 public:
  explicit Taker(TextSpan text) : at_(text.data), end_(text.data + text.size) {}

  bool IsAtEnd() const { return at_ == end_; }

  bool Take(char byte) {
    if (at_ == end_ || *at_ != static_cast<uint8_t>(byte)) return false;
    at_++;
    return true;
  }

  // Just so many digits; -1 where they are not there.
  int Digits(int count) {
    if (end_ - at_ < count) return -1;
    int number = 0;
    for (int i = 0; i < count; i++) {
      if (!IsDigit(at_[i])) return -1;
      number = number * 10 + (at_[i] - '0');
    }
    at_ += count;
    return number;
  }

  // All digits that stand here.
  TextSpan DigitRun() {
    const uint8_t* start = at_;
    while (at_ < end_ && IsDigit(*at_)) at_++;
    return TextSpan{start, static_cast<uint32_t>(at_ - start)};
  }

  const uint8_t* at() const { return at_; }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

constexpr int kMaxOffsetMinutes = 14 * 60;
// As in dates.ts.
constexpr uint32_t kMaxTimeCharacters = 100;

// Days since 1970 in the Gregorian calendar, for years from 1.
int64_t DaysOf(int year, int month, int day) {
  // Years begin in March, so that the leap day is the last.
  const int shifted = month <= 2 ? year - 1 : year;
  const int era = shifted / 400;
  const int year_of_era = shifted - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return int64_t{era} * 146097 + day_of_era - 719468;
}

int DaysInMonth(int year, int month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// The first three digits after the point: what is finer is cut off.
int Milliseconds(TextSpan fraction) {
  int ms = 0;
  for (uint32_t i = 0; i < 3; i++) ms = ms * 10 + (i < fraction.size ? fraction.data[i] - '0' : 0);
  return ms;
}

// `Z`, an offset with or without a colon and a Z after it, or nothing, which is taken as UTC.
bool TakeZone(Taker& taker, int* minutes_east) {
  *minutes_east = 0;
  if (taker.IsAtEnd() || taker.Take('Z')) return taker.IsAtEnd();
  const bool is_west = taker.Take('-');
  if (!is_west && !taker.Take('+')) return false;
  const int hours = taker.Digits(2);
  taker.Take(':');
  const int minutes = taker.Digits(2);
  taker.Take('Z');
  if (hours < 0 || minutes < 0 || hours * 60 + minutes > kMaxOffsetMinutes) return false;
  *minutes_east = (is_west ? -1 : 1) * (hours * 60 + minutes);
  return taker.IsAtEnd();
}

bool ReadIso(Taker taker, int64_t* ms) {
  const int year = taker.Digits(4);
  if (year < 1000 || !taker.Take('-')) return false;
  const int month = taker.Digits(2);
  if (month < 1 || month > 12 || !taker.Take('-')) return false;
  const int day = taker.Digits(2);
  if (day < 1 || day > DaysInMonth(year, month)) return false;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  if (taker.Take('T') || taker.Take(' ')) {
    hour = taker.Digits(2);
    if (hour < 0 || !taker.Take(':')) return false;
    minute = taker.Digits(2);
    if (minute < 0) return false;
    if (taker.Take(':')) {
      second = taker.Digits(2);
      if (second < 0) return false;
      if (taker.Take('.')) {
        const TextSpan fraction = taker.DigitRun();
        if (fraction.size == 0) return false;
        millisecond = Milliseconds(fraction);
      }
    }
  }
  int minutes_east = 0;
  if (!TakeZone(taker, &minutes_east) || hour > 23 || minute > 59 || second > 59) return false;
  const int64_t minutes = (DaysOf(year, month, day) * 24 + hour) * 60 + minute - minutes_east;
  *ms = (minutes * 60 + second) * 1000 + millisecond;
  return true;
}

// /Date(ms)/, also with an offset that says only where the writer was.
bool ReadDotNet(Taker taker, int64_t* ms) {
  for (const char* letter = "/Date("; *letter != 0; letter++) {
    if (!taker.Take(*letter)) return false;
  }
  *ms = ShortWhole(taker.DigitRun());
  if (*ms < 0) return false;
  if ((taker.Take('+') || taker.Take('-')) && taker.Digits(4) < 0) return false;
  return taker.Take(')') && taker.Take('/') && taker.IsAtEnd();
}

// `word` is in lower case and as long as the text.
bool EqualsWord(TextSpan text, const char* word) {
  for (uint32_t i = 0; i < text.size; i++) {
    const uint8_t byte = text.data[i];
    const uint8_t lower = byte >= 'A' && byte <= 'Z' ? byte + 0x20 : byte;
    if (lower != static_cast<uint8_t>(word[i])) return false;
  }
  return true;
}

}  // namespace

bool DecodeHex(const uint8_t* digits, size_t size, uint8_t* out) {
  uint8_t all = 0;
  for (size_t i = 0; i < size; i++) {
    const uint8_t high = kHex.of[digits[2 * i]];
    const uint8_t low = kHex.of[digits[2 * i + 1]];
    all |= high | low;
    out[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return (all & 0xf0) == 0;
}

bool DecodePhotoDna(const uint8_t* characters, uint8_t* out) {
  uint32_t all = 0;
  for (size_t i = 0; i < kColumnBytes[kPhotoDna] / 3; i++, characters += 4, out += 3) {
    const uint32_t bits = kBase64.of[0][characters[0]] | kBase64.of[1][characters[1]] | kBase64.of[2][characters[2]] |
                          kBase64.of[3][characters[3]];
    all |= bits;
    out[0] = static_cast<uint8_t>(bits >> 16);
    out[1] = static_cast<uint8_t>(bits >> 8);
    out[2] = static_cast<uint8_t>(bits);
  }
  return all < kNoBase64;
}

bool IsEmptyFileDigest(uint32_t column, const uint8_t* digest) {
  return column <= kSha256 && std::memcmp(digest, kEmpty[column], kColumnBytes[column]) == 0;
}

int64_t ShortWhole(TextSpan text) {
  if (text.size == 0 || text.size > 15) return -1;
  int64_t number = 0;
  for (uint32_t i = 0; i < text.size; i++) {
    if (!IsDigit(text.data[i])) return -1;
    number = number * 10 + (text.data[i] - '0');
  }
  return number;
}

bool IsTrimmed(TextSpan text) {
  // Outside ASCII there are more spaces, and whoever has such ends is left to JavaScript.
  const auto is_plain = [](uint8_t byte) { return byte > 0x20 && byte < 0x7f; };
  return text.size > 0 && is_plain(text.data[0]) && is_plain(text.data[text.size - 1]);
}

bool BeginsWithSpace(TextSpan text) {
  const uint8_t* at = text.data;
  if (at[0] < 0x80) return at[0] == ' ' || (at[0] >= 0x09 && at[0] <= 0x0d);
  if (text.size < 2) return false;
  // U+00A0, then U+1680, U+2000–200A, U+2028, U+2029, U+202F, U+205F, U+3000, U+FEFF.
  if (at[0] == 0xc2) return at[1] == 0xa0;
  if (text.size < 3) return false;
  const uint32_t three = static_cast<uint32_t>(at[0]) << 16 | static_cast<uint32_t>(at[1]) << 8 | at[2];
  return three == 0xe19a80 || (three >= 0xe28080 && three <= 0xe2808a) || three == 0xe280a8 || three == 0xe280a9 ||
         three == 0xe280af || three == 0xe2819f || three == 0xe38080 || three == 0xefbbbf;
}

bool ReadTime(TextSpan text, int64_t* ms) {
  if (text.size > kMaxTimeCharacters) return false;
  return ReadIso(Taker(text), ms) || ReadDotNet(Taker(text), ms);
}

uint32_t ReadFlag(TextSpan text) {
  // By length first: nearly all flags are the words true and false.
  switch (text.size) {
    case 1: {
      const uint8_t lower = text.data[0] | 0x20;
      if (text.data[0] == '1' || lower == 'y' || lower == 't') return 2;
      return text.data[0] == '0' || lower == 'n' || lower == 'f' ? 1 : 0;
    }
    case 2:
      return EqualsWord(text, "no") ? 1 : 0;
    case 3:
      return EqualsWord(text, "yes") ? 2 : 0;
    case 4:
      return EqualsWord(text, "true") ? 2 : 0;
    case 5:
      return EqualsWord(text, "false") ? 1 : 0;
    default:
      return 0;
  }
}

}  // namespace exhibit_hash
