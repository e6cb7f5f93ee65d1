// The loops that take nearly all the time of a large picture.

#include "jpeg/lanes.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace exhibit_hash {
namespace {

// Fewer steps than these and a lane is nearly done.
constexpr uint32_t kFewestSteps = 8;

// Jobs in so many lanes; as each is done, the next one begins in its place.
template <class Side>
bool RunInLanes(const JpegWalker& walker, std::vector<JpegJob>& jobs, Side& side) {
  size_t next = 0;
  JpegLane* const lanes = side.lanes;
  int count = 0;
  for (;;) {
    for (; count < Side::kLanes && next < jobs.size(); count++) walker.Begin(lanes[count], jobs[next++]);
    if (count < Side::kFewestLanes) break;
    uint32_t steps = UINT32_MAX;
    for (int i = 0; i < count; i++) steps = std::min(steps, lanes[i].Room());
    if (steps >= kFewestSteps) {
      if (!side.Advance(count, steps)) return false;
      continue;
    }
    for (int i = count - 1; i >= 0; i--) {
      if (lanes[i].Room() >= kFewestSteps) continue;
      if (!walker.Finish(lanes[i])) return false;
      lanes[i] = lanes[--count];
    }
  }
  for (int i = 0; i < count; i++) {
    if (!walker.Finish(lanes[i])) return false;
  }
  return true;
}

// Four lanes in one loop.
struct FourLanes {
  static constexpr int kLanes = 4, kFewestLanes = 4;

  bool Advance(int, uint32_t steps) { return AdvanceAll(steps, std::make_index_sequence<kLanes>()); }

  // Each lane by its number, so that compilers see as many cursors and not an array of them.
  template <size_t... kLane>
  bool AdvanceAll(uint32_t steps, std::index_sequence<kLane...>) {
    JpegCursor cursors[] = {lanes[kLane].cursor...};
    bool goes_on = true;
    for (; steps > 0 && goes_on; steps--) goes_on = (walker.Step(lanes[kLane], cursors[kLane]) && ...);
    ((lanes[kLane].cursor = cursors[kLane]), ...);
    return goes_on;
  }

  const JpegWalker& walker;
  JpegLane lanes[kLanes];
};

// Lanes in the vectors of an arm.
class WideLanes {
 public:
  // With fewer the vectors are too empty.
  static constexpr int kLanes = kJpegWideLanes, kFewestLanes = 6;

  WideLanes(const JpegWalker& walker, const JpegScanData& data, const JpegTables& tables, const JpegArm& arm)
      : walker_(walker), first_phase_(&tables.phase(0)), arm_(arm) {
    scan_.bytes = data.bytes();
    scan_.steps = tables.steps();
    for (int i = 0; i < tables.phase_count(); i++) {
      scan_.tables[i] = static_cast<uint32_t>(tables.phase(i).steps - tables.steps());
      scan_.next[i] = static_cast<uint32_t>((i + 1) % tables.phase_count());
    }
  }

  bool Advance(int count, uint32_t steps) {
    cursors_.count = count;
    for (int i = 0; i < count; i++) Put(i);
    if (!arm_.advance(scan_, steps, cursors_, {this, StepRefused})) return false;
    for (int i = 0; i < count; i++) Take(i);
    return true;
  }

  JpegLane lanes[kLanes];

 private:
  static bool StepRefused(void* owner, JpegWideCursors&, int i) {
    WideLanes& self = *static_cast<WideLanes*>(owner);
    self.Take(i);
    if (!self.walker_.StepCode(self.lanes[i])) return false;
    self.Put(i);
    return true;
  }

  void Put(int i) {
    const JpegCursor& cursor = lanes[i].cursor;
    cursors_.at[i] = cursor.at;
    cursors_.coefficient[i] = cursor.coefficient;
    cursors_.phase[i] = static_cast<uint32_t>(cursor.phase - first_phase_);
    cursors_.end[i] = cursor.end;
  }

  void Take(int i) {
    lanes[i].cursor = {cursors_.at[i], cursors_.coefficient[i], first_phase_ + cursors_.phase[i], cursors_.end[i]};
  }

  const JpegWalker& walker_;
  const JpegPhase* const first_phase_;
  const JpegArm& arm_;
  JpegWideScan scan_ = {};
  JpegWideCursors cursors_ = {};
};

}  // namespace

bool JpegRunJobs(const JpegScanData& data, const JpegTables& tables, const JpegArm* arm, std::vector<JpegJob>& jobs) {
  const JpegWalker walker(data, tables);
  if (arm != nullptr && jobs.size() >= kJpegFewestWideJobs) {
    WideLanes side(walker, data, tables, *arm);
    return RunInLanes(walker, jobs, side);
  }
  FourLanes side = {walker, {}};
  return RunInLanes(walker, jobs, side);
}

}  // namespace exhibit_hash
