// Fills the tables of codes. Source: ITU-T T.81, Annex C and F.2.2.3.

#include "jpeg/huffman.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace exhibit_hash {

namespace {

JpegCode CodeOf(int bits, uint8_t symbol) {
  return {static_cast<uint8_t>(bits), symbol, static_cast<uint8_t>(bits + (symbol & 15)), JpegAdvance(symbol)};
}

constexpr JpegCode kNoCode = {0, 0, 0, kJpegNoSymbol};

}  // namespace

void JpegCodes::Build(const JpegHuffman& table) {
  std::fill(std::begin(short_), std::end(short_), kNoCode);
  std::memcpy(symbols_, table.symbols, sizeof symbols_);
  int32_t code = 0, place = 0;
  for (int bits = 1; bits <= 16; bits++) {
    offset_[bits] = place - code;
    for (int i = 0; i < table.counts[bits - 1]; i++, code++, place++) {
      if (bits > kJpegShortBits) continue;
      const int32_t first = code << (kJpegShortBits - bits), count = 1 << (kJpegShortBits - bits);
      for (int32_t j = 0; j < count; j++) {
        short_[first + j] = CodeOf(bits, symbols_[place]);
      }
    }
    end_[bits] = code;
    code <<= 1;
  }
}

JpegCode JpegCodes::FindLong(uint64_t bits) const {
  for (int length = kJpegShortBits + 1; length <= 16; length++) {
    const int32_t code = static_cast<int32_t>(bits >> (64 - length));
    if (code < end_[length]) return CodeOf(length, symbols_[code + offset_[length]]);
  }
  return kNoCode;
}

}  // namespace exhibit_hash
