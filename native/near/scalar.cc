// The walk with bits counted by arithmetic, for any machine.

#include "near/arm.h"

namespace exhibit_hash {
namespace {

struct ScalarArm {
  static uint32_t CountBits(uint64_t x) { return exhibit_hash::CountBits(x); }

  static size_t Pick(const uint8_t* slots, uint32_t allowed, uint32_t* out) {
    return PickOneByOne(slots, allowed, out);
  }
};

}  // namespace

void FindNear64Scalar(const NearBatch& batch, const HitSink& sink) { Walk<1, ScalarArm>(batch, sink).Run(); }

void FindNear256Scalar(const NearBatch& batch, const HitSink& sink) { Walk<4, ScalarArm>(batch, sink).Run(); }

}  // namespace exhibit_hash
