// Pillow's resize of 8-bit luma in plain loops, which each arm's compiler flags turn into that arm's instructions.
//
// Source: Pillow 9.4, src/libImaging/Resample.c and Convert.c. Sums are unsigned so that they may wrap as they do
// there. In an anonymous namespace and without the standard library for the reason given in pdq/generic.h.

#ifndef EXHIBIT_HASH_RESIZE_GENERIC_H_
#define EXHIBIT_HASH_RESIZE_GENERIC_H_

#include "resize/resize.h"

namespace exhibit_hash {
namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;
constexpr uint32_t kHalf = 1u << (kPrecisionBits - 1);

inline uint8_t Clip8(uint32_t sum) {
  const int32_t value = static_cast<int32_t>(sum) >> kPrecisionBits;
  return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

inline void LumaOfRgb(const uint8_t* rgb, int64_t pixels, uint8_t* out) {
  for (int64_t i = 0; i < pixels; i++) {
    const uint32_t sum = rgb[3 * i] * 19595u + rgb[3 * i + 1] * 38470u + rgb[3 * i + 2] * 7471u + 0x8000u;
    out[i] = static_cast<uint8_t>(sum >> 16);
  }
}

inline void ResizeRows(const uint8_t* in, int64_t height, const ResizeAxis& axis, uint8_t* out) {
  for (int64_t y = 0; y < height; y++) {
    for (int64_t i = 0; i < axis.outputs; i++) {
      const uint8_t* samples = in + y * axis.samples + axis.bounds[2 * i];
      const int32_t* weights = axis.weights + i * axis.taps;
      const int32_t count = axis.bounds[2 * i + 1];
      uint32_t sum = kHalf;
      for (int32_t x = 0; x < count; x++) sum += samples[x] * static_cast<uint32_t>(weights[x]);
      out[y * axis.outputs + i] = Clip8(sum);
    }
  }
}

inline void ResizeColumns(const uint8_t* in, int64_t width, const ResizeAxis& axis, uint8_t* out) {
  // Columns whose sums stay in registers or the first cache.
  constexpr int64_t kBlock = 64;
  for (int64_t i = 0; i < axis.outputs; i++) {
    const int32_t count = axis.bounds[2 * i + 1];
    for (int64_t column = 0; column < width; column += kBlock) {
      const int64_t columns = width - column < kBlock ? width - column : kBlock;
      const uint8_t* samples = in + axis.bounds[2 * i] * width + column;
      uint32_t sums[kBlock];
      for (int64_t x = 0; x < columns; x++) sums[x] = kHalf;
      for (int32_t y = 0; y < count; y++) {
        const uint32_t weight = static_cast<uint32_t>(axis.weights[i * axis.taps + y]);
        for (int64_t x = 0; x < columns; x++) sums[x] += samples[y * width + x] * weight;
      }
      for (int64_t x = 0; x < columns; x++) out[i * width + column + x] = Clip8(sums[x]);
    }
  }
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RESIZE_GENERIC_H_
