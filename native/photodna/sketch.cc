// Sketches of values, for the builder of an index.

#include "photodna/sketch.h"

#include "photodna/photodna.h"

namespace exhibit_hash {

void SketchGroupOf(const uint8_t* values, size_t count, const SketchBits& bits, uint8_t* rows) {
  constexpr size_t kBitsARow = 8;
  static_assert(kSketchRows * kBitsARow == kPhotoDnaBytes, "a bit a byte");
  for (size_t v = 0; v < count; v++) {
    const uint8_t* value = values + v * kPhotoDnaBytes;
    for (size_t row = 0; row < kSketchRows; row++) {
      unsigned byte = 0;
      for (size_t bit = 0; bit < kBitsARow; bit++) {
        const size_t i = row * kBitsARow + bit;
        byte |= static_cast<unsigned>(value[bits.order[i]] >= bits.boundaries[i]) << bit;
      }
      rows[row * kSketchGroup + v] = static_cast<uint8_t>(byte);
    }
  }
}

}  // namespace exhibit_hash
