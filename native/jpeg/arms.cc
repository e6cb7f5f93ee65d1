// Which arm an instruction set means, and whether this machine gets on with it.

#include <chrono>

#include "jpeg/wide.h"

namespace exhibit_hash {
namespace {

constexpr int kPlaces = 16, kLooks = 256;

// The shortest of some rounds, in nanoseconds: others may have the core in between.
int64_t ShortestRound(void (*follow)(const uint32_t* next, uint32_t* places, int looks)) {
  constexpr int kRounds = 16, kRing = 1024, kStride = 397;
  uint32_t next[kRing], places[kPlaces];
  for (int i = 0; i < kRing; i++) next[i] = static_cast<uint32_t>((i + kStride) % kRing);
  for (int i = 0; i < kPlaces; i++) places[i] = static_cast<uint32_t>(i * 61);
  int64_t shortest = INT64_MAX;
  volatile uint32_t seen = 0;
  for (int round = 0; round < kRounds; round++) {
    const auto start = std::chrono::steady_clock::now();
    follow(next, places, kLooks);
    const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - start;
    if (taken.count() < shortest) shortest = taken.count();
    // Somebody looks at them: else compilers would leave the work out.
    for (const uint32_t place : places) seen = place;
  }
  static_cast<void>(seen);
  return shortest;
}

void FollowOneByOne(const uint32_t* next, uint32_t* places, int looks) {
  for (int i = 0; i < looks; i++) {
    for (int place = 0; place < kPlaces; place++) places[place] = next[places[place]];
  }
}

// Where microcode guards against Gather Data Sampling, a processor gathers many times slower than it loads; where none
// does, three to four times, and the rest of a vector's work makes up for it.
bool GathersFast(const JpegArm& arm) {
  constexpr int64_t kSlow = 8;
  return ShortestRound(arm.follow) < kSlow * ShortestRound(FollowOneByOne);
}

}  // namespace

const JpegArm* JpegArmOf(Isa isa) {
#if EXHIBIT_HASH_X86_ARMS
  if (isa == Isa::kAvx512) return &kJpegAvx512;
#endif
  static_cast<void>(isa);
  return nullptr;
}

bool JpegArmPays(const JpegArm& arm) {
  // There is one at most.
  static const bool pays = GathersFast(arm);
  return pays;
}

}  // namespace exhibit_hash
