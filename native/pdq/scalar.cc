// The arm without intrinsics: runs everywhere, and says in plain C++ what each function of the vocabulary means.

#include "pdq/generic_hash.h"
#include "pdq/pdq.h"

namespace exhibit_hash {
namespace {

// Four lanes: enough independent sums to hide the latency of an addition, and what SSE2 and NEON compilers vectorise.
struct ScalarArm {
  static constexpr int kLanes = 4;
  static constexpr int kChains = 2;

  struct Reg {
    float lane[kLanes];
  };

  template <class Function>
  static Reg Each(Function function) {
    Reg r;
    for (int i = 0; i < kLanes; i++) r.lane[i] = function(i);
    return r;
  }

  static Reg Set1(float x) {
    return Each([=](int) { return x; });
  }
  static Reg Zero() { return Set1(0.0f); }
  static Reg Load(const float* p) {
    return Each([=](int i) { return p[i]; });
  }
  static void Store(float* p, Reg r) { std::memcpy(p, r.lane, sizeof r.lane); }
  static Reg Add(Reg a, Reg b) {
    return Each([&](int i) { return a.lane[i] + b.lane[i]; });
  }
  static Reg Sub(Reg a, Reg b) {
    return Each([&](int i) { return a.lane[i] - b.lane[i]; });
  }
  static Reg Mul(Reg a, Reg b) {
    return Each([&](int i) { return a.lane[i] * b.lane[i]; });
  }
  static Reg Div(Reg a, Reg b) {
    return Each([&](int i) { return a.lane[i] / b.lane[i]; });
  }

  // Rounds towards zero and drops the sign.
  static Reg AbsTruncate(Reg a) {
    return Each([&](int i) {
      const int whole = static_cast<int>(a.lane[i]);
      return static_cast<float>(whole < 0 ? -whole : whole);
    });
  }

  // kLanes × kLanes in place: lane c of register r becomes lane r of register c. Bits are moved, not numbers.
  static void Transpose(Reg rows[kLanes]) {
    Reg columns[kLanes];
    for (int r = 0; r < kLanes; r++) {
      for (int c = 0; c < kLanes; c++) {
        std::memcpy(&columns[c].lane[r], &rows[r].lane[c], sizeof(float));
      }
    }
    std::memcpy(rows, columns, sizeof columns);
  }

  // kLanes pixels, red, green and blue in the low three bytes of each lane's bits. Reads 3 · kLanes bytes, no more.
  static Reg PackRgb(const uint8_t* p) {
    return Each([=](int i) {
      return FloatOfBits(p[3 * i] | (p[3 * i + 1] << 8) | (static_cast<uint32_t>(p[3 * i + 2]) << 16));
    });
  }
  // kLanes samples, each in the low byte of its lane's bits.
  static Reg PackGrey(const uint8_t* p) {
    return Each([=](int i) { return FloatOfBits(p[i]); });
  }

  // 0.299 R + 0.587 G + 0.114 B in float, left to right.
  static Reg LumaOfRgb(Reg packed) {
    return Each([&](int i) {
      const uint32_t bits = BitsOfFloat(packed.lane[i]);
      const float r = static_cast<float>(static_cast<int>(bits & 255));
      const float g = static_cast<float>(static_cast<int>((bits >> 8) & 255));
      const float b = static_cast<float>(static_cast<int>(bits >> 16));
      return (0.299f * r + 0.587f * g) + 0.114f * b;
    });
  }
  static Reg LumaOfGrey(Reg packed) {
    return Each([&](int i) { return static_cast<float>(static_cast<int>(BitsOfFloat(packed.lane[i]))); });
  }

  // Bit i: is lane i of a greater than lane i of b?
  static uint32_t MaskGreater(Reg a, Reg b) {
    uint32_t mask = 0;
    for (int i = 0; i < kLanes; i++) mask |= static_cast<uint32_t>(a.lane[i] > b.lane[i]) << i;
    return mask;
  }

  // How many of `count` values, a multiple of kLanes, are less than x.
  static int CountLess(const float* values, int count, float x) {
    int less = 0;
    for (int i = 0; i < count; i++) less += values[i] < x;
    return less;
  }
};

}  // namespace

const PdqArm kPdqScalar = {ScratchBytes<ScalarArm>, Hash<ScalarArm>};

}  // namespace exhibit_hash
