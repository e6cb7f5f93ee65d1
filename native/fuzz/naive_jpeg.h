// The obvious way to read the data of a JPEG's scan: bit by bit, code by code, block by block.

#ifndef EXHIBIT_HASH_FUZZ_NAIVE_JPEG_H_
#define EXHIBIT_HASH_FUZZ_NAIVE_JPEG_H_

#include <cstdint>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "jpeg/markers.h"
#include "jpeg/samples.h"

namespace exhibit_hash {
namespace fuzz {

// What is wrong with a file that must be refused.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void Demand(bool holds, const char* what) {
  if (!holds) throw Refused(what);
}

// Codes as pairs of length and bits.
using NaiveCodes = std::map<std::pair<int, int>, int>;

inline NaiveCodes CodesOf(const JpegHuffman& table) {
  Demand(table.is_defined, "a table that is not there");
  NaiveCodes codes;
  int code = 0, place = 0;
  for (int length = 1; length <= 16; length++, code *= 2) {
    for (int i = 0; i < table.counts[length - 1]; i++) codes[{length, code++}] = table.symbols[place++];
  }
  return codes;
}

// Reads a scan's own bytes, which end where a marker begins that is no restart marker.
class NaiveBits {
 public:
  NaiveBits(const uint8_t* bytes, size_t size) : bytes_(bytes), size_(size) {}

  int Bit() {
    if (left_ == 0) {
      Demand(at_ + 1 < size_, "the file ends");
      current_ = bytes_[at_++];
      if (current_ == 0xff) Demand(bytes_[at_++] == 0, "a marker within an interval");
      left_ = 8;
    }
    read_++;
    return current_ >> --left_ & 1;
  }

  int Bits(int count) {
    int value = 0;
    while (count-- > 0) value = value * 2 + Bit();
    return value;
  }

  int Symbol(const NaiveCodes& codes) {
    int code = 0;
    for (int length = 1; length <= 16; length++) {
      code = code * 2 + Bit();
      const auto found = codes.find({length, code});
      if (found != codes.end()) return found->second;
    }
    throw Refused("no code");
  }

  int Value(int size) {
    const int bits = Bits(size);
    return size == 0 || bits >> (size - 1) == 1 ? bits : bits - (1 << size) + 1;
  }

  // A marker stands here, behind padding.
  int Marker() {
    left_ = 0;
    Demand(at_ + 1 < size_ && bytes_[at_] == 0xff && bytes_[at_ + 1] != 0 && bytes_[at_ + 1] != 0xff, "no marker");
    at_ += 2;
    // What was padding counts no more.
    read_ = (read_ + 7) / 8 * 8;
    return bytes_[at_ - 1];
  }

  // Bits without stuffed zeros and markers.
  uint32_t read() const { return read_; }
  size_t at() const { return at_; }

 private:
  const uint8_t* bytes_;
  size_t size_, at_ = 0;
  int current_ = 0, left_ = 0;
  uint32_t read_ = 0;
};

struct NaivePicture {
  // Where every block begins, and the coefficients of those of luma in the order of the file.
  std::vector<uint32_t> starts;
  std::vector<std::vector<int16_t>> luma;
  int luma_h, luma_v, mcu_columns;
};

inline std::vector<int16_t> NaiveBlock(NaiveBits& bits, const NaiveCodes& dc, const NaiveCodes& ac) {
  std::vector<int16_t> block(64);
  const int size = bits.Symbol(dc);
  Demand(size <= 11, "a DC symbol that is none");
  block[0] = static_cast<int16_t>(bits.Value(size));
  for (int i = 1; i < 64; i++) {
    const int symbol = bits.Symbol(ac);
    if (symbol == 0) break;
    Demand(symbol % 16 != 0 || symbol == 0xf0, "an AC symbol that is none");
    Demand(symbol % 16 <= 10, "an AC value that is too long");
    i += symbol / 16;
    Demand(i < 64, "a block that overruns");
    block[i] = static_cast<int16_t>(bits.Value(symbol % 16));
  }
  return block;
}

// The whole of a baseline scan whose data begin at `data`. Throws Refused.
inline NaivePicture NaiveBaseline(const JpegState& state, const JpegScan& scan, const uint8_t* data, size_t size) {
  const JpegFrame& frame = state.frame;
  const bool is_grey = frame.component_count == 1;
  const int h = is_grey ? 1 : frame.components[0].h, v = is_grey ? 1 : frame.components[0].v;
  const int columns = (frame.width + 8 * h - 1) / (8 * h), rows = (frame.height + 8 * v - 1) / (8 * v);
  NaiveCodes dc[3], ac[3];
  for (int i = 0; i < frame.component_count; i++) {
    dc[i] = CodesOf(state.dc[scan.dc_table[i]]);
    ac[i] = CodesOf(state.ac[scan.ac_table[i]]);
  }
  NaivePicture picture = {{}, {}, h, v, columns};
  NaiveBits bits(data, size);
  int sum = 0;
  for (int mcu = 0; mcu < columns * rows; mcu++) {
    if (state.restart_interval > 0 && mcu > 0 && mcu % state.restart_interval == 0) {
      Demand(bits.Marker() == 0xd0 + (mcu / state.restart_interval - 1) % 8, "another restart marker");
      sum = 0;
    }
    for (int i = 0; i < frame.component_count; i++) {
      for (int block = 0; block < (i == 0 ? h * v : 1); block++) {
        picture.starts.push_back(bits.read());
        std::vector<int16_t> found = NaiveBlock(bits, dc[i], ac[i]);
        if (i > 0) continue;
        sum += found[0];
        Demand(sum >= -2047 && sum <= 2047, "a DC value that is none");
        found[0] = static_cast<int16_t>(sum);
        picture.luma.push_back(found);
      }
    }
  }
  Demand((bits.Marker() & 0xf8) != 0xd0, "a restart marker at the end");
  return picture;
}

}  // namespace fuzz
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_FUZZ_NAIVE_JPEG_H_
