// Where samples of luma go: rows of MCUs, cut to the size of the picture.

#ifndef EXHIBIT_HASH_JPEG_RASTER_H_
#define EXHIBIT_HASH_JPEG_RASTER_H_

#include <cstdint>
#include <cstring>
#include <memory>

#include "jpeg/jpeg.h"
#include "jpeg/layout.h"

namespace exhibit_hash {

// Samples of one row of MCUs, with those past the edges of the picture, on their way to its raster.
class JpegBand {
 public:
  JpegBand(const JpegFrame& frame, const JpegLayout& layout, JpegReduction reduction, uint8_t* out)
      : side_(8 / static_cast<int64_t>(reduction)),
        width_(JpegReducedSide(frame.width, reduction)),
        height_(JpegReducedSide(frame.height, reduction)),
        stride_(layout.mcu_columns * layout.luma_h * side_),
        rows_(layout.luma_v * side_),
        band_(new uint8_t[static_cast<size_t>(stride_ * rows_)]),
        out_(out) {}

  int64_t stride() const { return stride_; }

  // The first sample of a block of the band.
  uint8_t* Block(int64_t column, int64_t row) { return band_.get() + row * side_ * stride_ + column * side_; }

  // Hands over the band of a row of MCUs.
  void Write(int64_t mcu_row) {
    const int64_t first = mcu_row * rows_;
    for (int64_t y = 0; y < rows_ && first + y < height_; y++) {
      std::memcpy(out_ + (first + y) * width_, band_.get() + y * stride_, static_cast<size_t>(width_));
    }
  }

 private:
  int64_t side_, width_, height_, stride_, rows_;
  std::unique_ptr<uint8_t[]> band_;
  uint8_t* out_;
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_RASTER_H_
