// What all fuzz targets need: pieces cut from libFuzzer's bytes, and a finding that says what went wrong.

#ifndef EXHIBIT_HASH_FUZZ_SUPPORT_H_
#define EXHIBIT_HASH_FUZZ_SUPPORT_H_

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include "common/isa.h"

namespace exhibit_hash {
namespace fuzz {

// Ends the run as a finding.
[[noreturn]] inline void Fail(const char* what, const char* arm) {
  std::fprintf(stderr, "FINDING: %s (%s)\n", what, arm);
  std::abort();
}

inline void Require(bool holds, const char* what, const char* arm = "every arm") {
  if (!holds) Fail(what, arm);
}

// Calls `run(isa)` for every instruction set that this machine has.
template <typename Run>
void ForEachIsa(Run run) {
  for (Isa isa : kIsasBestFirst) {
    if (IsaAvailable(isa)) run(isa);
  }
}

// Noise that is the same every time.
inline uint8_t NextNoise(uint64_t& state) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return static_cast<uint8_t>(state >> 56);
}

// An input with noise to go on with where it ends: libFuzzer's are short, and all that is asked for after the end would
// be zero. It stands there twice, because numbers are taken from the end and bytes from the beginning.
inline std::vector<uint8_t> WithNoise(const uint8_t* data, size_t size) {
  constexpr size_t kNoiseBytes = 2000;
  std::vector<uint8_t> bytes(data, data + size);
  uint64_t state = 1;
  for (size_t i = 0; i < kNoiseBytes; i++) bytes.push_back(NextNoise(state));
  bytes.insert(bytes.end(), data, data + size);
  return bytes;
}

// One run of a target over libFuzzer's bytes, with noise behind them.
template <typename Fuzz>
int RunWithNoise(const uint8_t* data, size_t size, Fuzz fuzz) {
  const std::vector<uint8_t> bytes = WithNoise(data, size);
  FuzzedDataProvider input(bytes.data(), bytes.size());
  fuzz(input);
  return 0;
}

// Small numbers mostly, and now and then the neighbourhood of a limit or any number at all.
inline uint64_t AnyNumber(FuzzedDataProvider& input, uint64_t plausible) {
  switch (input.ConsumeIntegralInRange<int>(0, 7)) {
    case 0:
      return input.ConsumeIntegral<uint64_t>();
    case 1:
      return std::numeric_limits<uint64_t>::max() - input.ConsumeIntegral<uint8_t>();
    case 2:
      return (uint64_t{1} << input.ConsumeIntegralInRange<int>(0, 63)) - input.ConsumeIntegralInRange<int>(0, 2);
    case 3:
      return plausible + input.ConsumeIntegralInRange<int>(0, 130) - 65;
    default:
      return input.ConsumeIntegralInRange<uint64_t>(0, plausible);
  }
}

// More bytes than libFuzzer's inputs have: its own again and again, or noise that they are the seed of. A vector of
// its own for each use, since the address sanitizer watches the ends of memory that was asked for.
inline std::vector<uint8_t> ManyBytes(FuzzedDataProvider& input, size_t size) {
  enum Kind { kOwn, kNoise, kBlackAndWhite, kNearlyOwn, kMaxValue = kNearlyOwn };
  const Kind kind = input.ConsumeEnum<Kind>();
  uint64_t state = input.ConsumeIntegral<uint32_t>() | uint64_t{1} << 32;
  const size_t most = kind == kNoise ? 0 : std::min<size_t>(size, 100);
  const std::vector<uint8_t> own = input.ConsumeBytes<uint8_t>(input.ConsumeIntegralInRange<size_t>(0, most));
  std::vector<uint8_t> bytes(size);
  for (size_t i = 0; i < size; i++) {
    const uint8_t noise = NextNoise(state);
    if (!own.empty()) bytes[i] = own[i % own.size()];
    if (kind == kNoise) bytes[i] = noise;
    if (kind == kBlackAndWhite && noise % 2 == 1) bytes[i] = 255;
    if (kind == kNearlyOwn) bytes[i] ^= noise % 4;
  }
  return bytes;
}

}  // namespace fuzz
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_FUZZ_SUPPORT_H_
