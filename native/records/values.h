// Values of record fields from text, where they are plain; src/formats/field-values.ts and dates.ts take all others.

#ifndef EXHIBIT_HASH_RECORDS_VALUES_H_
#define EXHIBIT_HASH_RECORDS_VALUES_H_

#include <cstddef>
#include <cstdint>

#include "records/packed.h"

namespace exhibit_hash {

// Bytes of 2 * `size` hex digits; false where one is none.
bool DecodeHex(const uint8_t* digits, size_t size, uint8_t* out);

// The 144 bytes of 192 characters of the standard alphabet; false where one is none.
bool DecodePhotoDna(const uint8_t* characters, uint8_t* out);

// True for the digest of the empty file.
bool IsEmptyFileDigest(uint32_t column, const uint8_t* digest);

// 1 to 15 decimal digits and nothing else: what a number of JavaScript holds exactly. -1 for any other text.
int64_t ShortWhole(TextSpan text);

// A text without anything that JavaScript would trim off its ends, and with something between them.
bool IsTrimmed(TextSpan text);

// True where a text that is not empty begins with what JavaScript takes for a space.
bool BeginsWithSpace(TextSpan text);

// Milliseconds since 1970 of an ISO 8601 time or of /Date(…)/; false for all other forms, real times among them.
bool ReadTime(TextSpan text, int64_t* ms);

// 1 for no, 2 for yes, 0 for neither.
uint32_t ReadFlag(TextSpan text);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RECORDS_VALUES_H_
