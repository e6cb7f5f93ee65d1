// Baseline pictures: one scan of all components.

#ifndef EXHIBIT_HASH_JPEG_BASELINE_H_
#define EXHIBIT_HASH_JPEG_BASELINE_H_

#include "jpeg/jpeg.h"
#include "jpeg/markers.h"
#include "jpeg/wide.h"

namespace exhibit_hash {

// Reads the data of the only scan and what is behind them, and writes the luma.
bool JpegReadBaseline(JpegReader& reader, const JpegState& state, const JpegScan& scan, const JpegArm* arm,
                      JpegReduction reduction, uint8_t* out);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_BASELINE_H_
