// Fuzzes the JPEG kernel: whole files, whose baseline scans are held to the naive reader, whichever way they are
// walked.

#include <cstring>

#include "fuzz/naive_jpeg.h"
#include "fuzz/support.h"
#include "jpeg/jpeg.h"
#include "jpeg/walk.h"
#include "jpeg/wide.h"

namespace exhibit_hash {
namespace fuzz {
namespace {

// More is what headers claim and no short file has.
constexpr int64_t kMostSamples = 1 << 20;

// The file up to its first scan; what follows is looked at by whoever needs it.
struct Header {
  JpegReader reader;
  JpegState state;
  JpegScan scan;
  bool has_scan;
};

Header ReadHeader(const uint8_t* file, size_t size) {
  Header header = {{file, size, 0}, {}, {}, false};
  header.has_scan =
      JpegStart(header.reader) && JpegReadMarkers(header.reader, header.state, header.scan) == JpegNext::kScan;
  return header;
}

// Samples of one block, `side` a row.
std::vector<uint8_t> SamplesOf(const std::vector<int16_t>& block, const JpegQuantisation& steps, int side) {
  std::vector<uint8_t> samples(static_cast<size_t>(side * side));
  if (side == 1) samples[0] = JpegMean(block[0], steps);
  if (side == 2) JpegQuarters({block[0], block[1], block[2], block[4]}, steps, &samples[0], &samples[2]);
  if (side == 8) {
    uint32_t scaled[kJpegBlockSize];
    for (int i = 0; i < kJpegBlockSize; i++) {
      scaled[kJpegZigzag[i]] = static_cast<uint32_t>(int32_t{block[static_cast<size_t>(i)]} * steps.steps[i]);
    }
    JpegSamples(scaled, samples.data(), 8);
  }
  return samples;
}

std::vector<uint8_t> NaiveRaster(const Header& header, const NaivePicture& picture, int reduction) {
  const JpegFrame& frame = header.state.frame;
  const JpegQuantisation& steps = header.state.quantisation[frame.components[0].quantisation];
  const int side = 8 / reduction, h = picture.luma_h, v = picture.luma_v;
  const int width = (frame.width + reduction - 1) / reduction, height = (frame.height + reduction - 1) / reduction;
  std::vector<uint8_t> raster(static_cast<size_t>(width) * height);
  for (size_t i = 0; i < picture.luma.size(); i++) {
    const int mcu = static_cast<int>(i) / (h * v), within = static_cast<int>(i) % (h * v);
    const int left = (mcu % picture.mcu_columns * h + within % h) * side;
    const int top = (mcu / picture.mcu_columns * v + within / h) * side;
    const std::vector<uint8_t> samples = SamplesOf(picture.luma[i], steps, side);
    for (int j = 0; j < side * side; j++) {
      const int x = left + j % side, y = top + j / side;
      if (x < width && y < height) raster[static_cast<size_t>(y) * width + x] = samples[j];
    }
  }
  return raster;
}

// Every instruction set that this machine has and that reads JPEGs in a way of its own.
std::vector<Isa> Isas() {
  std::vector<Isa> isas = {Isa::kScalar};
  for (const Isa isa : kIsasBestFirst) {
    if (IsaAvailable(isa) && JpegArmOf(isa) != nullptr) isas.push_back(isa);
  }
  return isas;
}

// Starts of blocks, walked in one job and in as many as there can be, by every arm. Where luma is refused, the walk
// alone need not be.
void CheckWalks(const Header& header, const NaivePicture* expected) {
  const JpegLayout layout = JpegLayoutOf(header.state.frame, header.scan);
  JpegTables tables;
  if (!tables.Build(header.state, layout)) return;
  tables.BuildSteps();
  std::vector<uint32_t> first;
  bool is_first_found = false;
  for (const Isa isa : Isas()) {
    JpegReader reader = header.reader;
    JpegScanData data;
    const bool is_read = data.Read(reader, header.state.restart_interval > 0, JpegArmOf(isa)) &&
                         JpegHasIntervals(data, layout, header.state.restart_interval);
    if (isa == Isa::kScalar && !is_read) return;
    Require(is_read, "data are read by every arm, or by none");
    for (const uint32_t least_job_bits : {1u << 16, 4096u, 512u, 64u}) {
      std::vector<uint32_t> starts(static_cast<size_t>(layout.blocks()) + 1);
      const bool is_found = JpegFindBlocks(data, tables, layout, header.state.restart_interval, JpegArmOf(isa),
                                           least_job_bits, starts.data());
      starts.pop_back();
      if (first.empty()) {
        first = starts;
        is_first_found = is_found;
      }
      Require(is_found == is_first_found, "jobs of any size find all blocks, or none does");
      if (is_found) Require(starts == first, "jobs of any size find the same blocks");
    }
  }
  if (expected == nullptr) return;
  Require(is_first_found && first == expected->starts, "the blocks begin where the naive reader has them");
}

void CheckBaseline(const uint8_t* file, size_t size, const Header& header) {
  const size_t at = header.reader.at;
  NaivePicture picture;
  bool is_sound = true;
  try {
    picture = NaiveBaseline(header.state, header.scan, file + at, size - at);
  } catch (const Refused&) {
    is_sound = false;
  }
  CheckWalks(header, is_sound ? &picture : nullptr);
  for (const int reduction : {1, 4, 8}) {
    const int width = (header.state.frame.width + reduction - 1) / reduction;
    std::vector<uint8_t> out(static_cast<size_t>(width) * ((header.state.frame.height + reduction - 1) / reduction));
    bool is_first_taken = false;
    for (const Isa isa : Isas()) {
      const bool is_taken = JpegLuma(isa, file, size, static_cast<JpegReduction>(reduction), out.data(), out.size());
      if (isa == Isa::kScalar) is_first_taken = is_taken;
      Require(is_taken == is_first_taken, "every arm takes a file, or none does");
      // The end of the file may refuse it too, so that a sound scan need not be taken.
      Require(is_sound || !is_taken, "what the naive reader refuses is refused");
      if (is_taken) Require(out == NaiveRaster(header, picture, reduction), "the raster is the naive one");
    }
  }
}

bool IsBaseline(const Header& header) {
  const JpegScan& scan = header.scan;
  return !header.state.frame.is_progressive && scan.component_count == header.state.frame.component_count &&
         scan.first == 0 && scan.last == 63 && scan.high == 0 && scan.low == 0;
}

void FuzzJpeg(const uint8_t* file, size_t size) {
  const Header header = ReadHeader(file, size);
  const JpegFrame& frame = header.state.frame;
  uint8_t nothing = 0;
  // No raster of an ordinary picture has no samples.
  Require(!JpegLuma(Isa::kScalar, file, size, JpegReduction::kEighth, &nothing, 0),
          "a raster without samples is refused");
  if (!header.has_scan || int64_t{frame.width} * frame.height > kMostSamples) return;
  if (IsBaseline(header)) return CheckBaseline(file, size, header);
  std::vector<uint8_t> out(static_cast<size_t>((frame.width + 7) / 8) * ((frame.height + 7) / 8));
  JpegLuma(Isa::kScalar, file, size, JpegReduction::kEighth, out.data(), out.size());
}

}  // namespace
}  // namespace fuzz
}  // namespace exhibit_hash

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  exhibit_hash::fuzz::FuzzJpeg(data, size);
  return 0;
}
