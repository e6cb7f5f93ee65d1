// Large pictures in two passes: where every block begins, then the few coefficients of luma that are needed. Small ones
// in one pass, coefficient by coefficient, since the tables of the first pass would cost more than they save.

#include "jpeg/baseline.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "jpeg/coefficients.h"
#include "jpeg/raster.h"
#include "jpeg/samples.h"
#include "jpeg/walk.h"

namespace exhibit_hash {
namespace {

class Baseline {
 public:
  Baseline(const JpegState& state, const JpegScan& scan, const JpegArm* arm)
      : state_(state),
        arm_(arm),
        layout_(JpegLayoutOf(state.frame, scan)),
        quantisation_(state.quantisation[state.frame.components[0].quantisation]) {}

  bool Read(JpegReader& reader) {
    return tables_.Build(state_, layout_) && data_.Read(reader, state_.restart_interval > 0, arm_) &&
           JpegHasIntervals(data_, layout_, state_.restart_interval) && HasRoom();
  }

  bool WriteReduced(JpegReduction reduction, uint8_t* out) {
    tables_.BuildSteps();
    starts_.reset(new uint32_t[static_cast<size_t>(layout_.blocks()) + 1]);
    const uint32_t least_job_bits = JpegLeastJobBits(arm_);
    if (!JpegFindBlocks(data_, tables_, layout_, state_.restart_interval, arm_, least_job_bits, starts_.get())) {
      return false;
    }
    if (reduction == JpegReduction::kEighth) return WriteEighth(out);
    return WriteQuarter(out);
  }

  bool WriteFull(uint8_t* out);

 private:
  // No block is shorter than two codes of one bit: what claims more blocks than that gets no memory for them.
  bool HasRoom() const { return layout_.blocks() <= data_.intervals().back().end / 2; }
  // Blocks of luma in a row of MCUs.
  size_t RowBlocks() const { return static_cast<size_t>(layout_.mcu_columns * layout_.luma_blocks()); }
  const uint32_t* TakeStarts(const uint32_t* start, std::vector<uint32_t>& at) const;
  bool ReadDifferences(const std::vector<uint32_t>& at, std::vector<int32_t>& differences) const;
  bool ReadQuarters(const std::vector<uint32_t>& at, std::vector<int32_t>& out) const;
  bool SumUp(size_t blocks, std::vector<int32_t>& values, int64_t& until_restart);
  bool WriteEighth(uint8_t* out);
  bool WriteQuarter(uint8_t* out);

  // Calls `write(the place of its samples)` for the blocks of luma of an MCU, until one is false.
  template <class Write>
  bool EachLuma(JpegBand& band, int64_t column, Write write) {
    for (int y = 0; y < layout_.luma_v; y++) {
      for (int x = 0; x < layout_.luma_h; x++) {
        if (!write(band.Block(column * layout_.luma_h + x, y))) return false;
      }
    }
    return true;
  }

  // Row by row of MCUs: `read(where its blocks of luma begin, values)` puts their differences first, which become DC
  // values; `write()` puts their samples into the band.
  template <class Read, class Write>
  bool EachRow(JpegBand& band, std::vector<uint32_t>& at, std::vector<int32_t>& values, Read read, Write write) {
    const uint32_t* start = starts_.get();
    int64_t until_restart = 0;
    for (int64_t row = 0; row < layout_.mcu_rows; row++) {
      start = TakeStarts(start, at);
      if (!read() || !SumUp(at.size(), values, until_restart)) return false;
      write();
      band.Write(row);
    }
    return true;
  }

  const JpegState& state_;
  const JpegArm* const arm_;
  const JpegLayout layout_;
  const JpegQuantisation& quantisation_;
  JpegTables tables_;
  JpegScanData data_;
  JpegDcSum dc_;
  std::unique_ptr<uint32_t[]> starts_;
};

// The first `kBlocks` of every `all`; returns what comes behind them.
template <int kBlocks>
const uint32_t* TakeFirst(const uint32_t* from, int all, std::vector<uint32_t>& out) {
  for (size_t i = 0; i < out.size(); i += kBlocks, from += all) {
    std::memcpy(out.data() + i, from, kBlocks * sizeof *from);
  }
  return from;
}

// Where the blocks of luma of a row of MCUs begin, in the order of the scan; returns where those of the next row are.
const uint32_t* Baseline::TakeStarts(const uint32_t* start, std::vector<uint32_t>& at) const {
  switch (layout_.luma_blocks()) {
    case 4:
      return TakeFirst<4>(start, layout_.mcu_blocks, at);
    case 2:
      return TakeFirst<2>(start, layout_.mcu_blocks, at);
    default:
      return TakeFirst<1>(start, layout_.mcu_blocks, at);
  }
}

// Differences of the blocks that begin at these bits; false where there is no code for one.
bool Baseline::ReadDifferences(const std::vector<uint32_t>& at, std::vector<int32_t>& differences) const {
  const JpegCodes& codes = *tables_.phase(0).dc;
  const size_t count = at.size();
  if (arm_ == nullptr) {
    std::fill(differences.begin(), differences.end(), kJpegNoDifference);
  } else {
    arm_->differences(data_.bytes(), codes.short_codes(), at.data(), static_cast<int64_t>(count), differences.data());
  }
  int32_t* const all = differences.data();
  for (size_t i = 0; i < count; i++) {
    if (all[i] != kJpegNoDifference) continue;
    uint32_t start = at[i];
    if (!JpegReadDifference(data_, codes, start, all[i])) return false;
  }
  return true;
}

// The same, and behind all differences all coefficients 1, then 2, then 4.
bool Baseline::ReadQuarters(const std::vector<uint32_t>& at, std::vector<int32_t>& out) const {
  const JpegPhase& luma = tables_.phase(0);
  const size_t count = at.size();
  if (arm_ == nullptr) {
    std::fill(out.begin(), out.begin() + static_cast<int64_t>(count), kJpegNoDifference);
  } else {
    arm_->quarters(data_.bytes(), luma.dc->short_codes(), luma.ac->short_codes(), at.data(),
                   static_cast<int64_t>(count), out.data());
  }
  for (size_t i = 0; i < count; i++) {
    if (out[i] != kJpegNoDifference) continue;
    constexpr int kLast = 4;
    int32_t coefficients[kLast + 1] = {};
    uint32_t start = at[i];
    const auto set = [&](int place, int32_t value) {
      if (place <= kLast) coefficients[place] = value;
    };
    if (!JpegReadDifference(data_, *luma.dc, start, out[i]) || !JpegReadAc(data_, *luma.ac, kLast, start, set)) {
      return false;
    }
    out[count + i] = coefficients[1];
    out[2 * count + i] = coefficients[2];
    out[3 * count + i] = coefficients[4];
  }
  return true;
}

// From differences to values, in place, over one row of MCUs; false where one is none of a picture.
bool Baseline::SumUp(size_t blocks, std::vector<int32_t>& values, int64_t& until_restart) {
  const int64_t an_mcu = layout_.luma_blocks();
  bool is_sound = true;
  for (int64_t i = 0, end = static_cast<int64_t>(blocks); i < end;) {
    int64_t run = end - i;
    if (state_.restart_interval > 0) {
      if (until_restart == 0) {
        dc_.Restart();
        until_restart = state_.restart_interval;
      }
      run = std::min(run, until_restart * an_mcu);
      until_restart -= run / an_mcu;
    }
    is_sound = dc_.AddAll(values.data() + i, run) && is_sound;
    i += run;
  }
  return is_sound;
}

// From the order of the scan, in which the blocks of an MCU stand together, to rows of the picture.
template <int kAcross>
void PutBlocks(const uint8_t* samples, int down, int64_t columns, JpegBand& band) {
  for (int y = 0; y < down; y++) {
    uint8_t* row = band.Block(0, y);
    for (int64_t column = 0; column < columns; column++) {
      std::memcpy(row + column * kAcross, samples + (column * down + y) * kAcross, kAcross);
    }
  }
}

bool Baseline::WriteEighth(uint8_t* out) {
  JpegBand band(state_.frame, layout_, JpegReduction::kEighth, out);
  std::vector<uint32_t> at(RowBlocks());
  std::vector<int32_t> values(at.size());
  std::vector<uint8_t> means(at.size());
  return EachRow(
      band, at, values, [&] { return ReadDifferences(at, values); },
      [&] {
        for (size_t i = 0; i < means.size(); i++) means[i] = JpegMean(values[i], quantisation_);
        if (layout_.luma_h == 1) return PutBlocks<1>(means.data(), layout_.luma_v, layout_.mcu_columns, band);
        if (layout_.luma_h == 2) return PutBlocks<2>(means.data(), layout_.luma_v, layout_.mcu_columns, band);
        PutBlocks<4>(means.data(), layout_.luma_v, layout_.mcu_columns, band);
      });
}

bool Baseline::WriteQuarter(uint8_t* out) {
  JpegBand band(state_.frame, layout_, JpegReduction::kQuarter, out);
  std::vector<uint32_t> at(RowBlocks());
  const size_t blocks = at.size();
  std::vector<int32_t> values(4 * blocks);
  return EachRow(
      band, at, values, [&] { return ReadQuarters(at, values); },
      [&] {
        size_t i = 0;
        for (int64_t column = 0; column < layout_.mcu_columns; column++) {
          EachLuma(band, column, [&](uint8_t* place) {
            const JpegLowest lowest = {values[i], values[blocks + i], values[2 * blocks + i], values[3 * blocks + i]};
            JpegQuarters(lowest, quantisation_, place, place + band.stride());
            i++;
            return true;
          });
        }
      });
}

bool Baseline::WriteFull(uint8_t* out) {
  JpegBand band(state_.frame, layout_, JpegReduction::kNone, out);
  const JpegPhase& luma = tables_.phase(0);
  const JpegInterval* interval = data_.intervals().data();
  uint32_t at = 0;
  int64_t until_restart = state_.restart_interval;
  for (int64_t row = 0; row < layout_.mcu_rows; row++) {
    for (int64_t column = 0; column < layout_.mcu_columns; column++) {
      if (state_.restart_interval > 0 && until_restart-- == 0) {
        if (!JpegIsAtEnd(*interval, at)) return false;
        at = (++interval)->start;
        dc_.Restart();
        until_restart = state_.restart_interval - 1;
      }
      const bool is_luma = EachLuma(band, column, [&](uint8_t* place) {
        uint32_t block[kJpegBlockSize] = {};
        const auto set = [&](int i, int32_t value) {
          block[kJpegZigzag[i]] = static_cast<uint32_t>(value * quantisation_.steps[i]);
        };
        if (!dc_.Add(data_, *luma.dc, at) || !JpegReadAc(data_, *luma.ac, kJpegBlockSize - 1, at, set)) return false;
        set(0, dc_.value());
        JpegSamples(block, place, band.stride());
        return at <= interval->end;
      });
      if (!is_luma) return false;
      for (int i = layout_.luma_blocks(); i < layout_.mcu_blocks; i++) {
        if (!JpegSkipBlock(data_, tables_.phase(i), at) || at > interval->end) return false;
      }
    }
    band.Write(row);
  }
  return JpegIsAtEnd(*interval, at);
}

bool IsWholeScan(const JpegFrame& frame, const JpegScan& scan) {
  return scan.component_count == frame.component_count && scan.first == 0 && scan.last == kJpegBlockSize - 1 &&
         scan.high == 0 && scan.low == 0;
}

}  // namespace

bool JpegReadBaseline(JpegReader& reader, const JpegState& state, const JpegScan& scan, const JpegArm* arm,
                      JpegReduction reduction, uint8_t* out) {
  if (!IsWholeScan(state.frame, scan)) return false;
  Baseline baseline(state, scan, arm);
  if (!baseline.Read(reader)) return false;
  // Before the work is done: nothing but the end of the picture may follow. What is said there is no longer for this
  // scan.
  JpegState behind = state;
  JpegScan other;
  if (JpegReadMarkers(reader, behind, other) != JpegNext::kEnd) return false;
  return reduction == JpegReduction::kNone ? baseline.WriteFull(out) : baseline.WriteReduced(reduction, out);
}

}  // namespace exhibit_hash
