// Fuzzes the scan by Hamming distance: every arm of this machine finds what a plain loop finds.

#include "hamming/hamming.h"

#include "fuzz/naive_scan.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace exhibit_hash;
  return fuzz::RunWithNoise(data, size, [](FuzzedDataProvider& input) {
    fuzz::FuzzScan(input, input.ConsumeBool() ? 32 : 8, fuzz::NaiveHamming, 256, HammingScanOf);
  });
}
