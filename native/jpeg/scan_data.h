// The data of a scan without stuffed zeros and restart markers: bits one after the other.

#ifndef EXHIBIT_HASH_JPEG_SCAN_DATA_H_
#define EXHIBIT_HASH_JPEG_SCAN_DATA_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "common/bits.h"
#include "jpeg/markers.h"
#include "jpeg/wide.h"

namespace exhibit_hash {

// A block, whatever its bits, ends within this many of its start: 64 symbols of 16 bits, with 11 behind each.
constexpr uint32_t kJpegMostBlockBits = 64 * 27;

// Bits from one restart marker, or the start of the scan, to the next.
struct JpegInterval {
  uint32_t start, end;
};

class JpegScanData {
 public:
  // Reads from the reader's place to the marker behind the data; `arm` may be null. False where there is none, where a
  // restart marker is out of order or not asked for, and where the data are longer than kJpegMaxScanBytes.
  bool Read(JpegReader& reader, bool may_restart, const JpegArm* arm);

  // Never empty; all but the last end at a restart marker.
  const std::vector<JpegInterval>& intervals() const { return intervals_; }

  // The next 57 bits or more from the highest bit down, for any place up to kJpegMostBlockBits past the end.
  uint64_t BitsAt(uint32_t at) const { return BigEndian64(bytes_.get() + (at >> 3)) << (at & 7); }
  const uint8_t* bytes() const { return bytes_.get(); }

 private:
  bool Restart(size_t size, uint8_t marker);

  std::unique_ptr<uint8_t[]> bytes_;
  std::vector<JpegInterval> intervals_;
};

// Only padding is left: fewer than eight bits.
inline bool JpegIsAtEnd(const JpegInterval& interval, uint32_t at) {
  return at <= interval.end && interval.end - at < 8;
}

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_SCAN_DATA_H_
