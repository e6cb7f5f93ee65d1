// The walk with bits counted by arithmetic, for any machine.

#include "near/arm.h"

namespace exhibit_hash {
namespace {

struct ScalarArm {
  static uint32_t CountBits(uint64_t x) {
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    return static_cast<uint32_t>((((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u) >> 56);
  }

  static size_t Pick(const uint8_t* slots, uint32_t allowed, uint32_t* out) {
    return PickOneByOne(slots, allowed, out);
  }
};

}  // namespace

void FindNear64Scalar(const NearQuery& query, const HitSink& sink) { Walk<1, ScalarArm>(query, sink).Run(); }

void FindNear256Scalar(const NearQuery& query, const HitSink& sink) { Walk<4, ScalarArm>(query, sink).Run(); }

}  // namespace exhibit_hash
