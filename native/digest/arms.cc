// Which arm of the digests an instruction set means on this machine.

#include "digest/digest.h"
#include "digest/sha256.h"

namespace exhibit_hash {

bool DigestUsesShaNi(Isa isa) {
#if EXHIBIT_HASH_X86_ARMS
  static const bool can_run_sha_ni = CanRunShaNi();
  return can_run_sha_ni && (isa == Isa::kAvx2 || isa == Isa::kAvx512);
#else
  (void)isa;
  return false;
#endif
}

const DigestArm& DigestArmOf(Isa isa, bool sha_ni) {
#if EXHIBIT_HASH_X86_ARMS
  if (isa == Isa::kAvx2) return sha_ni ? kDigestAvx2ShaNi : kDigestAvx2;
  if (isa == Isa::kAvx512) return sha_ni ? kDigestAvx512ShaNi : kDigestAvx512;
#endif
  (void)isa;
  (void)sha_ni;
  return kDigestScalar;
}

}  // namespace exhibit_hash
