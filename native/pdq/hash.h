// PDQ of bytes that claim to be a raster: the sizes are checked, memory is found, an arm is called.

#ifndef EXHIBIT_HASH_PDQ_HASH_H_
#define EXHIBIT_HASH_PDQ_HASH_H_

#include <cstddef>
#include <cstdint>

#include "pdq/pdq.h"

namespace exhibit_hash {

// Keeps every product of sizes far from the limits of 64 bits.
constexpr int64_t kPdqMaxSide = int64_t{1} << 31;

inline size_t PdqOutBytes(PdqWant want) {
  return want == PdqWant::kDihedral ? kPdqHashBytes * kPdqVariants : kPdqHashBytes;
}

// Sides from 1 to kPdqMaxSide. Throws std::invalid_argument where these are not the bytes of such a raster.
PdqInput CheckedPdqInput(const uint8_t* data, uint64_t bytes, int64_t width, int64_t height, int64_t channels);

// Writes PdqOutBytes(want) bytes, zeros where a side is less than kPdqMinSide; returns the quality.
// Throws std::invalid_argument where there is no memory for a raster as wide as this.
int PdqHash(const PdqArm& arm, const PdqInput& input, PdqWant want, uint8_t* out);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PDQ_HASH_H_
