// From the 64×64 raster to hash and quality, written once for every arm; see generic.h for what an arm is.

#ifndef EXHIBIT_HASH_PDQ_GENERIC_HASH_H_
#define EXHIBIT_HASH_PDQ_GENERIC_HASH_H_

#include "pdq/dct_matrix.h"
#include "pdq/generic.h"

namespace exhibit_hash {
namespace {

constexpr int kBits = 16;
constexpr int kCoefficients = kBits * kBits;

inline float FloatOfBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline uint32_t BitsOfFloat(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Sum of |int((u − v) · 100 / 255)| over neighbours. At most 8064 · 100, so float sums of it are exact in any order.
template <class V>
inline int Quality(const float* a) {
  const typename V::Reg hundred = V::Set1(100.0f), full = V::Set1(255.0f);
  auto steps = [&](typename V::Reg u, typename V::Reg v) {
    return V::AbsTruncate(V::Div(V::Mul(V::Sub(u, v), hundred), full));
  };
  typename V::Reg sum = V::Zero();
  for (int k = 0; k < (kSide - 1) * kSide; k += V::kLanes) {
    sum = V::Add(sum, steps(V::Load(a + k), V::Load(a + k + kSide)));
  }
  // The neighbour to the right of column 63 is column 63 itself: no step.
  float shifted[kSide];
  for (int row = 0; row < kSide; row++) {
    const float* line = a + row * kSide;
    std::memcpy(shifted, line + 1, (kSide - 1) * sizeof(float));
    shifted[kSide - 1] = line[kSide - 1];
    for (int c = 0; c < kSide; c += V::kLanes) {
      sum = V::Add(sum, steps(V::Load(line + c), V::Load(shifted + c)));
    }
  }
  float lanes[V::kLanes];
  V::Store(lanes, sum);
  int total = 0;
  for (int i = 0; i < V::kLanes; i++) total += static_cast<int>(lanes[i]);
  const int quality = total / 90;
  return quality > 100 ? 100 : quality;
}

// out[m][·] = Σ over k of left(m, k) · rows[k][·], summed from k = 0 upwards; kWidth columns, 16 rows of output.
template <class V, int kWidth, class Left>
inline void MultiplyMatrix(Left left, const float* rows, float* out) {
  constexpr int kRowsAtOnce = 4;
  for (int m = 0; m < kBits; m += kRowsAtOnce) {
    for (int c = 0; c < kWidth; c += V::kLanes) {
      typename V::Reg sums[kRowsAtOnce];
      for (int i = 0; i < kRowsAtOnce; i++) sums[i] = V::Zero();
      for (int k = 0; k < kSide; k++) {
        const typename V::Reg row = V::Load(rows + k * kWidth + c);
        for (int i = 0; i < kRowsAtOnce; i++) {
          sums[i] = V::Add(sums[i], V::Mul(V::Set1(left(m + i, k)), row));
        }
      }
      for (int i = 0; i < kRowsAtOnce; i++) V::Store(out + (m + i) * kWidth + c, sums[i]);
    }
  }
}

// B = D · A · Dᵀ.
template <class V>
inline void Dct(const float* a, float* coefficients) {
  alignas(64) float half[kBits * kSide];
  alignas(64) float transposed[kSide * kBits];
  std::memcpy(transposed, kPdqDctBits, sizeof transposed);
  MultiplyMatrix<V, kSide>([&](int m, int k) { return transposed[k * kBits + m]; }, a, half);
  MultiplyMatrix<V, kBits>([&](int m, int k) { return half[m * kSide + k]; }, transposed, coefficients);
}

// Floats in the order of unsigned numbers.
inline uint32_t KeyOf(float value) {
  const uint32_t bits = BitsOfFloat(value);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}

inline float ValueOfKey(uint32_t key) { return FloatOfBits(key >> 31 ? key & 0x7fffffffu : ~key); }

// The 128th smallest of 256: the largest value that fewer than 128 are less than, found by halving.
template <class V>
inline float Median(const float* values) {
  float least = values[0], most = values[0];
  for (int i = 1; i < kCoefficients; i++) {
    least = values[i] < least ? values[i] : least;
    most = values[i] > most ? values[i] : most;
  }
  uint32_t low = KeyOf(least), high = KeyOf(most);
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2 + 1;
    if (V::CountLess(values, kCoefficients, ValueOfKey(middle)) < kCoefficients / 2) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return ValueOfKey(low);
}

// Bit j of word i: is element (i, j) above the median?
template <class V>
inline void BitsAboveMedian(const float* values, uint16_t words[kBits]) {
  const typename V::Reg median = V::Set1(Median<V>(values));
  for (int i = 0; i < kBits; i++) {
    uint32_t word = 0;
    for (int j = 0; j < kBits; j += V::kLanes) {
      word |= V::MaskGreater(V::Load(values + i * kBits + j), median) << j;
    }
    words[i] = static_cast<uint16_t>(word);
  }
}

inline void WriteHash(const uint16_t words[kBits], uint8_t* out) {
  for (int i = kBits - 1; i >= 0; i--) {
    *out++ = static_cast<uint8_t>(words[i] >> 8);
    *out++ = static_cast<uint8_t>(words[i] & 0xff);
  }
}

inline void WriteTransposed(const uint16_t words[kBits], uint8_t* out) {
  uint16_t turned[kBits];
  for (int i = 0; i < kBits; i++) {
    uint32_t word = 0;
    for (int j = 0; j < kBits; j++) word |= ((words[j] >> i) & 1u) << j;
    turned[i] = static_cast<uint16_t>(word);
  }
  WriteHash(turned, out);
}

// A variant is the coefficients with signs, as they are or transposed; transposing keeps the median, so each of the
// four sign patterns serves two variants. Places are those of DIHEDRAL_VARIANTS in src/core/result.ts.
struct SignPattern {
  // Negative where (i & in_row) ^ (j & in_column) ^ flip is 1.
  int in_row, in_column, flip;
  bool is_signed;
  int plain_place, transposed_place;
};

constexpr SignPattern kSignPatterns[] = {
    {0, 0, 0, false, 0, 6},  // original, flipPlus1
    {0, 1, 1, true, 5, 1},   // flipY, rotate90: negative where j is even
    {1, 1, 0, true, 2, 7},   // rotate180, flipMinus1: negative where i + j is odd
    {1, 0, 1, true, 4, 3},   // flipX, rotate270: negative where i is even
};

template <class V>
inline void WriteVariants(const float* coefficients, uint8_t* out) {
  for (const SignPattern& pattern : kSignPatterns) {
    alignas(64) float values[kCoefficients];
    for (int i = 0; i < kBits; i++) {
      for (int j = 0; j < kBits; j++) {
        const float value = coefficients[i * kBits + j];
        const int odd = (i & pattern.in_row) ^ (j & pattern.in_column) ^ pattern.flip;
        values[i * kBits + j] = pattern.is_signed && odd == 1 ? -value : value;
      }
    }
    uint16_t words[kBits];
    BitsAboveMedian<V>(values, words);
    WriteHash(words, out + pattern.plain_place * kPdqHashBytes);
    WriteTransposed(words, out + pattern.transposed_place * kPdqHashBytes);
  }
}

// Luma of a raster of 64×64 as it is: what the reference's single hash works on.
template <class V>
inline void LumaOf64(const PdqInput& input, float* a) {
  for (int k = 0; k < kSide * kSide; k += V::kLanes) {
    const uint8_t* pixels = input.data + k * input.channels;
    V::Store(a + k, input.channels == 3 ? V::LumaOfRgb(V::PackRgb(pixels)) : V::LumaOfGrey(V::PackGrey(pixels)));
  }
}

template <class V>
size_t ScratchBytes(const PdqInput& input) {
  return Filter<V>(input, nullptr).scratch_bytes();
}

template <class V>
int Hash(const PdqInput& input, PdqWant want, void* scratch, uint8_t* out) {
  alignas(64) float a[kSide * kSide];
  alignas(64) float coefficients[kCoefficients];
  if (want == PdqWant::kSingle && input.width == kSide && input.height == kSide) {
    LumaOf64<V>(input, a);
  } else {
    Filter<V>(input, static_cast<float*>(scratch)).Run(a);
  }
  Dct<V>(a, coefficients);
  if (want == PdqWant::kDihedral) {
    WriteVariants<V>(coefficients, out);
  } else {
    uint16_t words[kBits];
    BitsAboveMedian<V>(coefficients, words);
    WriteHash(words, out);
  }
  return Quality<V>(a);
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PDQ_GENERIC_HASH_H_
