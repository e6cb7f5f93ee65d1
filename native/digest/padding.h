// How streams of all three digests begin and end: the first state, the padding of the tail, the
// bytes of the result.

#ifndef EXHIBIT_HASH_DIGEST_PADDING_H_
#define EXHIBIT_HASH_DIGEST_PADDING_H_

#include <cstddef>
#include <cstdint>

namespace exhibit_hash {

constexpr size_t kMd5Bytes = 16, kSha1Bytes = 20;
constexpr size_t kDigestBytes = kMd5Bytes + kSha1Bytes + 32;
constexpr size_t kTailBytes = 128;

void StoreBigEndian(uint8_t* to, uint32_t word);

// The last `rest_bytes` < 64 bytes of a stream of `total_bytes`, one bit, zeros, and the length in
// bits, big-endian as the SHA digests want it: returns the number of blocks, 1 or 2.
size_t PadTail(const uint8_t* rest, size_t rest_bytes, uint64_t total_bytes, uint8_t tail[kTailBytes]);

// MD5, SHA-1 and SHA-256, one after the other, from the seventeen words of a stream's last state.
void WriteDigests(const uint32_t* state, uint8_t out[kDigestBytes]);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_PADDING_H_
