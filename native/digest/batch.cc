// Keeps the lanes of an arm full with byte strings of different lengths.
//
// The longest are begun first, and a lane takes the next one as soon as its own has ended: so all
// lanes end at nearly the same time. All advance by the shortest run that any lane has left before
// its bytes go on elsewhere (in its padded tail, or in another string). The few that remain when
// nothing is left to begin are finished one by one.

#include "digest/batch.h"

#include <algorithm>
#include <cstring>

#include "digest/padding.h"

namespace exhibit_hash {
namespace {

constexpr uint32_t kNo = 0, kYes = 0xffffffff;

// Where a stream stands: first in the string's whole blocks, then in its padded tail.
struct Progress {
  const DigestJob* job = nullptr;
  const uint8_t* at;
  uint64_t whole_blocks;
  size_t tail_blocks;
  uint8_t tail[kTailBytes];

  void Begin(const DigestJob& next) {
    const size_t rest = static_cast<size_t>(next.size % kBlockBytes);
    job = &next;
    whole_blocks = next.size / kBlockBytes;
    tail_blocks = PadTail(rest > 0 ? next.data + (next.size - rest) : nullptr, rest, next.size, tail);
    at = whole_blocks > 0 ? next.data : tail;
  }

  bool IsLast() const { return whole_blocks == 0 && tail_blocks == 1; }

  // Blocks before something changes.
  uint64_t Blocks() const { return whole_blocks > 0 ? whole_blocks : 1; }

  // Returns whether the stream has ended.
  bool Advance(uint64_t blocks) {
    at += blocks * kBlockBytes;
    if (whole_blocks == 0) return --tail_blocks == 0;
    whole_blocks -= blocks;
    if (whole_blocks == 0) at = tail;
    return false;
  }
};

void FinishAlone(const DigestArm& arm, Progress& run, uint32_t state[kStateWords]) {
  for (bool ended = false; !ended;) {
    const uint64_t blocks = run.Blocks();
    const uint32_t is_last = run.IsLast() ? kYes : kNo;
    arm.advance_one(state, &run.at, &is_last, static_cast<size_t>(blocks));
    ended = run.Advance(blocks);
  }
  WriteDigests(state, run.job->out);
}

class Lanes {
 public:
  Lanes(const DigestArm& arm, const std::vector<DigestJob>& jobs) : arm_(arm), jobs_(jobs) {}

  void Run() {
    for (size_t lane = 0; lane < arm_.lanes; lane++) BeginNext(lane);
    while (active_ > 0 && (active_ >= arm_.fewest_lanes || next_ < jobs_.size())) Step();
    for (size_t lane = 0; lane < arm_.lanes; lane++) {
      if (runs_[lane].job == nullptr) continue;
      uint32_t state[kStateWords];
      TakeState(lane, state);
      FinishAlone(arm_, runs_[lane], state);
    }
  }

 private:
  void BeginNext(size_t lane) {
    if (next_ == jobs_.size()) return;
    runs_[lane].Begin(jobs_[next_++]);
    active_++;
    for (size_t word = 0; word < kStateWords; word++) state_[word * arm_.lanes + lane] = kInitialState[word];
  }

  void TakeState(size_t lane, uint32_t state[kStateWords]) const {
    for (size_t word = 0; word < kStateWords; word++) state[word] = state_[word * arm_.lanes + lane];
  }

  void Step() {
    const uint8_t* data[kMaxLanes];
    alignas(64) uint32_t is_last[kMaxLanes];
    const uint8_t* readable = nullptr;
    uint64_t blocks = UINT64_MAX;
    for (size_t lane = 0; lane < arm_.lanes; lane++) {
      const Progress& run = runs_[lane];
      is_last[lane] = run.job != nullptr && run.IsLast() ? kYes : kNo;
      if (run.job == nullptr) continue;
      readable = run.at;
      blocks = std::min(blocks, run.Blocks());
    }
    // A lane with nothing to do reads what another one reads, and nobody asks for the outcome.
    for (size_t lane = 0; lane < arm_.lanes; lane++) {
      data[lane] = runs_[lane].job == nullptr ? readable : runs_[lane].at;
    }
    arm_.advance_lanes(state_, data, is_last, static_cast<size_t>(blocks));
    for (size_t lane = 0; lane < arm_.lanes; lane++) {
      if (runs_[lane].job != nullptr && runs_[lane].Advance(blocks)) End(lane);
    }
  }

  void End(size_t lane) {
    uint32_t state[kStateWords];
    TakeState(lane, state);
    WriteDigests(state, runs_[lane].job->out);
    runs_[lane].job = nullptr;
    active_--;
    BeginNext(lane);
  }

  const DigestArm& arm_;
  const std::vector<DigestJob>& jobs_;
  size_t next_ = 0;
  size_t active_ = 0;
  Progress runs_[kMaxLanes];
  alignas(64) uint32_t state_[kStateWords * kMaxLanes];
};

}  // namespace

void DigestBatch(const DigestArm& arm, std::vector<DigestJob>& jobs) {
  std::sort(jobs.begin(), jobs.end(), [](const DigestJob& a, const DigestJob& b) { return a.size > b.size; });
  Lanes(arm, jobs).Run();
}

}  // namespace exhibit_hash
