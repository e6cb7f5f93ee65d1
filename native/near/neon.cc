// The walk with bits counted by NEON.

#include <arm_neon.h>

#include "near/arm.h"

namespace exhibit_hash {
namespace {

struct NeonArm {
  static uint32_t CountBits(uint64_t x) { return vaddv_u8(vcnt_u8(vcreate_u8(x))); }

  static size_t Pick(const uint8_t* slots, uint32_t allowed, uint32_t* out) {
    return PickOneByOne(slots, allowed, out);
  }
};

}  // namespace

void FindNear64Neon(const NearBatch& batch, const HitSink& sink) { Walk<1, NeonArm>(batch, sink).Run(); }

void FindNear256Neon(const NearBatch& batch, const HitSink& sink) { Walk<4, NeonArm>(batch, sink).Run(); }

}  // namespace exhibit_hash
