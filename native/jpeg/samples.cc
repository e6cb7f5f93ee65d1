// The inverse cosine transform of a block, in 32 bits that wrap: other processors and JavaScript give the same.
//
// The algorithm of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with 12 multiplications a line, in fixed point as
// libjpeg's "islow" has it: 13 bits of fraction in the constants, 2 kept between the passes.

#include "jpeg/samples.h"

namespace exhibit_hash {
namespace {

constexpr int kConstantBits = 13;
constexpr int kKeptBits = 2;
constexpr int kSide = 8;

// One line of eight, `step` apart, in place; `shift` bits of fraction are rounded off.
template <int kShift>
void TransformLine(uint32_t* line, int step) {
  const auto in = [&](int i) { return line[i * step]; };
  const auto round = [](uint32_t value) {
    return static_cast<uint32_t>(static_cast<int32_t>(value + (1u << (kShift - 1))) >> kShift);
  };
  // Even frequencies: a rotation of 2 and 6, sum and difference of 0 and 4.
  const uint32_t turned = (in(2) + in(6)) * 4433u;
  const uint32_t low = turned + in(2) * 6270u, high = turned - in(6) * 15137u;
  const uint32_t sum = (in(0) + in(4)) << kConstantBits, difference = (in(0) - in(4)) << kConstantBits;
  const uint32_t even[4] = {sum + low, difference + high, difference - high, sum - low};
  // Odd frequencies.
  const uint32_t z5 = (in(7) + in(3) + in(5) + in(1)) * 9633u;
  const uint32_t z1 = (in(7) + in(1)) * 7373u, z2 = (in(5) + in(3)) * 20995u;
  const uint32_t z3 = z5 - (in(7) + in(3)) * 16069u, z4 = z5 - (in(5) + in(1)) * 3196u;
  const uint32_t odd[4] = {in(1) * 12299u - z1 + z4, in(3) * 25172u - z2 + z3, in(5) * 16819u - z2 + z4,
                           in(7) * 2446u - z1 + z3};
  for (int i = 0; i < 4; i++) {
    line[i * step] = round(even[i] + odd[i]);
    line[(7 - i) * step] = round(even[i] - odd[i]);
  }
}

}  // namespace

void JpegSamples(uint32_t* block, uint8_t* out, int64_t stride) {
  for (int i = 0; i < kSide; i++) TransformLine<kConstantBits - kKeptBits>(block + i, kSide);
  for (int i = 0; i < kSide; i++) TransformLine<kConstantBits + kKeptBits + 3>(block + i * kSide, 1);
  for (int y = 0; y < kSide; y++) {
    for (int x = 0; x < kSide; x++) {
      out[y * stride + x] = JpegClamp(static_cast<int32_t>(block[y * kSide + x]) + 128);
    }
  }
}

}  // namespace exhibit_hash
