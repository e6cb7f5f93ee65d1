// The digests of many byte strings at once.

#ifndef EXHIBIT_HASH_DIGEST_BATCH_H_
#define EXHIBIT_HASH_DIGEST_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "digest/digest.h"

namespace exhibit_hash {

struct DigestJob {
  const uint8_t* data;
  uint64_t size;
  // kDigestBytes.
  uint8_t* out;
};

// Moves jobs about.
void DigestBatch(const DigestArm& arm, std::vector<DigestJob>& jobs);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_BATCH_H_
