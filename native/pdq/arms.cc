// Which arm of PDQ an instruction set means.

#include "pdq/pdq.h"

namespace exhibit_hash {

const PdqArm& PdqArmOf(Isa isa) {
  switch (isa) {
#if EXHIBIT_HASH_X86_ARMS
    case Isa::kAvx2:
      return kPdqAvx2;
    case Isa::kAvx512:
      return kPdqAvx512;
#endif
#if EXHIBIT_HASH_NEON_ARM
    case Isa::kNeon:
      return kPdqNeon;
#endif
    default:
      return kPdqScalar;
  }
}

}  // namespace exhibit_hash
