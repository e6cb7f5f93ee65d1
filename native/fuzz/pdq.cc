// Fuzzes PDQ: rasters of any size and content through every arm of this machine, which must give the naive bits.

#include <cstring>
#include <stdexcept>

#include "fuzz/naive_pdq.h"
#include "fuzz/support.h"
#include "pdq/hash.h"

namespace exhibit_hash {
namespace fuzz {
namespace {

// Most are quick; in the largest, windows of three fit both ways.
constexpr int64_t kMostPixels[] = {2000, 20000, 270 * 270};

// Claims of sizes that no memory stands behind: they are refused, and what they would need can be computed.
void CheckClaims(FuzzedDataProvider& input) {
  const int64_t width = input.ConsumeIntegralInRange<int64_t>(1, kPdqMaxSide);
  const int64_t height = input.ConsumeIntegralInRange<int64_t>(1, kPdqMaxSide);
  const int64_t channels = input.ConsumeIntegralInRange<int64_t>(-1, 5);
  const bool is_possible = channels == 1 || channels == 3;
  const uint64_t needed = is_possible ? static_cast<uint64_t>(width) * height * channels : 0;
  const uint64_t bytes = input.ConsumeBool() ? needed : AnyNumber(input, needed);
  bool is_accepted = true;
  try {
    CheckedPdqInput(nullptr, bytes, width, height, channels);
  } catch (const std::invalid_argument&) {
    is_accepted = false;
  }
  Require(is_accepted == (is_possible && bytes == needed), "a raster is accepted exactly where its sizes hold");
  ForEachIsa([&](Isa isa) {
    const size_t scratch = PdqArmOf(isa).scratch_bytes({nullptr, width, height, 3});
    Require(scratch >= static_cast<size_t>(width) * sizeof(float), "scratch memory holds a row", IsaName(isa));
  });
}

void CheckHash(const PdqInput& raster, PdqWant want) {
  const size_t bytes = PdqOutBytes(want);
  std::vector<uint8_t> expected(bytes);
  const bool is_hashed = raster.width >= kPdqMinSide && raster.height >= kPdqMinSide;
  const int quality = is_hashed ? NaivePdq(raster, want, expected.data()) : 0;
  ForEachIsa([&](Isa isa) {
    std::vector<uint8_t> out(bytes);
    Require(PdqHash(PdqArmOf(isa), raster, want, out.data()) == quality, "the quality is the naive one", IsaName(isa));
    Require(out == expected, "the hash is the naive one", IsaName(isa));
  });
}

int64_t AnySide(FuzzedDataProvider& input, int64_t most) {
  const int64_t limits[] = {20, 70, 140, 270, 2100};
  return input.ConsumeIntegralInRange<int64_t>(1, std::min(most, input.PickValueInArray(limits)));
}

void FuzzPdq(FuzzedDataProvider& input) {
  if (input.ConsumeIntegralInRange<int>(0, 15) == 0) CheckClaims(input);
  const int64_t most_pixels = input.PickValueInArray(kMostPixels);
  int64_t width = AnySide(input, most_pixels);
  int64_t height = AnySide(input, most_pixels / width);
  if (input.ConsumeIntegralInRange<int>(0, 31) == 0) width = height = 64;
  const int channels = input.ConsumeBool() ? 3 : 1;
  const PdqWant want = input.ConsumeBool() ? PdqWant::kDihedral : PdqWant::kSingle;
  const std::vector<uint8_t> pixels = ManyBytes(input, static_cast<size_t>(width * height * channels));
  CheckHash(CheckedPdqInput(pixels.data(), pixels.size(), width, height, channels), want);
}

}  // namespace
}  // namespace fuzz
}  // namespace exhibit_hash

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return exhibit_hash::fuzz::RunWithNoise(data, size, exhibit_hash::fuzz::FuzzPdq);
}
