// One stream in ordinary registers: says in plain C++ what each function of the vocabulary means.

#ifndef EXHIBIT_HASH_DIGEST_SCALAR_LANE_H_
#define EXHIBIT_HASH_DIGEST_SCALAR_LANE_H_

#include <cstdint>
#include <cstring>

#include "digest/rounds.h"

namespace exhibit_hash {
namespace {

struct ScalarLane {
  static constexpr int kLanes = 1;
  using Reg = uint32_t;

  // The words of kLanes lanes, and one word in every lane.
  static Reg Load(const uint32_t* p) { return *p; }
  static void Store(uint32_t* p, Reg r) { *p = r; }
  static Reg Set1(uint32_t x) { return x; }

  static Reg Add(Reg a, Reg b) { return a + b; }
  static Reg Xor(Reg a, Reg b) { return a ^ b; }
  template <int kBits>
  static Reg RotateLeft(Reg a) {
    return (a << kBits) | (a >> (32 - kBits));
  }
  template <int kBits>
  static Reg RotateRight(Reg a) {
    return (a >> kBits) | (a << (32 - kBits));
  }
  template <int kBits>
  static Reg ShiftRight(Reg a) {
    return a >> kBits;
  }
  static Reg SwapBytes(Reg a) { return RotateRight<8>(a & 0xff00ff) | RotateLeft<8>(a & 0xff00ff00); }

  // Bit by bit: x ? y : z.
  static Reg Choose(Reg x, Reg y, Reg z) { return z ^ (x & (y ^ z)); }
  // sum + Choose(x, y, z), where y is known last.
  static Reg AddChoice(Reg sum, Reg x, Reg y, Reg z) { return (sum + (z & ~x)) + (y & x); }
  static Reg Majority(Reg x, Reg y, Reg z) { return (x & y) | (z & (x | y)); }
  static Reg Parity(Reg x, Reg y, Reg z) { return x ^ (y ^ z); }
  // (x | ~y) ^ z.
  static Reg OrNotXor(Reg x, Reg y, Reg z) { return (x | ~y) ^ z; }

  // Word i of the blocks at `data`, as they lie in memory, in register i.
  static void LoadBlocks(const uint8_t* const* data, Reg m[16]) {
    for (int i = 0; i < 16; i++) m[i] = LoadLittleEndian(data[0] + 4 * i);
  }

  // Words 0 … 3 of each lane together: those of lane l at word (l mod 4) · kLanes + (l / 4) · 4.
  static void StoreQuads(uint32_t* to, Reg w0, Reg w1, Reg w2, Reg w3) {
    const Reg words[4] = {w0, w1, w2, w3};
    std::memcpy(to, words, sizeof words);
  }

  static uint32_t LoadLittleEndian(const uint8_t* p) {
    return p[0] | (uint32_t{p[1]} << 8) | (uint32_t{p[2]} << 16) | (uint32_t{p[3]} << 24);
  }
};

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_SCALAR_LANE_H_
