// What the tables of a scan hold: plain data, for those who step through its bits on any instruction set.

#ifndef EXHIBIT_HASH_JPEG_CODE_H_
#define EXHIBIT_HASH_JPEG_CODE_H_

#include <cstdint>

namespace exhibit_hash {

// One code that was read. Of a symbol, the low four bits are the number of bits of a value that follows the code.
struct JpegCode {
  // 0 where there is no such code.
  uint8_t bits;
  uint8_t symbol;
  // Bits of the code and of its value.
  uint8_t all_bits;
  // As an AC symbol, how many coefficients it leads on; or one of those below, each beyond any block.
  uint8_t advance;
};

constexpr uint8_t kJpegEndOfBlock = 128;
constexpr uint8_t kJpegNoSymbol = 255;

// Bits by which short codes are found at one look.
constexpr int kJpegShortBits = 10;
constexpr int kJpegMostDcBits = 11;

// Many symbols a look-up: how far the next bits lead through a block, without the values of coefficients. Bits that a
// look-up sees:
constexpr int kJpegStepBits = 11;
constexpr int kJpegStepEntries = 1 << kJpegStepBits;
// A step reads no more: a code and value by itself, or codes that begin within kJpegStepBits.
constexpr uint32_t kJpegMostStepBits = 27;

// What the bits in sight mean. The low byte is how many bits they and the last value behind them take, the high byte
// how many coefficients they make, plus kJpegStepEnds where the block ends with them. Of the sum of coefficients so far
// and the high byte, bit 6 is set exactly where the step cannot be taken: past the last coefficient, or kJpegStepNone.
using JpegStep = uint16_t;
constexpr uint32_t kJpegStepEnds = 128;
constexpr uint32_t kJpegStepRefused = 64;
constexpr JpegStep kJpegStepNone = 192 << 8;

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_CODE_H_
