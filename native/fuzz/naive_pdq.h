// PDQ in its shortest obvious form: what every arm is held to. tests/kernels/pdq-naive.ts is the same in TypeScript.

#ifndef EXHIBIT_HASH_FUZZ_NAIVE_PDQ_H_
#define EXHIBIT_HASH_FUZZ_NAIVE_PDQ_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "pdq/dct_matrix.h"
#include "pdq/pdq.h"

namespace exhibit_hash {
namespace fuzz {

// Rows of floats.
using Plane = std::vector<std::vector<float>>;

constexpr size_t kNaiveSide = 64, kNaiveBits = 16;

inline Plane NaivePlane(size_t rows, size_t columns) { return Plane(rows, std::vector<float>(columns)); }

inline Plane NaiveLuma(const PdqInput& input) {
  Plane luma = NaivePlane(static_cast<size_t>(input.height), static_cast<size_t>(input.width));
  const uint8_t* p = input.data;
  for (std::vector<float>& row : luma) {
    for (float& value : row) {
      value = input.channels == 1 ? p[0] : (0.299f * p[0] + 0.587f * p[1]) + 0.114f * p[2];
      p += input.channels;
    }
  }
  return luma;
}

// The reference's four phases.
inline std::vector<float> NaiveBox(const std::vector<float>& line) {
  const size_t n = line.size(), window = (n + 127) / 128, half = (window + 2) / 2;
  std::vector<float> out;
  float sum = 0;
  size_t left = 0, right = 0;
  auto repeat = [&](size_t times, bool adds, bool subtracts, bool writes) {
    for (size_t i = 0; i < times; i++) {
      if (adds) sum += line[right++];
      if (subtracts) sum -= line[left++];
      if (writes) out.push_back(sum / static_cast<float>(right - left));
    }
  };
  repeat(half - 1, true, false, false);
  repeat(window - half + 1, true, false, true);
  repeat(n - window, true, true, true);
  repeat(half - 1, false, true, true);
  return out;
}

inline Plane NaiveTransposed(const Plane& plane) {
  Plane turned = NaivePlane(plane[0].size(), plane.size());
  for (size_t y = 0; y < plane.size(); y++) {
    for (size_t x = 0; x < plane[0].size(); x++) turned[x][y] = plane[y][x];
  }
  return turned;
}

inline Plane NaiveFiltered(Plane plane) {
  for (int sweep = 0; sweep < 4; sweep++) {
    for (std::vector<float>& row : plane) row = NaiveBox(row);
    plane = NaiveTransposed(plane);
  }
  Plane picked = NaivePlane(kNaiveSide, kNaiveSide);
  auto at = [](size_t i, size_t n) {
    return static_cast<size_t>((static_cast<double>(i) + 0.5) * static_cast<double>(n) / kNaiveSide);
  };
  for (size_t i = 0; i < kNaiveSide; i++) {
    for (size_t j = 0; j < kNaiveSide; j++) picked[i][j] = plane[at(i, plane.size())][at(j, plane[0].size())];
  }
  return picked;
}

inline int NaiveQuality(const Plane& a) {
  int sum = 0;
  auto step = [](float u, float v) { return std::abs(static_cast<int>((u - v) * 100 / 255)); };
  for (size_t i = 0; i < kNaiveSide; i++) {
    for (size_t j = 0; j < kNaiveSide; j++) {
      if (i + 1 < kNaiveSide) sum += step(a[i][j], a[i + 1][j]);
      if (j + 1 < kNaiveSide) sum += step(a[i][j], a[i][j + 1]);
    }
  }
  return std::min(100, sum / 90);
}

// D · A · Dᵀ, each sum from its first term to its last.
inline Plane NaiveDct(const Plane& a) {
  float d[kNaiveSide][kNaiveBits];
  static_assert(sizeof d == sizeof kPdqDctBits, "the matrix has a column a coefficient");
  std::memcpy(d, kPdqDctBits, sizeof d);
  Plane half = NaivePlane(kNaiveBits, kNaiveSide), b = NaivePlane(kNaiveBits, kNaiveBits);
  for (size_t i = 0; i < kNaiveBits; i++) {
    for (size_t j = 0; j < kNaiveSide; j++) {
      for (size_t k = 0; k < kNaiveSide; k++) half[i][j] += d[k][i] * a[k][j];
    }
    for (size_t j = 0; j < kNaiveBits; j++) {
      for (size_t k = 0; k < kNaiveSide; k++) b[i][j] += half[i][k] * d[k][j];
    }
  }
  return b;
}

inline void NaiveBitsOf(const Plane& b, uint8_t* out) {
  std::vector<float> sorted;
  for (const std::vector<float>& row : b) sorted.insert(sorted.end(), row.begin(), row.end());
  std::sort(sorted.begin(), sorted.end());
  std::memset(out, 0, kPdqHashBytes);
  for (size_t i = 0; i < kNaiveBits; i++) {
    for (size_t j = 0; j < kNaiveBits; j++) {
      const size_t bit = i * kNaiveBits + j;
      if (b[i][j] > sorted[127]) out[kPdqHashBytes - 1 - bit / 8] |= static_cast<uint8_t>(1 << bit % 8);
    }
  }
}

// Sign and transposition of each variant, in the order of DIHEDRAL_VARIANTS.
inline void NaiveVariants(const Plane& b, uint8_t* out) {
  auto is_negative = [](int variant, size_t i, size_t j) {
    const bool odd_i = i % 2 == 1, odd_j = j % 2 == 1;
    const bool signs[kPdqVariants] = {false, !odd_j, odd_i != odd_j, !odd_i, !odd_i, !odd_j, false, odd_i != odd_j};
    return signs[variant];
  };
  const bool is_turned[kPdqVariants] = {false, true, false, true, false, false, true, true};
  for (int variant = 0; variant < static_cast<int>(kPdqVariants); variant++) {
    Plane moved = b;
    for (size_t i = 0; i < kNaiveBits; i++) {
      for (size_t j = 0; j < kNaiveBits; j++) {
        if (is_negative(variant, i, j)) moved[i][j] = -b[i][j];
      }
    }
    NaiveBitsOf(is_turned[variant] ? NaiveTransposed(moved) : moved, out + variant * kPdqHashBytes);
  }
}

// As PdqHash.
inline int NaivePdq(const PdqInput& input, PdqWant want, uint8_t* out) {
  Plane a = NaiveLuma(input);
  const bool is_plain = want == PdqWant::kSingle && input.width == 64 && input.height == 64;
  if (!is_plain) a = NaiveFiltered(a);
  if (want == PdqWant::kSingle) {
    NaiveBitsOf(NaiveDct(a), out);
  } else {
    NaiveVariants(NaiveDct(a), out);
  }
  return NaiveQuality(a);
}

}  // namespace fuzz
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_FUZZ_NAIVE_PDQ_H_
