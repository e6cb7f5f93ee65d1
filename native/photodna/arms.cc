// Which arm of the search of PhotoDNA values an instruction set means.

#include "photodna/photodna.h"

namespace exhibit_hash {

PhotoDnaArm PhotoDnaArmOf(Isa isa) {
#if EXHIBIT_HASH_X86_ARMS
  if (isa == Isa::kAvx2) return PhotoDnaArmAvx2();
  if (isa == Isa::kAvx512) return PhotoDnaArmAvx512();
#endif
  (void)isa;
  return PhotoDnaArmScalar();
}

}  // namespace exhibit_hash
