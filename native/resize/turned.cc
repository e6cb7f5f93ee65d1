// Turning costs two passes over memory, in blocks that stay in the first cache.

#include "resize/turned.h"

#include <algorithm>
#include <memory>

namespace exhibit_hash {
namespace {

// From so many weights an output on, an arm adds them side by side.
constexpr int64_t kManyWeights = 24;
constexpr int64_t kBlock = 32;

// Columns of a plane become rows.
void Turn(const uint8_t* in, int64_t width, int64_t height, uint8_t* out) {
  for (int64_t top = 0; top < height; top += kBlock) {
    for (int64_t left = 0; left < width; left += kBlock) {
      const int64_t bottom = std::min(top + kBlock, height), right = std::min(left + kBlock, width);
      for (int64_t x = left; x < right; x++) {
        for (int64_t y = top; y < bottom; y++) out[x * height + y] = in[y * width + x];
      }
    }
  }
}

}  // namespace

void ResizeRowsEitherWay(const ResizeArm& arm, const uint8_t* in, int64_t height, const ResizeAxis& axis,
                         uint8_t* out) {
  if (axis.taps >= kManyWeights || height < kBlock) return arm.rows(in, height, axis, out);
  std::unique_ptr<uint8_t[]> turned(new uint8_t[static_cast<size_t>(axis.samples * height)]);
  std::unique_ptr<uint8_t[]> resized(new uint8_t[static_cast<size_t>(axis.outputs * height)]);
  Turn(in, axis.samples, height, turned.get());
  arm.columns(turned.get(), height, axis, resized.get());
  Turn(resized.get(), height, axis.outputs, out);
}

}  // namespace exhibit_hash
