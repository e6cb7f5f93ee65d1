// JSON as JSON.parse takes it, told byte by byte: where a value ends, `nullptr` where it is none or goes on past the
// end.

#ifndef EXHIBIT_HASH_RECORDS_JSON_TEXT_H_
#define EXHIBIT_HASH_RECORDS_JSON_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#define EXHIBIT_HASH_RECORDS_SSE2 1
#endif

#include "common/bits.h"

namespace exhibit_hash {

// Brackets within brackets of a value that is skipped. The JavaScript path takes more.
constexpr int kMaxDepth = 32;

inline bool IsJsonSpace(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

inline const uint8_t* SkipSpace(const uint8_t* at, const uint8_t* end) {
  while (at < end && IsJsonSpace(*at)) at++;
  return at;
}

inline bool StopsString(uint8_t byte) { return byte == '"' || byte == '\\' || byte < 0x20; }

// The first quote, backslash or control character; `end` where there is none.
inline const uint8_t* StringStop(const uint8_t* at, const uint8_t* end) {
#if EXHIBIT_HASH_RECORDS_SSE2
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i quoted = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
    const __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(bytes, last_control), last_control);
    const int stops = _mm_movemask_epi8(_mm_or_si128(quoted, control));
    if (stops != 0) return at + LowestBit(static_cast<unsigned>(stops));
  }
#else
  constexpr uint64_t kOnes = 0x0101010101010101u;
  constexpr uint64_t kHighs = 0x8080808080808080u;
  for (; end - at >= 8; at += 8) {
    uint64_t bytes;
    std::memcpy(&bytes, at, 8);
    const uint64_t quoted = bytes ^ kOnes * '"';
    const uint64_t escaped = bytes ^ kOnes * '\\';
    // Bytes that are zero after the subtraction's borrow; a false one can only stand after a true one.
    const uint64_t stops =
        ((quoted - kOnes) & ~quoted) | ((escaped - kOnes) & ~escaped) | ((bytes - kOnes * 0x20) & ~bytes);
    if ((stops & kHighs) != 0) break;
  }
#endif
  while (at < end && !StopsString(*at)) at++;
  return at;
}

// After the string whose opening quote stands before `at`.
const uint8_t* SkipString(const uint8_t* at, const uint8_t* end);

// After any value that begins at `at`, whole and valid.
const uint8_t* SkipValue(const uint8_t* at, const uint8_t* end);

// After a number that begins at `at`. What follows must be there, since a number does not tell its own end.
const uint8_t* SkipNumber(const uint8_t* at, const uint8_t* end);

// After `word` at `at`.
inline const uint8_t* SkipWord(const uint8_t* at, const uint8_t* end, const char* word, size_t length) {
  return static_cast<size_t>(end - at) >= length && std::memcmp(at, word, length) == 0 ? at + length : nullptr;
}

// As SkipString, with the text of the string in `out`, unescaped; also `nullptr` where it has more than `room` bytes,
// or surrogates, which are left to JavaScript. Up to kCopySlack bytes behind the text are overwritten.
constexpr size_t kCopySlack = 16;
const uint8_t* ReadEscaped(const uint8_t* at, const uint8_t* end, uint8_t* out, size_t room, size_t* size);

// True for UTF-8 as it should be: what JavaScript would not repair.
bool IsUtf8(const uint8_t* text, size_t size);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RECORDS_JSON_TEXT_H_
