// The scan with bits counted by arithmetic, for any machine.

#include "hamming/generic.h"

namespace exhibit_hash {

void HammingScanScalar(const ScanInput& input, const HitSink& sink) {
  ScanAnyWidth(input, sink, [](uint64_t x) -> uint32_t {
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    return static_cast<uint32_t>((((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u) >> 56);
  });
}

}  // namespace exhibit_hash
