// Which arm of the resize an instruction set means.

#include "resize/resize.h"

namespace exhibit_hash {

const ResizeArm& ResizeArmOf(Isa isa) {
  switch (isa) {
#if EXHIBIT_HASH_X86_ARMS
    case Isa::kAvx2:
      return kResizeAvx2;
    case Isa::kAvx512:
      return kResizeAvx512;
#endif
#if EXHIBIT_HASH_NEON_ARM
    case Isa::kNeon:
      return kResizeNeon;
#endif
    default:
      return kResizeScalar;
  }
}

}  // namespace exhibit_hash
