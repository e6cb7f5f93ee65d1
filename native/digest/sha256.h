// SHA-256 (FIPS 180-4) of bytes in memory, for checking blocks of an index.

#ifndef EXHIBIT_HASH_DIGEST_SHA256_H_
#define EXHIBIT_HASH_DIGEST_SHA256_H_

#include <cstddef>
#include <cstdint>

namespace exhibit_hash {

constexpr size_t kSha256Bytes = 32;

// Feeds `blocks` times 64 bytes into `state`. Every arm gives the same state.
using Sha256Blocks = void (*)(uint32_t state[8], const uint8_t* data, size_t blocks);

void Sha256BlocksScalar(uint32_t state[8], const uint8_t* data, size_t blocks);
#if EXHIBIT_HASH_X86_ARMS
// Needs the SHA extensions and SSE4.1; whoever calls it has asked CanRunShaNi.
void Sha256BlocksShaNi(uint32_t state[8], const uint8_t* data, size_t blocks);
bool CanRunShaNi();
#endif

// The digest by the fastest arm of this machine.
void Sha256(const uint8_t* data, size_t size, uint8_t digest[kSha256Bytes]);

// The digest by a given arm.
void Sha256With(Sha256Blocks arm, const uint8_t* data, size_t size, uint8_t digest[kSha256Bytes]);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_SHA256_H_
