// Padding and byte orders of the digests.

#include "digest/padding.h"

#include <cstring>

#include "digest/constants.h"

namespace exhibit_hash {

void StoreBigEndian(uint8_t* to, uint32_t word) {
  for (int i = 0; i < 4; i++) to[i] = static_cast<uint8_t>(word >> (24 - 8 * i));
}

size_t PadTail(const uint8_t* rest, size_t rest_bytes, uint64_t total_bytes, uint8_t tail[kTailBytes]) {
  std::memset(tail, 0, kTailBytes);
  if (rest_bytes > 0) std::memcpy(tail, rest, rest_bytes);
  tail[rest_bytes] = 0x80;
  const size_t padded_bytes = rest_bytes < 56 ? 64 : 128;
  const uint64_t bits = total_bytes * 8;
  StoreBigEndian(tail + padded_bytes - 8, static_cast<uint32_t>(bits >> 32));
  StoreBigEndian(tail + padded_bytes - 4, static_cast<uint32_t>(bits));
  return padded_bytes / 64;
}

void WriteDigests(const uint32_t* state, uint8_t out[kDigestBytes]) {
  for (int i = 0; i < kMd5Words; i++) {
    for (int byte = 0; byte < 4; byte++) *out++ = static_cast<uint8_t>(state[i] >> (8 * byte));
  }
  for (int i = kMd5Words; i < kStateWords; i++, out += 4) StoreBigEndian(out, state[i]);
}

}  // namespace exhibit_hash
