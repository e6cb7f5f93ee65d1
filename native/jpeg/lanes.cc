// The loop that takes nearly all the time of a large picture.

#include "jpeg/lanes.h"

#include <algorithm>

namespace exhibit_hash {
namespace {

constexpr int kLanes = 4;

// A job on its way: between steps it stands before coefficient `coefficient` of a block of `phase`, at bit `at`.
struct Lane {
  JpegJob* job;
  uint32_t at, coefficient, phase;
  // Where the end of the block goes, which is the start of the next one.
  uint32_t* end;

  void Begin(uint32_t start) {
    at = start;
    coefficient = phase = 0;
    job->starts[0] = start;
    end = job->starts + 1;
  }
  uint32_t blocks() const { return static_cast<uint32_t>(end - job->starts) - 1; }
  bool IsDone() const { return coefficient == 0 && (at >= job->stop || blocks() == job->most_blocks); }
  // Steps that it can take, wherever they lead, before it must be asked whether it is done.
  uint32_t Room() const {
    if (at >= job->stop) return 0;
    return std::min((job->stop - at) / kJpegMostStepBits, job->most_blocks - blocks());
  }
};

class Lanes {
 public:
  Lanes(const JpegScanData& data, const JpegTables& tables) : data_(data), phases_(tables.phases()) {}

  bool Run(std::vector<JpegJob>& jobs);

 private:
  template <int kCount>
  bool Advance(Lane* lanes, uint32_t steps) const;
  bool StepCode(Lane& lane) const;
  bool Finish(Lane& lane) const;

  const JpegScanData& data_;
  const JpegPhase* const phases_;
  Lane lanes_[kLanes];
};

// One code. Where there is none, a guess begins again; false for anything else.
bool Lanes::StepCode(Lane& lane) const {
  const JpegPhase& phase = phases_[lane.phase];
  const uint64_t bits = data_.BitsAt(lane.at);
  const bool is_dc = lane.coefficient == 0;
  const JpegCode code = (is_dc ? phase.dc : phase.ac)->Find(bits);
  uint32_t after;
  if (is_dc) {
    after = code.symbol <= kJpegMostDcBits ? 1 : kJpegBlockSize + 1;
  } else {
    after = static_cast<uint32_t>(JpegAfterAc(static_cast<int>(lane.coefficient), code.symbol));
  }
  if (code.bits == 0 || after > kJpegBlockSize) {
    if (!lane.job->is_guess) return false;
    lane.Begin(lane.at + 1);
    return true;
  }
  lane.at += code.bits + (code.symbol & 15u);
  lane.coefficient = after;
  if (after == kJpegBlockSize) {
    lane.coefficient = 0;
    lane.phase = phase.next;
    *lane.end++ = lane.at;
  }
  return true;
}

template <int kCount>
bool Lanes::Advance(Lane* lanes, uint32_t steps) const {
  const uint8_t* const bytes = data_.bytes();
  const JpegPhase* const phases = phases_;
  uint32_t at[kCount], coefficient[kCount], phase[kCount];
  uint32_t* end[kCount];
  const JpegStep* table[kCount];
  const auto load = [&](int i) {
    at[i] = lanes[i].at;
    coefficient[i] = lanes[i].coefficient;
    phase[i] = lanes[i].phase;
    end[i] = lanes[i].end;
    table[i] = coefficient[i] == 0 ? phases[phase[i]].at_start : phases[phase[i]].within;
  };
  const auto store = [&](int i) {
    lanes[i].at = at[i];
    lanes[i].coefficient = coefficient[i];
    lanes[i].phase = phase[i];
    lanes[i].end = end[i];
  };
  for (int i = 0; i < kCount; i++) load(i);
  for (; steps > 0; steps--) {
    for (int i = 0; i < kCount; i++) {
      const uint64_t bits = BigEndian64(bytes + (at[i] >> 3)) << (at[i] & 7);
      const uint32_t step = table[i][bits >> (64 - kJpegStepBits)];
      const uint32_t after = coefficient[i] + (step >> 8);
      if ((after & kJpegStepRefused) != 0) {
        store(i);
        if (!StepCode(lanes[i])) return false;
        load(i);
        continue;
      }
      // No branch at the end of a block, which nobody can foresee: its place is written either way.
      at[i] += step & 255;
      const uint32_t ends = after >> 7;
      *end[i] = at[i];
      end[i] += ends;
      coefficient[i] = ends != 0 ? 0 : after;
      const JpegPhase& here = phases[phase[i]];
      const uint32_t next = here.next;
      table[i] = ends != 0 ? phases[next].at_start : here.within;
      phase[i] = ends != 0 ? next : phase[i];
    }
  }
  for (int i = 0; i < kCount; i++) store(i);
  return true;
}

// To the end of the job, by itself.
bool Lanes::Finish(Lane& lane) const {
  while (!lane.IsDone()) {
    const uint32_t room = lane.Room();
    if (room > 0) {
      if (!Advance<1>(&lane, room)) return false;
    } else {
      // Near the end of the job or past it, within a block.
      if (!StepCode(lane)) return false;
    }
  }
  lane.job->blocks = lane.blocks();
  lane.job->end = lane.at;
  return true;
}

bool Lanes::Run(std::vector<JpegJob>& jobs) {
  size_t next = 0;
  int count = 0;
  const auto fill = [&] {
    for (; count < kLanes && next < jobs.size(); count++) {
      lanes_[count].job = &jobs[next++];
      lanes_[count].Begin(lanes_[count].job->start);
    }
  };
  fill();
  while (count == kLanes) {
    // Fewer than these and a lane is nearly done.
    constexpr uint32_t kFewestSteps = 8;
    uint32_t steps = UINT32_MAX;
    for (const Lane& lane : lanes_) steps = std::min(steps, lane.Room());
    if (steps >= kFewestSteps) {
      if (!Advance<kLanes>(lanes_, steps)) return false;
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
