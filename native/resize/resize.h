// What every arm of Pillow's resize offers. Sums are of integers, so no order of them matters.

#ifndef EXHIBIT_HASH_RESIZE_RESIZE_H_
#define EXHIBIT_HASH_RESIZE_RESIZE_H_

#include <cstdint>

#include "common/isa.h"

namespace exhibit_hash {

// One direction of a resize: each output is a weighted sum of neighbouring samples, in 22-bit fixed point.
struct ResizeAxis {
  int64_t samples;
  int64_t outputs;
  // Weights an output has place for.
  int64_t taps;
  // First sample and number of samples of each output, checked by CheckedAxis.
  const int32_t* bounds;
  const int32_t* weights;
};

struct ResizeArm {
  // Red, green, blue to luma, as Pillow's convert('L').
  void (*luma)(const uint8_t* rgb, int64_t pixels, uint8_t* out);
  // `height` rows of axis.samples bytes to rows of axis.outputs bytes.
  void (*rows)(const uint8_t* in, int64_t height, const ResizeAxis& axis, uint8_t* out);
  // axis.samples rows of `width` bytes to axis.outputs rows.
  void (*columns)(const uint8_t* in, int64_t width, const ResizeAxis& axis, uint8_t* out);
};

extern const ResizeArm kResizeScalar;
extern const ResizeArm kResizeAvx2;
extern const ResizeArm kResizeAvx512;
extern const ResizeArm kResizeNeon;

// The arm of an available instruction set.
const ResizeArm& ResizeArmOf(Isa isa);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RESIZE_RESIZE_H_
