// Large pictures in two passes: where every block begins, then the few coefficients of luma that are needed. Small ones
// in one pass, coefficient by coefficient, since the tables of the first pass would cost more than they save.

#include "jpeg/baseline.h"

#include <algorithm>
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
  bool ReadDifferences(const std::vector<uint32_t>& at, std::vector<int32_t>& differences) const;
  bool SumUp(std::vector<int32_t>& values, int64_t& until_restart);
  bool WriteEighth(uint8_t* out);
  bool WriteQuarter(uint8_t* out);

  // Calls `read(first block of the MCU, its column)` for all MCUs, with the sum at zero behind each restart.
  template <class Read>
  bool EachMcu(JpegBand& band, Read read) {
    int64_t until_restart = 0;
    for (int64_t row = 0, mcu = 0; row < layout_.mcu_rows; row++) {
      for (int64_t column = 0; column < layout_.mcu_columns; column++, mcu++, until_restart--) {
        if (until_restart == 0) {
          dc_.Restart();
          until_restart = state_.restart_interval == 0 ? layout_.mcus() : state_.restart_interval;
        }
        if (!read(mcu * layout_.mcu_blocks, column)) return false;
      }
      band.Write(row);
    }
    return true;
  }

  // Calls `write(its block of the scan, the place of its samples)` for the blocks of luma of an MCU.
  template <class Write>
  bool EachLuma(JpegBand& band, int64_t first, int64_t column, Write write) {
    for (int y = 0; y < layout_.luma_v; y++) {
      for (int x = 0; x < layout_.luma_h; x++) {
        if (!write(first++, band.Block(column * layout_.luma_h + x, y))) return false;
      }
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

// Differences of the blocks of luma that begin at these bits; false where there is no code for one.
bool Baseline::ReadDifferences(const std::vector<uint32_t>& at, std::vector<int32_t>& differences) const {
  const JpegCodes& codes = *tables_.phase(0).dc;
  const size_t count = at.size();
  if (arm_ == nullptr) {
    std::fill(differences.begin(), differences.end(), kJpegNoDifference);
  } else {
    arm_->differences(data_.bytes(), codes.short_codes(), at.data(), static_cast<int64_t>(count), differences.data());
  }
  for (size_t i = 0; i < count; i++) {
    uint32_t start = at[i];
    if (differences[i] == kJpegNoDifference && !JpegReadDifference(data_, codes, start, differences[i])) return false;
  }
  return true;
}

// From differences to values, in place, over one row of MCUs; false where one is none of a picture.
bool Baseline::SumUp(std::vector<int32_t>& values, int64_t& until_restart) {
  bool is_sound = true;
  for (size_t i = 0; i < values.size();) {
    if (state_.restart_interval > 0 && until_restart-- == 0) {
      dc_.Restart();
      until_restart = state_.restart_interval - 1;
    }
    for (int block = 0; block < layout_.luma_blocks(); block++, i++) {
      is_sound = dc_.Add(values[i]) && is_sound;
      values[i] = dc_.value();
    }
  }
  return is_sound;
}

bool Baseline::WriteEighth(uint8_t* out) {
  JpegBand band(state_.frame, layout_, JpegReduction::kEighth, out);
  // Of one row of MCUs: where its blocks of luma begin, their differences and then DC values, their samples.
  std::vector<uint32_t> at(static_cast<size_t>(layout_.mcu_columns * layout_.luma_blocks()));
  std::vector<int32_t> values(at.size());
  std::vector<uint8_t> samples(at.size());
  const uint32_t* start = starts_.get();
  int64_t until_restart = 0;
  for (int64_t row = 0; row < layout_.mcu_rows; row++) {
    for (size_t i = 0; i < at.size(); start += layout_.mcu_blocks) {
      for (int block = 0; block < layout_.luma_blocks(); block++) at[i++] = start[block];
    }
    if (!ReadDifferences(at, values) || !SumUp(values, until_restart)) return false;
    for (size_t i = 0; i < at.size(); i++) samples[i] = JpegMean(values[i], quantisation_);
    const uint8_t* sample = samples.data();
    for (int64_t column = 0; column < layout_.mcu_columns; column++) {
      for (int y = 0; y < layout_.luma_v; y++) {
        uint8_t* const place = band.Block(column * layout_.luma_h, y);
        for (int x = 0; x < layout_.luma_h; x++) place[x] = *sample++;
      }
    }
    band.Write(row);
  }
  return true;
}

bool Baseline::WriteQuarter(uint8_t* out) {
  JpegBand band(state_.frame, layout_, JpegReduction::kQuarter, out);
  constexpr int kLast = 4;
  const JpegPhase& luma = tables_.phase(0);
  return EachMcu(band, [&](int64_t first, int64_t column) {
    return EachLuma(band, first, column, [&](int64_t block, uint8_t* place) {
      int16_t coefficients[kJpegBlockSize];
      std::memset(coefficients, 0, (kLast + 1) * sizeof *coefficients);
      uint32_t at = starts_[block];
      const auto set = [&](int i, int32_t value) { coefficients[i] = static_cast<int16_t>(value); };
      if (!dc_.Add(data_, *luma.dc, at) || !JpegReadAc(data_, *luma.ac, kLast, at, set)) return false;
      coefficients[0] = static_cast<int16_t>(dc_.value());
      JpegQuarters(coefficients, quantisation_, place, place + band.stride());
      return true;
    });
  });
}

bool Baseline::WriteFull(uint8_t* out) {
  JpegBand band(state_.frame, layout_, JpegReduction::kNone, out);
  const JpegPhase& luma = tables_.phase(0);
  const JpegInterval* interval = data_.intervals().data();
  uint32_t at = 0;
  int64_t until_restart = state_.restart_interval;
  const bool is_read = EachMcu(band, [&](int64_t first, int64_t column) {
    if (state_.restart_interval > 0 && until_restart-- == 0) {
      if (!JpegIsAtEnd(*interval, at)) return false;
      at = (++interval)->start;
      until_restart = state_.restart_interval - 1;
    }
    const bool is_luma = EachLuma(band, first, column, [&](int64_t, uint8_t* place) {
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
    return true;
  });
  return is_read && JpegIsAtEnd(*interval, at);
}

bool IsWholeScan(const JpegFrame& frame, const JpegScan& scan) {
  return scan.component_count == frame.component_count && scan.first == 0 && scan.last == kJpegBlockSize - 1 &&
         scan.high == 0 && scan.low == 0;
}

}  // namespace

bool JpegReadBaseline(JpegReader& reader, JpegState& state, const JpegScan& scan, const JpegArm* arm,
                      JpegReduction reduction, uint8_t* out) {
  if (!IsWholeScan(state.frame, scan)) return false;
  Baseline baseline(state, scan, arm);
  if (!baseline.Read(reader)) return false;
  // Before the work is done: nothing but the end of the picture may follow.
  JpegScan other;
  if (JpegReadMarkers(reader, state, other) != JpegNext::kEnd) return false;
  return reduction == JpegReduction::kNone ? baseline.WriteFull(out) : baseline.WriteReduced(reduction, out);
}

}  // namespace exhibit_hash
