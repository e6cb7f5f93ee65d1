// Source: ITU-T T.81, Annex G. A first scan has the DC values without their lowest bits, later ones have a bit each.

#include "jpeg/progressive.h"

#include <memory>

#include "jpeg/coefficients.h"
#include "jpeg/raster.h"
#include "jpeg/samples.h"
#include "jpeg/walk.h"

namespace exhibit_hash {
namespace {

class DcScans {
 public:
  explicit DcScans(const JpegState& state) : state_(state), frame_(state.frame) {
    const int h = frame_.component_count == 1 ? 1 : frame_.components[0].h;
    const int v = frame_.component_count == 1 ? 1 : frame_.components[0].v;
    stride_ = JpegCeil(frame_.width, 8 * h) * h;
    dc_.reset(new int16_t[static_cast<size_t>(stride_ * JpegCeil(frame_.height, 8 * v) * v)]());
  }

  // One scan of DC values.
  bool Read(JpegReader& reader, const JpegScan& scan);
  // All bits of luma are there.
  bool IsComplete() const { return low_[0] == 0; }
  void Write(uint8_t* out) const;

 private:
  bool IsNext(const JpegScan& scan) const;
  bool ReadData(const JpegScanData& data, const JpegScan& scan, const JpegLayout& layout);
  bool ReadMcu(const JpegScanData& data, const JpegScan& scan, const JpegLayout& layout, int64_t column, int64_t row,
               uint32_t& at);
  bool ReadBlock(const JpegScanData& data, const JpegScan& scan, int block, int16_t* dc, uint32_t& at);

  static constexpr int kNothing = 14;

  const JpegState& state_;
  const JpegFrame& frame_;
  // Of luma, with the blocks that only fill up an MCU.
  int64_t stride_;
  std::unique_ptr<int16_t[]> dc_;
  // The lowest bit of each component that has been read.
  int low_[3] = {kNothing, kNothing, kNothing};
  JpegCodes codes_[3];
  JpegDcSum sums_[3];
  // Of each block of an MCU, its component within the scan.
  uint8_t component_[kJpegMostMcuBlocks];
};

// Each component has one first scan, and then a bit at a time.
bool DcScans::IsNext(const JpegScan& scan) const {
  for (int i = 0; i < scan.component_count; i++) {
    const int low = low_[scan.component[i]];
    const bool is_next = scan.high == 0 ? low == kNothing : low == scan.high && scan.low == scan.high - 1;
    if (!is_next) return false;
  }
  return scan.low < kNothing;
}

bool DcScans::Read(JpegReader& reader, const JpegScan& scan) {
  if (scan.last != 0 || !IsNext(scan)) return false;
  const JpegLayout layout = JpegLayoutOf(frame_, scan);
  int block = 0;
  for (int i = 0; i < scan.component_count; i++) {
    const JpegHuffman& table = state_.dc[scan.dc_table[i]];
    if (scan.high == 0 && !table.is_defined) return false;
    if (scan.high == 0) codes_[i].Build(table);
    const JpegComponent& component = frame_.components[scan.component[i]];
    const int blocks = scan.component_count == 1 ? 1 : component.h * component.v;
    for (int j = 0; j < blocks; j++) component_[block++] = static_cast<uint8_t>(i);
    low_[scan.component[i]] = scan.low;
  }
  JpegScanData data;
  if (!data.Read(reader, state_.restart_interval > 0, nullptr)) return false;
  return JpegHasIntervals(data, layout, state_.restart_interval) && ReadData(data, scan, layout);
}

bool DcScans::ReadData(const JpegScanData& data, const JpegScan& scan, const JpegLayout& layout) {
  int64_t mcu = 0;
  for (const JpegInterval& interval : data.intervals()) {
    for (JpegDcSum& sum : sums_) sum.Restart();
    const int64_t end = state_.restart_interval == 0 ? layout.mcus() : mcu + state_.restart_interval;
    uint32_t at = interval.start;
    for (; mcu < end && mcu < layout.mcus(); mcu++) {
      if (!ReadMcu(data, scan, layout, mcu % layout.mcu_columns, mcu / layout.mcu_columns, at)) return false;
      if (at > interval.end) return false;
    }
    if (!JpegIsAtEnd(interval, at)) return false;
  }
  return true;
}

bool DcScans::ReadMcu(const JpegScanData& data, const JpegScan& scan, const JpegLayout& layout, int64_t column,
                      int64_t row, uint32_t& at) {
  int block = 0;
  for (int y = 0; y < layout.luma_v; y++) {
    int16_t* dc = dc_.get() + (row * layout.luma_v + y) * stride_ + column * layout.luma_h;
    for (int x = 0; x < layout.luma_h; x++) {
      if (!ReadBlock(data, scan, block++, dc + x, at)) return false;
    }
  }
  for (int16_t unused; block < layout.mcu_blocks; block++) {
    if (!ReadBlock(data, scan, block, &unused, at)) return false;
  }
  return true;
}

bool DcScans::ReadBlock(const JpegScanData& data, const JpegScan& scan, int block, int16_t* dc, uint32_t& at) {
  if (scan.high != 0) {
    const int bit = static_cast<int>(data.BitsAt(at++) >> 63);
    *dc = static_cast<int16_t>(*dc | bit << scan.low);
    return true;
  }
  JpegDcSum& sum = sums_[component_[block]];
  if (!sum.Add(data, codes_[component_[block]], at)) return false;
  const int32_t value = sum.value() * (1 << scan.low);
  *dc = static_cast<int16_t>(value);
  return value >= -kJpegMostDc && value <= kJpegMostDc;
}

void DcScans::Write(uint8_t* out) const {
  const JpegQuantisation& quantisation = state_.quantisation[frame_.components[0].quantisation];
  const int64_t width = JpegReducedSide(frame_.width, JpegReduction::kEighth);
  const int64_t height = JpegReducedSide(frame_.height, JpegReduction::kEighth);
  for (int64_t y = 0; y < height; y++) {
    for (int64_t x = 0; x < width; x++) out[y * width + x] = JpegMean(dc_[y * stride_ + x], quantisation);
  }
}

}  // namespace

bool JpegReadProgressive(JpegReader& reader, JpegState& state, JpegScan& scan, uint8_t* out) {
  DcScans scans(state);
  JpegNext next = JpegNext::kScan;
  while (next == JpegNext::kScan) {
    const bool is_dc = scan.first == 0;
    if (!(is_dc ? scans.Read(reader, scan) : JpegSkipScan(reader))) return false;
    next = JpegReadMarkers(reader, state, scan);
  }
  if (next != JpegNext::kEnd || !scans.IsComplete()) return false;
  scans.Write(out);
  return true;
}

}  // namespace exhibit_hash
