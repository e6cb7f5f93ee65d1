// Hashes raw rasters with one arm, without Node: for arms of processors that are only emulated here.
//
// Reads "width height channels" and a newline, then the pixels, again and again until the input ends; writes a line a
// raster: quality and hash of the single function, quality and eight hashes of the dihedral one.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "pdq/pdq.h"

namespace {

using exhibit_hash::PdqArm;
using exhibit_hash::PdqInput;
using exhibit_hash::PdqWant;

void PrintHash(const PdqArm& arm, const PdqInput& input, PdqWant want, size_t bytes) {
  uint8_t out[exhibit_hash::kPdqHashBytes * exhibit_hash::kPdqVariants];
  const size_t size = (arm.scratch_bytes(input) + 63) / 64 * 64;
  void* scratch = std::aligned_alloc(64, size);
  // Memory that was not written must not be read: as floats these bytes are NaN.
  std::memset(scratch, 0xff, size);
  std::printf("%d ", arm.hash(input, want, scratch, out));
  for (size_t i = 0; i < bytes; i++) std::printf("%02x", out[i]);
  std::free(scratch);
}

}  // namespace

int main() {
#if EXHIBIT_HASH_NEON_ARM
  const PdqArm& arm = exhibit_hash::kPdqNeon;
#else
  const PdqArm& arm = exhibit_hash::kPdqScalar;
#endif
  int width, height, channels;
  while (std::scanf("%d %d %d", &width, &height, &channels) == 3 && std::getchar() == '\n') {
    std::vector<uint8_t> pixels(static_cast<size_t>(width) * height * channels);
    if (std::fread(pixels.data(), 1, pixels.size(), stdin) != pixels.size()) return 1;
    const PdqInput input{pixels.data(), width, height, channels};
    PrintHash(arm, input, PdqWant::kSingle, exhibit_hash::kPdqHashBytes);
    std::printf(" ");
    PrintHash(arm, input, PdqWant::kDihedral, exhibit_hash::kPdqHashBytes * exhibit_hash::kPdqVariants);
    std::printf("\n");
  }
  return 0;
}
