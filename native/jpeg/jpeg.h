// Luma of a JPEG at the scale that a hash needs, read from its coefficients; README.md beside this file says how.

#ifndef EXHIBIT_HASH_JPEG_JPEG_H_
#define EXHIBIT_HASH_JPEG_JPEG_H_

#include <cstddef>
#include <cstdint>

#include "common/isa.h"

namespace exhibit_hash {

// A picture of more pixels is not taken: it bounds the scratch memory, about 4 bytes a block and the file's own size.
constexpr int64_t kJpegMaxPixels = int64_t{1} << 28;
// Bytes of one scan; positions in it are counted in bits with 32 of them.
constexpr size_t kJpegMaxScanBytes = size_t{1} << 28;

// Pixels of the picture for each sample of the raster, along either side.
enum class JpegReduction { kNone = 1, kQuarter = 4, kEighth = 8 };

// Samples along a side of so many pixels.
inline int64_t JpegReducedSide(int64_t pixels, JpegReduction reduction) {
  const int64_t step = static_cast<int64_t>(reduction);
  return (pixels + step - 1) / step;
}

// Writes the luma of a picture, row by row without gaps, where its file is taken at this reduction and its raster has
// exactly `out_bytes`. False, and anything in `out`, where it is not: irregular, damaged, or of a kind that is left to
// others. Needs memory: may throw std::bad_alloc.
bool JpegLuma(Isa isa, const uint8_t* file, size_t file_bytes, JpegReduction reduction, uint8_t* out, size_t out_bytes);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_JPEG_H_
