// Cuts a scan into jobs, and joins those whose start was guessed to the true stream.

#include "jpeg/walk.h"

#include <algorithm>
#include <cstring>

#include "jpeg/coefficients.h"
#include "jpeg/lanes.h"

namespace exhibit_hash {
namespace {

bool FindBetweenRestarts(const JpegScanData& data, const JpegTables& tables, const JpegLayout& layout,
                         int restart_interval, const JpegArm* arm, uint32_t* starts) {
  const int64_t usual = int64_t{restart_interval} * layout.mcu_blocks;
  std::vector<JpegJob> jobs;
  jobs.reserve(data.intervals().size());
  int64_t first = 0;
  for (const JpegInterval& interval : data.intervals()) {
    const uint32_t blocks = static_cast<uint32_t>(std::min(usual, layout.blocks() - first));
    jobs.push_back({false, interval.start, interval.end, blocks, starts + first, 0, 0});
    first += blocks;
  }
  if (!JpegRunJobs(data, tables, arm, jobs)) return false;
  for (size_t i = 0; i < jobs.size(); i++) {
    if (jobs[i].blocks != jobs[i].most_blocks || !JpegIsAtEnd(data.intervals()[i], jobs[i].end)) return false;
    // The end of the job before it has been written over it.
    jobs[i].starts[0] = jobs[i].start;
  }
  return true;
}

// The true stream: so many blocks are known, and the next one begins `at`.
struct TrueStream {
  uint32_t* starts;
  int64_t blocks;
  uint32_t at;

  bool Skip(const JpegScanData& data, const JpegPhase& phase, uint32_t end) {
    // The last block may have gone past the end, behind which there are zeros for one.
    if (at > end) return false;
    starts[blocks++] = at;
    return JpegSkipBlock(data, phase, at) && at <= end;
  }

  void Take(const uint32_t* found, int64_t count) {
    std::memcpy(starts + blocks, found, static_cast<size_t>(count) * sizeof *found);
    blocks += count;
    at = found[count];
  }
};

// Walks on until a block of the guess begins where a block of the true stream does, in a phase like its own: from there
// the two are one. Where that never happens, the true stream has walked all that the guess had.
bool Join(const JpegScanData& data, const JpegTables& tables, const JpegLayout& layout, const JpegJob& guess,
          TrueStream& stream) {
  const int phases = tables.phase_count();
  uint32_t i = 0;
  while (stream.blocks < layout.blocks()) {
    while (i < guess.blocks && guess.starts[i] < stream.at) i++;
    if (i == guess.blocks) return true;
    if (guess.starts[i] == stream.at && tables.AreAlike(stream.blocks % phases, i % phases)) {
      stream.Take(guess.starts + i, std::min<int64_t>(guess.blocks - i, layout.blocks() - stream.blocks));
      return true;
    }
    if (!stream.Skip(data, tables.phase(stream.blocks % phases), data.intervals()[0].end)) return false;
  }
  return true;
}

// Bits of the scan, from the first job to the last, and room for what they find.
class Cuts {
 public:
  Cuts(uint32_t end, int64_t blocks, uint32_t most_jobs, uint32_t least_job_bits)
      : count_(std::min(most_jobs, std::max(1u, end / least_job_bits))), step_(end / count_ / 8 * 8), end_(end) {
    // More than a job of usual data has. Where that is not enough, the true stream walks the rest.
    most_guessed_ = static_cast<uint32_t>(4 * (blocks / count_) + 1024);
    memory_.reset(new uint32_t[(count_ - 1) * (most_guessed_ + size_t{1})]);
  }

  std::vector<JpegJob> Jobs(uint32_t* starts, int64_t blocks) const {
    std::vector<JpegJob> jobs;
    for (uint32_t i = 0; i < count_; i++) {
      const uint32_t stop = i + 1 == count_ ? end_ : step_ * (i + 1);
      if (i == 0) {
        jobs.push_back({false, 0, stop, static_cast<uint32_t>(blocks), starts, 0, 0});
      } else {
        uint32_t* const found = memory_.get() + (i - 1) * (most_guessed_ + size_t{1});
        jobs.push_back({true, step_ * i, stop, most_guessed_, found, 0, 0});
      }
    }
    return jobs;
  }

 private:
  uint32_t count_, step_, end_, most_guessed_;
  std::unique_ptr<uint32_t[]> memory_;
};

bool FindWithoutRestarts(const JpegScanData& data, const JpegTables& tables, const JpegLayout& layout,
                         const JpegArm* arm, uint32_t least_job_bits, uint32_t* starts) {
  const JpegInterval& whole = data.intervals()[0];
  const Cuts cuts(whole.end, layout.blocks(), JpegMostJobs(arm), least_job_bits);
  std::vector<JpegJob> jobs = cuts.Jobs(starts, layout.blocks());
  if (!JpegRunJobs(data, tables, arm, jobs)) return false;
  TrueStream stream = {starts, jobs[0].blocks, jobs[0].end};
  for (size_t i = 1; i < jobs.size(); i++) {
    if (!Join(data, tables, layout, jobs[i], stream)) return false;
  }
  while (stream.blocks < layout.blocks()) {
    if (!stream.Skip(data, tables.phase(stream.blocks % tables.phase_count()), whole.end)) return false;
  }
  return JpegIsAtEnd(whole, stream.at);
}

}  // namespace

bool JpegSkipBlock(const JpegScanData& data, const JpegPhase& phase, uint32_t& at) {
  const JpegCode dc = phase.dc->Find(data.BitsAt(at));
  if (dc.bits == 0 || dc.symbol > kJpegMostDcBits) return false;
  at += dc.bits + dc.symbol;
  return JpegReadAc(data, *phase.ac, kJpegBlockSize - 1, at, [](int, int32_t) {});
}

bool JpegHasIntervals(const JpegScanData& data, const JpegLayout& layout, int restart_interval) {
  const int64_t mcus = restart_interval == 0 ? layout.mcus() : restart_interval;
  return static_cast<int64_t>(data.intervals().size()) == JpegCeil(layout.mcus(), mcus);
}

bool JpegFindBlocks(const JpegScanData& data, const JpegTables& tables, const JpegLayout& layout, int restart_interval,
                    const JpegArm* arm, uint32_t least_job_bits, uint32_t* starts) {
  if (restart_interval == 0) return FindWithoutRestarts(data, tables, layout, arm, least_job_bits, starts);
  return FindBetweenRestarts(data, tables, layout, restart_interval, arm, starts);
}

}  // namespace exhibit_hash
