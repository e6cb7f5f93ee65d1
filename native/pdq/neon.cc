// The arm for NEON, which every 64-bit ARM processor has: four rows or columns at once, two chains of them. What each
// function means is said in scalar.cc.

#include <arm_neon.h>

#include "pdq/generic_hash.h"
#include "pdq/pdq.h"

namespace exhibit_hash {
namespace {

struct NeonArm {
  static constexpr int kLanes = 4;
  static constexpr int kChains = 2;
  using Reg = float32x4_t;

  static Reg Zero() { return vdupq_n_f32(0.0f); }
  static Reg Set1(float x) { return vdupq_n_f32(x); }
  static Reg Load(const float* p) { return vld1q_f32(p); }
  static void Store(float* p, Reg r) { vst1q_f32(p, r); }
  static Reg Add(Reg a, Reg b) { return vaddq_f32(a, b); }
  static Reg Sub(Reg a, Reg b) { return vsubq_f32(a, b); }
  static Reg Mul(Reg a, Reg b) { return vmulq_f32(a, b); }
  static Reg Div(Reg a, Reg b) { return vdivq_f32(a, b); }

  static Reg AbsTruncate(Reg a) { return vcvtq_f32_s32(vabsq_s32(vcvtq_s32_f32(a))); }

  static void Transpose(Reg r[kLanes]) {
    const float32x4x2_t upper = vtrnq_f32(r[0], r[1]);
    const float32x4x2_t lower = vtrnq_f32(r[2], r[3]);
    r[0] = vcombine_f32(vget_low_f32(upper.val[0]), vget_low_f32(lower.val[0]));
    r[1] = vcombine_f32(vget_low_f32(upper.val[1]), vget_low_f32(lower.val[1]));
    r[2] = vcombine_f32(vget_high_f32(upper.val[0]), vget_high_f32(lower.val[0]));
    r[3] = vcombine_f32(vget_high_f32(upper.val[1]), vget_high_f32(lower.val[1]));
  }

  static Reg PackRgb(const uint8_t* p) {
    // Twelve bytes are read, so that nothing past the pixels is.
    uint8_t bytes[16] = {};
    std::memcpy(bytes, p, 3 * kLanes);
    // An index past the table gives zero.
    static constexpr uint8_t kPlaces[16] = {0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255};
    return vreinterpretq_f32_u8(vqtbl1q_u8(vld1q_u8(bytes), vld1q_u8(kPlaces)));
  }
  static Reg PackGrey(const uint8_t* p) {
    const uint32_t samples[kLanes] = {p[0], p[1], p[2], p[3]};
    return vreinterpretq_f32_u32(vld1q_u32(samples));
  }

  static Reg LumaOfRgb(Reg packed) {
    const uint32x4_t bits = vreinterpretq_u32_f32(packed);
    const uint32x4_t byte = vdupq_n_u32(255);
    const Reg r = vcvtq_f32_u32(vandq_u32(bits, byte));
    const Reg g = vcvtq_f32_u32(vandq_u32(vshrq_n_u32(bits, 8), byte));
    const Reg b = vcvtq_f32_u32(vshrq_n_u32(bits, 16));
    return Add(Add(Mul(Set1(0.299f), r), Mul(Set1(0.587f), g)), Mul(Set1(0.114f), b));
  }
  static Reg LumaOfGrey(Reg packed) { return vcvtq_f32_u32(vreinterpretq_u32_f32(packed)); }

  static uint32_t MaskGreater(Reg a, Reg b) {
    static constexpr uint32_t kBitOfLane[kLanes] = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(vcgtq_f32(a, b), vld1q_u32(kBitOfLane)));
  }

  static int CountLess(const float* values, int count, float x) {
    const Reg limit = Set1(x);
    uint32x4_t less = vdupq_n_u32(0);
    for (int i = 0; i < count; i += kLanes) {
      // A lane that is less is all ones: minus one.
      less = vsubq_u32(less, vcltq_f32(Load(values + i), limit));
    }
    return static_cast<int>(vaddvq_u32(less));
  }
};

}  // namespace

const PdqArm kPdqNeon = {ScratchBytes<NeonArm>, Hash<NeonArm>};

}  // namespace exhibit_hash
