// What every PDQ arm offers; the arms are in generic.h and one file an instruction set.

#ifndef EXHIBIT_HASH_PDQ_PDQ_H_
#define EXHIBIT_HASH_PDQ_PDQ_H_

#include <cstddef>
#include <cstdint>

#include "common/isa.h"

namespace exhibit_hash {

// 8-bit pixels, row-major, channels (1 or 3) interleaved: width × height × channels bytes, checked by the caller.
struct PdqInput {
  const uint8_t* data;
  int64_t width;
  int64_t height;
  int channels;
};

// Meta's two entry points differ for rasters of exactly 64×64 pixels: the single hash skips the filter there.
enum class PdqWant { kSingle, kDihedral };

constexpr size_t kPdqHashBytes = 32;
constexpr size_t kPdqVariants = 8;
// Below this side a raster has the zero hash and quality 0.
constexpr int64_t kPdqMinSide = 5;

struct PdqArm {
  // Memory that `hash` needs for this input; it grows with width × (height / 128), not with width × height.
  size_t (*scratch_bytes)(const PdqInput& input);
  // Writes 32 bytes, or 8 × 32 in the order of DIHEDRAL_VARIANTS, each hash in the order of its hex text; returns the
  // quality. Sides are kPdqMinSide or more; `scratch` is aligned to 64 bytes.
  int (*hash)(const PdqInput& input, PdqWant want, void* scratch, uint8_t* out);
};

extern const PdqArm kPdqScalar;
extern const PdqArm kPdqAvx2;
extern const PdqArm kPdqAvx512;
extern const PdqArm kPdqNeon;

// The arm of an available instruction set.
const PdqArm& PdqArmOf(Isa isa);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PDQ_PDQ_H_
