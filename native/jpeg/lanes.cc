// The loop that takes nearly all the time of a large picture.

#include "jpeg/lanes.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace exhibit_hash {
namespace {

constexpr int kLanes = 4;

// Where a lane stands between two steps: before a coefficient of a block, at a bit.
struct Cursor {
  uint32_t at, coefficient;
  const JpegPhase* phase;
  // Where the end of the block goes, which is the start of the next one.
  uint32_t* end;
};

// A job on its way.
struct Lane {
  JpegJob* job;
  Cursor cursor;

  uint32_t blocks() const { return static_cast<uint32_t>(cursor.end - job->starts) - 1; }
  bool IsDone() const { return cursor.coefficient == 0 && (cursor.at >= job->stop || blocks() == job->most_blocks); }
  // Steps that it can take, wherever they lead, before it must be asked whether it is done.
  uint32_t Room() const {
    if (cursor.at >= job->stop) return 0;
    return std::min((job->stop - cursor.at) / kJpegMostStepBits, job->most_blocks - blocks()) / 2;
  }
};

class Lanes {
 public:
  Lanes(const JpegScanData& data, const JpegTables& tables) : data_(data), first_phase_(&tables.phase(0)) {}

  bool Run(std::vector<JpegJob>& jobs);

 private:
  void Begin(Lane& lane, uint32_t start) const {
    lane.job->starts[0] = start;
    lane.cursor = {start, 0, first_phase_, lane.job->starts + 1};
  }
  bool StepCode(Lane& lane) const;
  Cursor StepRefused(Lane& lane, Cursor cursor) const;
  bool Look(Lane& lane, Cursor& cursor, uint64_t& bits) const;
  bool Step(Lane& lane, Cursor& cursor) const;
  template <size_t... kLane>
  bool AdvanceAll(uint32_t steps, std::index_sequence<kLane...>);
  bool Advance(Lane& lane, uint32_t steps) const;
  bool Finish(Lane& lane) const;

  const JpegScanData& data_;
  const JpegPhase* const first_phase_;
  Lane lanes_[kLanes];
};

// One code. Where there is none, a guess begins again; false for anything else.
bool Lanes::StepCode(Lane& lane) const {
  Cursor& cursor = lane.cursor;
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
    Begin(lane, cursor.at + 1);
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
Cursor
Lanes::StepRefused(Lane& lane, Cursor cursor) const {
  lane.cursor = cursor;
  if (!StepCode(lane)) lane.cursor.phase = nullptr;
  return lane.cursor;
}

// As many symbols as are in sight; false where a job ends for good.
inline bool Lanes::Look(Lane& lane, Cursor& cursor, uint64_t& bits) const {
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

// Two looks at what is read at once.
inline bool Lanes::Step(Lane& lane, Cursor& cursor) const {
  uint64_t bits = data_.BitsAt(cursor.at);
  return Look(lane, cursor, bits) && Look(lane, cursor, bits);
}

// Each lane by its number, so that compilers see as many cursors and not an array of them.
template <size_t... kLane>
bool Lanes::AdvanceAll(uint32_t steps, std::index_sequence<kLane...>) {
  Cursor cursors[] = {lanes_[kLane].cursor...};
  bool goes_on = true;
  for (; steps > 0 && goes_on; steps--) goes_on = (Step(lanes_[kLane], cursors[kLane]) && ...);
  ((lanes_[kLane].cursor = cursors[kLane]), ...);
  return goes_on;
}

bool Lanes::Advance(Lane& lane, uint32_t steps) const {
  Cursor cursor = lane.cursor;
  bool goes_on = true;
  for (; steps > 0 && goes_on; steps--) goes_on = Step(lane, cursor);
  lane.cursor = cursor;
  return goes_on;
}

// To the end of the job, by itself.
bool Lanes::Finish(Lane& lane) const {
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

bool Lanes::Run(std::vector<JpegJob>& jobs) {
  size_t next = 0;
  int count = 0;
  const auto fill = [&] {
    for (; count < kLanes && next < jobs.size(); count++) {
      lanes_[count].job = &jobs[next++];
      Begin(lanes_[count], lanes_[count].job->start);
    }
  };
  fill();
  while (count == kLanes) {
    // Fewer than these and a lane is nearly done.
    constexpr uint32_t kFewestSteps = 8;
    uint32_t steps = UINT32_MAX;
    for (const Lane& lane : lanes_) steps = std::min(steps, lane.Room());
    if (steps >= kFewestSteps) {
      if (!AdvanceAll(steps, std::make_index_sequence<kLanes>())) return false;
      continue;
    }
    for (int i = count - 1; i >= 0; i--) {
      if (lanes_[i].Room() >= kFewestSteps) continue;
      if (!Finish(lanes_[i])) return false;
      lanes_[i] = lanes_[--count];
    }
    fill();
  }
  for (int i = 0; i < count; i++) {
    if (!Finish(lanes_[i])) return false;
  }
  return true;
}

}  // namespace

bool JpegRunJobs(const JpegScanData& data, const JpegTables& tables, std::vector<JpegJob>& jobs) {
  return Lanes(data, tables).Run(jobs);
}

}  // namespace exhibit_hash
