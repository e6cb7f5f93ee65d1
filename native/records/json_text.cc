#include "records/json_text.h"

namespace exhibit_hash {
namespace {

bool IsDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

// -1 for anything but a hex digit.
int HexDigit(uint8_t byte) {
  if (IsDigit(byte)) return byte - '0';
  const uint8_t lower = byte | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Four hex digits as a number, or -1.
int CodeUnit(const uint8_t* digits) {
  int unit = 0;
  for (int i = 0; i < 4; i++) {
    const int digit = HexDigit(digits[i]);
    if (digit < 0) return -1;
    unit = unit << 4 | digit;
  }
  return unit;
}

// The character that a letter after a backslash stands for; 0 for none.
uint8_t SimpleEscape(uint8_t letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

const uint8_t* SkipDigits(const uint8_t* at, const uint8_t* end) {
  while (at < end && IsDigit(*at)) at++;
  return at;
}

// At least one digit.
const uint8_t* SkipSomeDigits(const uint8_t* at, const uint8_t* end) {
  return at < end && IsDigit(*at) ? SkipDigits(at, end) : nullptr;
}

// A value without brackets.
const uint8_t* SkipScalar(const uint8_t* at, const uint8_t* end) {
  switch (*at) {
    case '"':
      return SkipString(at + 1, end);
    case 't':
      return SkipWord(at, end, "true", 4);
    case 'f':
      return SkipWord(at, end, "false", 5);
    case 'n':
      return SkipWord(at, end, "null", 4);
    default:
      return SkipNumber(at, end);
  }
}

// A key with its colon, after any space.
const uint8_t* SkipKey(const uint8_t* at, const uint8_t* end) {
  at = SkipSpace(at, end);
  if (at == end || *at != '"') return nullptr;
  at = SkipString(at + 1, end);
  if (at == nullptr) return nullptr;
  at = SkipSpace(at, end);
  return at < end && *at == ':' ? at + 1 : nullptr;
}

// Copies bytes up to what stops a string, and no more than fit. Stops early where `out` is full.
const uint8_t* CopyPlain(const uint8_t* at, const uint8_t* end, const uint8_t* limit, uint8_t** out) {
  uint8_t* to = *out;
#if EXHIBIT_HASH_RECORDS_SSE2
  while (end - at >= 16 && to <= limit) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
    const ptrdiff_t plain = StringStop(at, at + 16) - at;
    at += plain;
    to += plain;
    if (plain < 16) {
      *out = to;
      return at;
    }
  }
#endif
  while (at < end && to <= limit && !StopsString(*at)) *to++ = *at++;
  *out = to;
  return at;
}

// A character that is no surrogate.
uint8_t* WriteUtf8(int character, uint8_t* out) {
  if (character < 0x80) {
    *out++ = static_cast<uint8_t>(character);
    return out;
  }
  if (character < 0x800) {
    *out++ = static_cast<uint8_t>(0xc0 | character >> 6);
  } else {
    *out++ = static_cast<uint8_t>(0xe0 | character >> 12);
    *out++ = static_cast<uint8_t>(0x80 | (character >> 6 & 0x3f));
  }
  *out++ = static_cast<uint8_t>(0x80 | (character & 0x3f));
  return out;
}

}  // namespace

const uint8_t* SkipString(const uint8_t* at, const uint8_t* end) {
  for (;;) {
    at = StringStop(at, end);
    if (at == end || *at < 0x20) return nullptr;
    if (*at == '"') return at + 1;
    if (end - at < 2) return nullptr;
    if (SimpleEscape(at[1]) != 0) {
      at += 2;
    } else {
      if (at[1] != 'u' || end - at < 6 || CodeUnit(at + 2) < 0) return nullptr;
      at += 6;
    }
  }
}

const uint8_t* SkipNumber(const uint8_t* at, const uint8_t* end) {
  if (at < end && *at == '-') at++;
  if (at == end) return nullptr;
  at = *at == '0' ? at + 1 : SkipSomeDigits(at, end);
  if (at != nullptr && at < end && *at == '.') at = SkipSomeDigits(at + 1, end);
  if (at != nullptr && at < end && (*at | 0x20) == 'e') {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    at = SkipSomeDigits(at, end);
  }
  return at == end ? nullptr : at;
}

const uint8_t* SkipValue(const uint8_t* at, const uint8_t* end) {
  // The kinds of the open brackets, the innermost in the lowest bit: 1 for an object.
  uint64_t kinds = 0;
  int depth = 0;
  for (;;) {
    at = SkipSpace(at, end);
    if (at == end) return nullptr;
    bool is_open = false;
    if (*at == '{' || *at == '[') {
      const bool is_object = *at == '{';
      const uint8_t* inside = SkipSpace(at + 1, end);
      if (inside == end) return nullptr;
      is_open = *inside != (is_object ? '}' : ']');
      if (is_open) {
        if (depth == kMaxDepth) return nullptr;
        depth++;
        kinds = kinds << 1 | (is_object ? 1 : 0);
        at = is_object ? SkipKey(inside, end) : inside;
      } else {
        at = inside + 1;
      }
    } else {
      at = SkipScalar(at, end);
    }
    if (at == nullptr) return nullptr;
    // After a value: commas lead to the next one, brackets to what surrounds it.
    while (!is_open) {
      if (depth == 0) return at;
      at = SkipSpace(at, end);
      if (at == end) return nullptr;
      if (*at == ',') {
        at = (kinds & 1) != 0 ? SkipKey(at + 1, end) : at + 1;
        if (at == nullptr) return nullptr;
        is_open = true;
      } else {
        if (*at != ((kinds & 1) != 0 ? '}' : ']')) return nullptr;
        at++;
        kinds >>= 1;
        depth--;
      }
    }
  }
}

const uint8_t* ReadEscaped(const uint8_t* at, const uint8_t* end, uint8_t* out, size_t room, size_t* size) {
  const uint8_t* const limit = out + room;
  uint8_t* const start = out;
  for (;;) {
    at = CopyPlain(at, end, limit, &out);
    if (at == end || *at < 0x20 || out > limit) return nullptr;
    if (*at == '"') {
      *size = static_cast<size_t>(out - start);
      return at + 1;
    }
    if (*at != '\\' || end - at < 2 || limit - out < 3) return nullptr;
    const uint8_t simple = SimpleEscape(at[1]);
    if (simple != 0) {
      *out++ = simple;
      at += 2;
      continue;
    }
    const int unit = at[1] == 'u' && end - at >= 6 ? CodeUnit(at + 2) : -1;
    if (unit < 0 || (unit >= 0xd800 && unit < 0xe000)) return nullptr;
    out = WriteUtf8(unit, out);
    at += 6;
  }
}

bool IsUtf8(const uint8_t* text, size_t size) {
  size_t at = 0;
  while (at < size) {
    uint64_t word;
    if (size - at >= 8 && (std::memcpy(&word, text + at, 8), (word & 0x8080808080808080u) == 0)) {
      at += 8;
      continue;
    }
    const uint8_t lead = text[at];
    if (lead < 0x80) {
      at++;
      continue;
    }
    const size_t more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (lead < 0xc2 || lead > 0xf4 || size - at <= more) return false;
    for (size_t i = 1; i <= more; i++) {
      if ((text[at + i] & 0xc0) != 0x80) return false;
    }
    const uint8_t second = text[at + 1];
    // Longer than need be, surrogates, beyond the last character.
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second >= 0xa0)) return false;
    if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90)) return false;
    at += more + 1;
  }
  return true;
}

}  // namespace exhibit_hash
