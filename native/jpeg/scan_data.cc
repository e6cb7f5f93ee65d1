// Copies what lies between bytes of FF, with what an instruction set has for it before the plain way.

#include "jpeg/scan_data.h"

#include <algorithm>
#include <cstring>

#include "jpeg/jpeg.h"

namespace exhibit_hash {
namespace {

// Zeros behind the data, for a block that starts at their end and for the last eight bytes of a read.
constexpr size_t kSpareBytes = kJpegMostBlockBits / 8 + 24;

// As an arm does it, to the end: memchr and memcpy are as fast as memory.
JpegUnstuffed UnstuffRuns(JpegUnstuffed place, const uint8_t* end) {
  while (end - place.from >= 2) {
    // An FF at the very end has nothing behind it that says what it is.
    const void* found = std::memchr(place.from, 0xff, static_cast<size_t>(end - place.from - 1));
    if (found == nullptr) return {end, place.to};
    const uint8_t* const stop = static_cast<const uint8_t*>(found);
    const size_t run = static_cast<size_t>(stop - place.from);
    std::memcpy(place.to, place.from, run);
    place = {stop, place.to + run};
    if (stop[1] != 0x00) break;
    *place.to++ = 0xff;
    place.from += 2;
  }
  return place;
}

}  // namespace

bool JpegScanData::Restart(size_t size, uint8_t marker) {
  if (marker != 0xd0 + intervals_.size() % 8) return false;
  const uint32_t start = intervals_.empty() ? 0 : intervals_.back().end;
  intervals_.push_back({start, static_cast<uint32_t>(size * 8)});
  return true;
}

bool JpegScanData::Read(JpegReader& reader, bool may_restart, const JpegArm* arm) {
  // With the marker behind it.
  const size_t most = std::min(reader.size - reader.at, kJpegMaxScanBytes + 2);
  JpegUnstuffed place = {reader.bytes + reader.at, nullptr};
  const uint8_t* const end = place.from + most;
  bytes_.reset(new uint8_t[most + kSpareBytes]);
  place.to = bytes_.get();
  intervals_.clear();
  for (;;) {
    if (arm != nullptr) place = arm->unstuff(place, end);
    place = UnstuffRuns(place, end);
    if (end - place.from < 2) return false;
    const size_t size = static_cast<size_t>(place.to - bytes_.get());
    const uint8_t marker = place.from[1];
    const bool is_restart = (marker & 0xf8) == 0xd0;
    // Of several FF, as nobody writes them here, the last would count.
    if (marker == 0xff || (is_restart && (!may_restart || !Restart(size, marker)))) return false;
    if (is_restart) {
      place.from += 2;
      continue;
    }
    std::memset(place.to, 0, kSpareBytes);
    intervals_.push_back({intervals_.empty() ? 0 : intervals_.back().end, static_cast<uint32_t>(size * 8)});
    reader.at = static_cast<size_t>(place.from - reader.bytes);
    return true;
  }
}

}  // namespace exhibit_hash
