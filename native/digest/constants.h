// The round constants of the three digests. In memory, not in code: vector arms broadcast from
// there for free.

#ifndef EXHIBIT_HASH_DIGEST_CONSTANTS_H_
#define EXHIBIT_HASH_DIGEST_CONSTANTS_H_

#include <cstdint>

namespace exhibit_hash {

extern const uint32_t kMd5Constants[64];
extern const uint32_t kSha1Constants[4];
extern const uint32_t kSha256Constants[64];

// Words that every stream starts from: MD5's four, SHA-1's five, SHA-256's eight.
constexpr int kMd5Words = 4, kSha1Words = 5, kSha256Words = 8;
constexpr int kStateWords = kMd5Words + kSha1Words + kSha256Words;
extern const uint32_t kInitialState[kStateWords];

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_CONSTANTS_H_
