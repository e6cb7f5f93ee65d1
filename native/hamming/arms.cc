// Which arm of the scan by Hamming distance an instruction set means.

#include "hamming/hamming.h"

namespace exhibit_hash {

Scan HammingScanOf(Isa isa) {
#if EXHIBIT_HASH_X86_ARMS
  if (isa == Isa::kAvx2 || isa == Isa::kAvx512) return HammingScanAvx2;
#endif
#if EXHIBIT_HASH_NEON_ARM
  if (isa == Isa::kNeon) return HammingScanNeon;
#endif
  (void)isa;
  return HammingScanScalar;
}

}  // namespace exhibit_hash
