// Which arm of the scan of PhotoDNA values an instruction set means.

#include "photodna/photodna.h"

namespace exhibit_hash {

Scan PhotoDnaScanOf(Isa isa) {
#if EXHIBIT_HASH_X86_ARMS
  if (isa == Isa::kAvx2) return PhotoDnaScanAvx2;
  if (isa == Isa::kAvx512) return PhotoDnaScanAvx512;
#endif
  (void)isa;
  return PhotoDnaScanScalar;
}

}  // namespace exhibit_hash
