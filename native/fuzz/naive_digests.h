// The three digests of bytes as somebody else's code gives them: what every arm is held to.

#ifndef EXHIBIT_HASH_FUZZ_NAIVE_DIGESTS_H_
#define EXHIBIT_HASH_FUZZ_NAIVE_DIGESTS_H_

#include <cstdint>
#include <vector>

#include "digest/padding.h"

#if EXHIBIT_HASH_HAS_LIBCRYPTO
#include <openssl/evp.h>
#else
#include "digest/stream.h"
#endif

namespace exhibit_hash {
namespace fuzz {

#if EXHIBIT_HASH_HAS_LIBCRYPTO

inline std::vector<uint8_t> NaiveDigests(const std::vector<uint8_t>& bytes) {
  std::vector<uint8_t> digests(kDigestBytes);
  uint8_t* out = digests.data();
  for (const EVP_MD* kind : {EVP_md5(), EVP_sha1(), EVP_sha256()}) {
    unsigned written = 0;
    EVP_Digest(bytes.data(), bytes.size(), out, &written, kind, nullptr);
    out += written;
  }
  return digests;
}

#else

// Without OpenSSL the plain arm, in one part: it and its padding are then held to nothing but themselves.
inline std::vector<uint8_t> NaiveDigests(const std::vector<uint8_t>& bytes) {
  std::vector<uint8_t> digests(kDigestBytes);
  DigestParts parts(kDigestScalar);
  parts.Update(bytes.data(), bytes.size());
  parts.Finish(digests.data());
  return digests;
}

#endif

}  // namespace fuzz
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_FUZZ_NAIVE_DIGESTS_H_
