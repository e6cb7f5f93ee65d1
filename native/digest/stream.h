// The three digests of one stream that arrives in parts, in constant memory.

#ifndef EXHIBIT_HASH_DIGEST_STREAM_H_
#define EXHIBIT_HASH_DIGEST_STREAM_H_

#include <cstddef>
#include <cstdint>

#include "digest/digest.h"
#include "digest/padding.h"

namespace exhibit_hash {

class DigestParts {
 public:
  explicit DigestParts(const DigestArm& arm);

  void Update(const uint8_t* data, size_t size);
  // Ends the stream.
  void Finish(uint8_t out[kDigestBytes]);

 private:
  void Advance(const uint8_t* data, size_t blocks);

  const DigestArm& arm_;
  uint64_t total_bytes_ = 0;
  uint32_t state_[kStateWords];
  // The first total_bytes_ mod 64 bytes wait for the rest of their block.
  uint8_t waiting_[kBlockBytes];
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_STREAM_H_
