// Fuzzes the resize: axes of any bounds and weights, and those that the checks let pass through every arm.

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "fuzz/support.h"
#include "resize/checks.h"
#include "resize/turned.h"

namespace exhibit_hash {
namespace fuzz {
namespace {

constexpr int64_t kMaxSide = 200;

struct AxisNumbers {
  std::vector<int32_t> bounds, weights;
};

// A number that somebody got wrong by one, or altogether.
int32_t Wrong(FuzzedDataProvider& input, int32_t number) {
  return input.ConsumeBool() ? number + input.ConsumeIntegralInRange<int32_t>(-1, 1) : input.ConsumeIntegral<int32_t>();
}

// Bounds that mostly lie inside `samples` samples, as they should.
AxisNumbers AnyAxis(FuzzedDataProvider& input, int32_t samples) {
  AxisNumbers axis;
  const int32_t taps = input.ConsumeIntegralInRange<int32_t>(0, samples + 2);
  const int outputs = input.ConsumeIntegralInRange<int>(0, 40);
  const bool is_wrong = input.ConsumeIntegralInRange<int>(0, 7) == 0;
  const int which = is_wrong ? input.ConsumeIntegralInRange<int>(0, outputs) : outputs;
  for (int i = 0; i < outputs; i++) {
    const int32_t first = input.ConsumeIntegralInRange<int32_t>(0, samples);
    const int32_t most = std::min(taps, samples - first);
    const int32_t count = input.ConsumeBool() ? most : input.ConsumeIntegralInRange<int32_t>(0, most);
    const bool is_first_wrong = i == which && input.ConsumeBool();
    axis.bounds.push_back(is_first_wrong ? Wrong(input, first) : first);
    axis.bounds.push_back(i == which && !is_first_wrong ? Wrong(input, count) : count);
  }
  if (is_wrong && which == outputs) axis.bounds.push_back(0);
  const size_t stray = is_wrong ? input.ConsumeIntegralInRange<size_t>(0, 2) : 0;
  axis.weights.resize(static_cast<size_t>(outputs) * taps + stray);
  const std::vector<uint8_t> bits = ManyBytes(input, axis.weights.size() * sizeof(int32_t));
  if (!bits.empty()) std::memcpy(axis.weights.data(), bits.data(), bits.size());
  // Weights so small that a sum need not clip.
  const int shift = input.ConsumeIntegralInRange<int>(0, 31);
  for (int32_t& weight : axis.weights) weight >>= shift;
  return axis;
}

bool IsSound(const AxisNumbers& axis, int64_t samples) {
  const size_t outputs = axis.bounds.size() / 2;
  if (axis.bounds.empty() || axis.bounds.size() % 2 != 0 || axis.weights.size() % outputs != 0) return false;
  for (size_t i = 0; i < outputs; i++) {
    const int64_t first = axis.bounds[2 * i], end = first + axis.bounds[2 * i + 1];
    if (first < 0 || end < first || end > samples) return false;
    if (end - first > static_cast<int64_t>(axis.weights.size() / outputs)) return false;
  }
  return true;
}

// Output i of the samples that stand `stride` bytes apart from `line` on.
uint8_t NaiveOutput(const uint8_t* line, int64_t stride, const ResizeAxis& axis, int64_t i) {
  uint32_t sum = 1 << 21;
  for (int32_t x = 0; x < axis.bounds[2 * i + 1]; x++) {
    sum += line[(axis.bounds[2 * i] + x) * stride] * static_cast<uint32_t>(axis.weights[i * axis.taps + x]);
  }
  const int32_t value = static_cast<int32_t>(sum) >> 22;
  return static_cast<uint8_t>(std::min(255, std::max(0, value)));
}

// The axis along rows of a plane with `other` rows, or along columns of one with `other` columns.
void CheckResize(const std::vector<uint8_t>& plane, int64_t other, const ResizeAxis& axis, bool along_rows) {
  std::vector<uint8_t> expected(static_cast<size_t>(axis.outputs * other));
  for (int64_t i = 0; i < axis.outputs; i++) {
    for (int64_t k = 0; k < other; k++) {
      const uint8_t* line = plane.data() + (along_rows ? k * axis.samples : k);
      expected[along_rows ? k * axis.outputs + i : i * other + k] = NaiveOutput(line, along_rows ? 1 : other, axis, i);
    }
  }
  ForEachIsa([&](Isa isa) {
    std::vector<uint8_t> out(expected.size());
    CheckPlane(out.size(), axis.outputs, other, "out");
    const ResizeArm& arm = ResizeArmOf(isa);
    (along_rows ? arm.rows : arm.columns)(plane.data(), other, axis, out.data());
    Require(out == expected, along_rows ? "rows have the naive bytes" : "columns have the naive bytes", IsaName(isa));
    if (!along_rows) return;
    std::vector<uint8_t> either(expected.size());
    ResizeRowsEitherWay(arm, plane.data(), other, axis, either.data());
    Require(either == expected, "rows have the naive bytes either way", IsaName(isa));
  });
}

void CheckLumaOf(const std::vector<uint8_t>& rgb) {
  std::vector<uint8_t> expected(rgb.size() / 3);
  CheckLuma(rgb.size() / 3 * 3, expected.size());
  for (size_t i = 0; i < expected.size(); i++) {
    const uint32_t sum = 19595u * rgb[3 * i] + 38470u * rgb[3 * i + 1] + 7471u * rgb[3 * i + 2] + 32768u;
    expected[i] = static_cast<uint8_t>(sum / 65536);
  }
  ForEachIsa([&](Isa isa) {
    std::vector<uint8_t> out(expected.size());
    ResizeArmOf(isa).luma(rgb.data(), static_cast<int64_t>(out.size()), out.data());
    Require(out == expected, "luma has the naive bytes", IsaName(isa));
  });
}

void CheckClaims(FuzzedDataProvider& input) {
  const int64_t width = input.ConsumeIntegralInRange<int64_t>(1, kResizeMaxSide);
  const int64_t height = input.ConsumeIntegralInRange<int64_t>(1, kResizeMaxSide);
  const uint64_t needed = static_cast<uint64_t>(width) * height;
  const uint64_t bytes = input.ConsumeBool() ? needed : AnyNumber(input, needed);
  bool is_accepted = true;
  try {
    CheckPlane(bytes, width, height, "data");
  } catch (const std::invalid_argument&) {
    is_accepted = false;
  }
  Require(is_accepted == (bytes == needed), "a plane is accepted exactly where its sizes hold");
}

void FuzzResize(FuzzedDataProvider& input) {
  if (input.ConsumeIntegralInRange<int>(0, 15) == 0) CheckClaims(input);
  const int64_t samples = input.ConsumeIntegralInRange<int64_t>(1, kMaxSide);
  const int64_t other = input.ConsumeIntegralInRange<int64_t>(1, kMaxSide);
  const bool along_rows = input.ConsumeBool();
  const std::vector<uint8_t> plane = ManyBytes(input, static_cast<size_t>(samples * other));
  CheckLumaOf(plane);
  const AxisNumbers numbers = AnyAxis(input, static_cast<int32_t>(samples));
  try {
    const ResizeAxis axis = CheckedAxis(samples, numbers.bounds, numbers.weights);
    Require(IsSound(numbers, samples), "an axis that reaches outside is refused");
    CheckResize(plane, other, axis, along_rows);
  } catch (const std::invalid_argument&) {
    Require(!IsSound(numbers, samples), "an axis that stays inside is accepted");
  }
}

}  // namespace
}  // namespace fuzz
}  // namespace exhibit_hash

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return exhibit_hash::fuzz::RunWithNoise(data, size, exhibit_hash::fuzz::FuzzResize);
}
