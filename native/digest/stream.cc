// Cuts parts of any length into blocks.

#include "digest/stream.h"

#include <algorithm>
#include <cstring>

namespace exhibit_hash {

DigestParts::DigestParts(const DigestArm& arm) : arm_(arm) { std::memcpy(state_, kInitialState, sizeof state_); }

void DigestParts::Advance(const uint8_t* data, size_t blocks) {
  const uint32_t is_last = 0;
  if (blocks > 0) arm_.advance_one(state_, &data, &is_last, blocks);
}

void DigestParts::Update(const uint8_t* data, size_t size) {
  if (size == 0) return;
  const size_t held = static_cast<size_t>(total_bytes_ % kBlockBytes);
  total_bytes_ += size;
  if (held > 0) {
    const size_t taken = std::min(size, kBlockBytes - held);
    std::memcpy(waiting_ + held, data, taken);
    if (held + taken < kBlockBytes) return;
    Advance(waiting_, 1);
    data += taken;
    size -= taken;
  }
  Advance(data, size / kBlockBytes);
  const size_t rest = size % kBlockBytes;
  if (rest > 0) std::memcpy(waiting_, data + (size - rest), rest);
}

void DigestParts::Finish(uint8_t out[kDigestBytes]) {
  uint8_t tail[kTailBytes];
  const size_t blocks = PadTail(waiting_, static_cast<size_t>(total_bytes_ % kBlockBytes), total_bytes_, tail);
  Advance(tail, blocks - 1);
  const uint8_t* last = tail + (blocks - 1) * kBlockBytes;
  const uint32_t is_last = 0xffffffff;
  arm_.advance_one(state_, &last, &is_last, 1);
  WriteDigests(state_, out);
}

}  // namespace exhibit_hash
