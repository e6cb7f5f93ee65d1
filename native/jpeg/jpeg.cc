// From the bytes of a file to its luma: which kind of picture it is, and whether the raster has its size.

#include "jpeg/jpeg.h"

#include "jpeg/baseline.h"
#include "jpeg/markers.h"
#include "jpeg/progressive.h"
#include "jpeg/wide.h"

namespace exhibit_hash {

bool JpegLuma(Isa isa, const uint8_t* file, size_t file_bytes, JpegReduction reduction, uint8_t* out,
              size_t out_bytes) {
  JpegReader reader = {file, file_bytes, 0};
  JpegState state = {};
  JpegScan scan;
  if (!JpegStart(reader) || JpegReadMarkers(reader, state, scan) != JpegNext::kScan) return false;
  const JpegFrame& frame = state.frame;
  const int64_t samples = JpegReducedSide(frame.width, reduction) * JpegReducedSide(frame.height, reduction);
  if (static_cast<uint64_t>(samples) != out_bytes) return false;
  if (!frame.is_progressive) {
    const JpegArm* arm = JpegArmOf(isa);
    return JpegReadBaseline(reader, state, scan, arm != nullptr && JpegArmPays(*arm) ? arm : nullptr, reduction, out);
  }
  return reduction == JpegReduction::kEighth && JpegReadProgressive(reader, state, scan, out);
}

}  // namespace exhibit_hash
