// The scan with bits counted by NEON.

#include <arm_neon.h>

#include "hamming/generic.h"

namespace exhibit_hash {

void HammingScanNeon(const ScanInput& input, const HitSink& sink) {
  ScanAnyWidth(input, sink, [](uint64_t x) -> uint32_t { return vaddv_u8(vcnt_u8(vcreate_u8(x))); });
}

}  // namespace exhibit_hash
