// SHA-256 alone: the choice of the arm, and the plain arm that the others answer to.

#include "digest/sha256.h"

#include <cstring>

#include "digest/padding.h"
#include "digest/scalar_lane.h"

namespace exhibit_hash {

namespace {

Sha256Blocks FastestArm() {
#if EXHIBIT_HASH_X86_ARMS
  static const bool can_run_sha_ni = CanRunShaNi();
  if (can_run_sha_ni) return Sha256BlocksShaNi;
#endif
  return Sha256BlocksScalar;
}

}  // namespace

void Sha256BlocksScalar(uint32_t state[8], const uint8_t* data, size_t blocks) {
  for (size_t block = 0; block < blocks; block++, data += 64) {
    uint32_t w[16];
    ScalarLane::LoadBlocks(&data, w);
    for (uint32_t& word : w) word = ScalarLane::SwapBytes(word);
    Sha256Block<ScalarLane>(state, w);
  }
}

void Sha256With(Sha256Blocks arm, const uint8_t* data, size_t size, uint8_t digest[kSha256Bytes]) {
  uint32_t state[kSha256Words];
  std::memcpy(state, kInitialState + kMd5Words + kSha1Words, sizeof state);
  arm(state, data, size / 64);
  const size_t rest = size % 64;
  uint8_t tail[kTailBytes];
  const size_t blocks = PadTail(rest > 0 ? data + (size - rest) : nullptr, rest, size, tail);
  arm(state, tail, blocks);
  for (int i = 0; i < kSha256Words; i++) StoreBigEndian(digest + 4 * i, state[i]);
}

void Sha256(const uint8_t* data, size_t size, uint8_t digest[kSha256Bytes]) {
  Sha256With(FastestArm(), data, size, digest);
}

}  // namespace exhibit_hash
