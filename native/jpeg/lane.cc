// What is done with a lane by itself: its odd steps, and its last ones.

#include "jpeg/lane.h"

namespace exhibit_hash {
namespace {

// Guesses of photographs become true within some hundred bits, the latest of thousands within 24,115.
constexpr uint32_t kMostGuessBits = 1 << 17;

}  // namespace

bool JpegWalker::StepCode(JpegLane& lane) const {
  JpegCursor& cursor = lane.cursor;
  const uint64_t bits = data_.BitsAt(cursor.at);
  const bool is_dc = cursor.coefficient == 0;
  const JpegCode code = (is_dc ? cursor.phase->dc : cursor.phase->ac)->Find(bits);
  uint32_t after;
  if (is_dc) {
    after = code.symbol <= kJpegMostDcBits ? 1 : kJpegBlockSize + 1;
  } else {
    after = static_cast<uint32_t>(JpegAfterAc(static_cast<int>(cursor.coefficient), code.symbol));
  }
  if (code.bits == 0 || after > kJpegBlockSize) {
    if (!lane.job->is_guess) return false;
    // Data that have no code here have none for the true stream either: a guess that goes on for ever is given up.
    if (cursor.at - lane.job->start > kMostGuessBits) lane.job->stop = std::min(lane.job->stop, cursor.at);
    BeginAt(lane, cursor.at + 1);
    return true;
  }
  cursor.at += code.bits + (code.symbol & 15u);
  cursor.coefficient = after;
  if (after == kJpegBlockSize) {
    cursor.coefficient = 0;
    cursor.phase = cursor.phase->follows[1];
    *cursor.end++ = cursor.at;
  }
  return true;
}

// Kept out of the loop's way, whose cursors must have no address.
#if defined(__GNUC__)
__attribute__((noinline, cold))
#endif
JpegCursor
JpegWalker::StepRefused(JpegLane& lane, JpegCursor cursor) const {
  lane.cursor = cursor;
  if (!StepCode(lane)) lane.cursor.phase = nullptr;
  return lane.cursor;
}

bool JpegWalker::Advance(JpegLane& lane, uint32_t steps) const {
  JpegCursor cursor = lane.cursor;
  bool goes_on = true;
  for (; steps > 0 && goes_on; steps--) goes_on = Step(lane, cursor);
  lane.cursor = cursor;
  return goes_on;
}

bool JpegWalker::Finish(JpegLane& lane) const {
  while (!lane.IsDone()) {
    const uint32_t room = lane.Room();
    if (room > 0) {
      if (!Advance(lane, room)) return false;
    } else {
      // Near the end of the job or past it, within a block.
      if (!StepCode(lane)) return false;
    }
  }
  lane.job->blocks = lane.blocks();
  lane.job->end = lane.cursor.at;
  return true;
}

}  // namespace exhibit_hash
