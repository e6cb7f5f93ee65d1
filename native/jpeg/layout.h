// How the blocks of a scan follow one another, and where those of luma lie in the picture.

#ifndef EXHIBIT_HASH_JPEG_LAYOUT_H_
#define EXHIBIT_HASH_JPEG_LAYOUT_H_

#include <cstdint>

#include "jpeg/markers.h"

namespace exhibit_hash {

// A scan of 4:1:1, 4:2:0 or 4:4:4 has 6, 6 and 3 blocks an MCU, one of a single component has one.
constexpr int kJpegMostMcuBlocks = 6;

struct JpegLayout {
  int64_t mcu_columns, mcu_rows;
  int mcu_blocks;
  // Blocks of luma in an MCU, which come first; none in a scan without luma.
  int luma_h, luma_v;
  // Tables of each block of an MCU.
  uint8_t dc_table[kJpegMostMcuBlocks], ac_table[kJpegMostMcuBlocks];

  int64_t mcus() const { return mcu_columns * mcu_rows; }
  int64_t blocks() const { return mcus() * mcu_blocks; }
  int luma_blocks() const { return luma_h * luma_v; }
};

inline int64_t JpegCeil(int64_t value, int64_t step) { return (value + step - 1) / step; }

inline JpegLayout JpegLayoutOf(const JpegFrame& frame, const JpegScan& scan) {
  JpegLayout layout = {};
  const bool is_interleaved = scan.component_count > 1;
  const int most_h = frame.component_count == 1 ? 1 : frame.components[0].h;
  const int most_v = frame.component_count == 1 ? 1 : frame.components[0].v;
  for (int i = 0; i < scan.component_count; i++) {
    const JpegComponent& component = frame.components[scan.component[i]];
    const int h = is_interleaved ? component.h : 1, v = is_interleaved ? component.v : 1;
    for (int block = 0; block < h * v; block++) {
      layout.dc_table[layout.mcu_blocks] = scan.dc_table[i];
      layout.ac_table[layout.mcu_blocks] = scan.ac_table[i];
      layout.mcu_blocks++;
    }
    if (scan.component[i] != 0) continue;
    layout.luma_h = h;
    layout.luma_v = v;
  }
  // Alone, a component has only the blocks that hold a sample of the picture.
  const JpegComponent& first = frame.components[scan.component[0]];
  const int64_t pixels_h = is_interleaved || frame.component_count == 1 ? 8 * most_h : 8 * (most_h / first.h);
  const int64_t pixels_v = is_interleaved || frame.component_count == 1 ? 8 * most_v : 8 * (most_v / first.v);
  layout.mcu_columns = JpegCeil(frame.width, pixels_h);
  layout.mcu_rows = JpegCeil(frame.height, pixels_v);
  return layout;
}

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_LAYOUT_H_
