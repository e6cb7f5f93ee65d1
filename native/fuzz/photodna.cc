// Fuzzes the scan of PhotoDNA values: every arm of this machine finds what a plain loop finds.

#include "photodna/photodna.h"

#include "fuzz/naive_scan.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace exhibit_hash;
  const std::vector<uint8_t> bytes = fuzz::WithNoise(data, size);
  FuzzedDataProvider input(bytes.data(), bytes.size());
  fuzz::FuzzScan(input, kPhotoDnaBytes, fuzz::NaiveSquares, kPhotoDnaBytes * 255 * 255, PhotoDnaScanOf);
  return 0;
}
