// One stream of blocks on its way through a part of a scan.

#ifndef EXHIBIT_HASH_JPEG_LANE_H_
#define EXHIBIT_HASH_JPEG_LANE_H_

#include <algorithm>
#include <cstdint>

#include "jpeg/scan_data.h"
#include "jpeg/steps.h"

namespace exhibit_hash {

// A part of a scan. One whose start is guessed forgets what it has found where that cannot be, and begins again a bit
// further on; its blocks are believed from the place on where a true stream meets them.
struct JpegJob {
  bool is_guess;
  // Where it begins, and where it may end: the first block that begins there is not walked.
  uint32_t start, stop;
  // Room behind `starts` for one more.
  uint32_t most_blocks;
  // Out: where the blocks begin that were walked, and behind them where the next one would, which is `end`.
  uint32_t* starts;
  uint32_t blocks, end;
};

// Where a lane stands between two steps: before a coefficient of a block, at a bit.
struct JpegCursor {
  uint32_t at, coefficient;
  const JpegPhase* phase;
  // Where the end of the block goes, which is the start of the next one.
  uint32_t* end;
};

// A job on its way.
struct JpegLane {
  JpegJob* job;
  JpegCursor cursor;

  uint32_t blocks() const { return static_cast<uint32_t>(cursor.end - job->starts) - 1; }
  bool IsDone() const { return cursor.coefficient == 0 && (cursor.at >= job->stop || blocks() == job->most_blocks); }
  // Steps of two looks that it can take, wherever they lead, before it must be asked whether it is done.
  uint32_t Room() const {
    if (cursor.at >= job->stop) return 0;
    return std::min((job->stop - cursor.at) / kJpegMostStepBits, job->most_blocks - blocks()) / 2;
  }
};

// Leads lanes through a scan.
class JpegWalker {
 public:
  JpegWalker(const JpegScanData& data, const JpegTables& tables) : data_(data), first_phase_(&tables.phase(0)) {}

  void Begin(JpegLane& lane, JpegJob& job) const {
    lane.job = &job;
    BeginAt(lane, job.start);
  }

  // One code. Where there is none, a guess begins again; false for anything else.
  bool StepCode(JpegLane& lane) const;

  // Two looks at what is read at once; false where a job ends for good.
  bool Step(JpegLane& lane, JpegCursor& cursor) const {
    uint64_t bits = data_.BitsAt(cursor.at);
    return Look(lane, cursor, bits) && Look(lane, cursor, bits);
  }

  // To the end of the job, by itself.
  bool Finish(JpegLane& lane) const;

 private:
  void BeginAt(JpegLane& lane, uint32_t start) const {
    lane.job->starts[0] = start;
    lane.cursor = {start, 0, first_phase_, lane.job->starts + 1};
  }
  JpegCursor StepRefused(JpegLane& lane, JpegCursor cursor) const;
  bool Look(JpegLane& lane, JpegCursor& cursor, uint64_t& bits) const;
  bool Advance(JpegLane& lane, uint32_t steps) const;

  const JpegScanData& data_;
  const JpegPhase* const first_phase_;
};

// As many symbols as are in sight.
inline bool JpegWalker::Look(JpegLane& lane, JpegCursor& cursor, uint64_t& bits) const {
  const uint32_t is_within = cursor.coefficient != 0 ? kJpegStepEntries : 0;
  const uint32_t step = cursor.phase->steps[is_within + (bits >> (64 - kJpegStepBits))];
  const uint32_t after = cursor.coefficient + (step >> 8);
  if ((after & kJpegStepRefused) != 0) {
    cursor = StepRefused(lane, cursor);
    bits = data_.BitsAt(cursor.at);
    return cursor.phase != nullptr;
  }
  // No branch at the end of a block, which nobody can foresee: its place is written either way.
  cursor.at += step & 255;
  bits <<= step & 255;
  const uint32_t ends = after >> 7;
  *cursor.end = cursor.at;
  cursor.end += ends;
  cursor.coefficient = after & (ends - 1);
  cursor.phase = cursor.phase->follows[ends];
  return true;
}

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_LANE_H_
