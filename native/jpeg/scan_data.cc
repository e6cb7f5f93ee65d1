// Copies the runs between bytes of FF; memchr and memcpy are as fast as memory.

#include "jpeg/scan_data.h"

#include <cstring>

#include "jpeg/jpeg.h"

namespace exhibit_hash {
namespace {

// Zeros behind the data, for a block that starts at their end and for the last eight bytes of a read.
constexpr size_t kSpareBytes = kJpegMostBlockBits / 8 + 24;

}  // namespace

bool JpegScanData::Restart(size_t size, uint8_t marker) {
  if (marker != 0xd0 + intervals_.size() % 8) return false;
  const uint32_t start = intervals_.empty() ? 0 : intervals_.back().end;
  intervals_.push_back({start, static_cast<uint32_t>(size * 8)});
  return true;
}

bool JpegScanData::Read(JpegReader& reader, bool may_restart) {
  const uint8_t* from = reader.bytes + reader.at;
  const uint8_t* const end = reader.bytes + reader.size;
  JpegReader behind = reader;
  if (!JpegSkipScan(behind) || behind.at - reader.at > kJpegMaxScanBytes) return false;
  const uint8_t* const marker = reader.bytes + behind.at;
  bytes_.reset(new uint8_t[static_cast<size_t>(marker - from) + kSpareBytes]);
  intervals_.clear();
  size_t size = 0;
  while (from < marker) {
    const void* found = std::memchr(from, 0xff, static_cast<size_t>(marker - from));
    const uint8_t* stop = found == nullptr ? marker : static_cast<const uint8_t*>(found);
    std::memcpy(bytes_.get() + size, from, static_cast<size_t>(stop - from));
    size += static_cast<size_t>(stop - from);
    if (stop == marker) break;
    if (end - stop < 2) return false;
    if (stop[1] == 0x00) {
      bytes_[size++] = 0xff;
    } else if (!may_restart || !Restart(size, stop[1])) {
      return false;
    }
    from = stop + 2;
  }
  std::memset(bytes_.get() + size, 0, kSpareBytes);
  intervals_.push_back({intervals_.empty() ? 0 : intervals_.back().end, static_cast<uint32_t>(size * 8)});
  reader.at = behind.at;
  return true;
}

}  // namespace exhibit_hash
