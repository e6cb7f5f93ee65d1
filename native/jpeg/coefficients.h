// The coefficients of one block, from its first bit on.

#ifndef EXHIBIT_HASH_JPEG_COEFFICIENTS_H_
#define EXHIBIT_HASH_JPEG_COEFFICIENTS_H_

#include <cstdint>

#include "jpeg/scan_data.h"
#include "jpeg/steps.h"

namespace exhibit_hash {

// What a block begins with; false where there is no code for it.
inline bool JpegReadDifference(const JpegScanData& data, const JpegCodes& codes, uint32_t& at, int32_t& difference) {
  const uint64_t bits = data.BitsAt(at);
  const JpegCode code = codes.Find(bits);
  if (code.bits == 0 || code.symbol > kJpegMostDcBits) return false;
  difference = JpegValue(bits << code.bits, code.symbol);
  at += code.bits + code.symbol;
  return true;
}

// A DC value as a sum of differences; false where there is no code for the next one, or the sum is none of a picture.
class JpegDcSum {
 public:
  void Restart() { sum_ = 0; }
  int32_t value() const { return sum_; }

  bool Add(int32_t difference) {
    sum_ += difference;
    return sum_ >= -kJpegMostDc && sum_ <= kJpegMostDc;
  }
  // Differences to values, in place: too few of them to leave 32 bits.
  bool AddAll(int32_t* values, int64_t count) {
    int32_t sum = sum_, least = 0, most = 0;
    for (int64_t i = 0; i < count; i++) {
      values[i] = sum += values[i];
      least = sum < least ? sum : least;
      most = sum > most ? sum : most;
    }
    sum_ = sum;
    return least >= -kJpegMostDc && most <= kJpegMostDc;
  }
  bool Add(const JpegScanData& data, const JpegCodes& codes, uint32_t& at) {
    int32_t difference;
    return JpegReadDifference(data, codes, at, difference) && Add(difference);
  }

 private:
  int32_t sum_ = 0;
};

// Reads AC coefficients up to the end of the block, or past the one `last`, and calls `set(its place in the order of
// the file, its value)` for those that are not zero. False where a code is none or the block overruns.
template <class Set>
inline bool JpegReadAc(const JpegScanData& data, const JpegCodes& codes, int last, uint32_t& at, Set set) {
  for (int next = 1; next <= last;) {
    const uint64_t bits = data.BitsAt(at);
    const JpegCode code = codes.Find(bits);
    at += code.all_bits;
    next += code.advance;
    if (next > kJpegBlockSize) return code.advance == kJpegEndOfBlock;
    const int size = code.symbol & 15;
    if (size != 0) set(next - 1, JpegValue(bits << code.bits, size));
  }
  return true;
}

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_COEFFICIENTS_H_
