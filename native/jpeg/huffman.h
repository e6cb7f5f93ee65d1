// One code at a time: the plain way to read a Huffman table, which everything else answers to.

#ifndef EXHIBIT_HASH_JPEG_HUFFMAN_H_
#define EXHIBIT_HASH_JPEG_HUFFMAN_H_

#include <cstdint>

#include "jpeg/code.h"
#include "jpeg/markers.h"

namespace exhibit_hash {

class JpegCodes {
 public:
  void Build(const JpegHuffman& table);

  // The code that these bits, from the highest one down, begin with.
  JpegCode Find(uint64_t bits) const {
    const JpegCode code = short_[bits >> (64 - kJpegShortBits)];
    return code.bits != 0 ? code : FindLong(bits);
  }
  // By their first kJpegShortBits bits; without bits of its own where a code is longer, or none.
  const JpegCode* short_codes() const { return short_; }

 private:
  JpegCode FindLong(uint64_t bits) const;

  // What a code of up to kJpegShortBits bits fills, by all bits that can follow it.
  JpegCode short_[1 << kJpegShortBits];
  // For each length, the code behind its last one, and what is to be added to a code for the place of its symbol.
  int32_t end_[17], offset_[17];
  uint8_t symbols_[256];
};

// The signed value of `size` bits, at most 15, that stand from the highest bit down.
inline int32_t JpegValue(uint64_t bits, int size) {
  // Sizes and signs are what nobody can foresee: no branch asks for them.
  const int32_t value = static_cast<int32_t>(bits >> 1 >> (63 - size));
  const int32_t is_positive = static_cast<int32_t>(bits >> 63);
  return value - (((1 << size) - 1) & (is_positive - 1));
}

constexpr int kJpegMostAcBits = 10;
// A sum of differences beyond this is no mean of samples of 8 bits, whatever it is divided by.
constexpr int32_t kJpegMostDc = 2047;

// What an AC symbol of a baseline picture leads on.
inline uint8_t JpegAdvance(uint8_t symbol) {
  if (symbol == 0) return kJpegEndOfBlock;
  const int size = symbol & 15;
  const bool is_symbol = size == 0 ? symbol == 0xf0 : size <= kJpegMostAcBits;
  return is_symbol ? static_cast<uint8_t>((symbol >> 4) + 1) : kJpegNoSymbol;
}

// Which coefficient comes next after an AC symbol, from the one `at`: kJpegBlockSize behind the last one, more where
// the symbol is none of a baseline picture or overruns the block.
inline int JpegAfterAc(int at, uint8_t symbol) {
  constexpr int kOverrun = kJpegBlockSize + 1;
  if (symbol == 0) return kJpegBlockSize;
  const int next = at + JpegAdvance(symbol);
  return next <= kJpegBlockSize ? next : kOverrun;
}

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_HUFFMAN_H_
