// PDQ's box filter along rows, written once for every arm; generic.h says what an arm is and why this is exact.

#ifndef EXHIBIT_HASH_PDQ_GENERIC_SWEEP_H_
#define EXHIBIT_HASH_PDQ_GENERIC_SWEEP_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "pdq/pdq.h"

namespace exhibit_hash {
namespace {

constexpr int kSide = 64;

// One direction of the box filter.
struct Line {
  int64_t samples;
  int64_t window;
  // Output o is written when sample o + lead has been added.
  int64_t lead;

  explicit Line(int64_t n) : samples(n), window((n + 127) / 128), lead((window + 2) / 2 - 1) {}

  // Samples in the sum at output o, which the reference divides by; 1 where there is no such output.
  float WindowAt(int64_t o) const {
    if (o < 0 || o >= samples) return 1.0f;
    const int64_t last = o + lead < samples ? o + lead : samples - 1;
    const int64_t first = o + lead >= window ? o + lead - window + 1 : 0;
    return static_cast<float>(last - first + 1);
  }

  // True where each of `count` outputs from o on has the full window.
  bool IsInterior(int64_t o, int64_t count) const { return o + lead >= window - 1 && o + count - 1 + lead < samples; }

  // A quotient by a power of two is exact, and so is the product with its inverse.
  bool WindowIsPowerOfTwo() const { return (window & (window - 1)) == 0; }

  // The sample that decimation takes for position i of 64.
  int64_t Decimated(int i) const { return static_cast<int64_t>(((i + 0.5) * static_cast<double>(samples)) / kSide); }

  // True where decimation takes none of the outputs that have fewer samples than the window.
  bool DecimatesInterior() const { return IsInterior(Decimated(0), Decimated(kSide - 1) - Decimated(0) + 1); }
};

// Divides the outputs o … o + kLanes − 1, one a register, by their windows.
template <class V>
inline void DivideOutputs(const Line& line, int64_t o, typename V::Reg sums[V::kLanes]) {
  if (!line.IsInterior(o, V::kLanes)) {
    for (int i = 0; i < V::kLanes; i++) sums[i] = V::Div(sums[i], V::Set1(line.WindowAt(o + i)));
  } else if (line.WindowIsPowerOfTwo()) {
    const typename V::Reg inverse = V::Set1(1.0f / static_cast<float>(line.window));
    for (int i = 0; i < V::kLanes; i++) sums[i] = V::Mul(sums[i], inverse);
  } else {
    const typename V::Reg window = V::Set1(static_cast<float>(line.window));
    for (int i = 0; i < V::kLanes; i++) sums[i] = V::Div(sums[i], window);
  }
}

// The columns that the windows of a sweep still need, one after the other; moved to the front when the end is reached.
template <class V>
struct ColumnBuffer {
  static constexpr int64_t kFloats = V::kChains * V::kLanes;

  float* memory;
  int64_t window;

  static int64_t Columns(int64_t window) {
    const int64_t spare = window < 4 * V::kLanes ? 4 * V::kLanes : window;
    return window + 2 * V::kLanes + spare;
  }
};

// The running sums of kChains × kLanes rows at once: each sum waits for its own last addition, so several are under
// way. `load(c, chain, block)` makes columns c … c + kLanes − 1 of a chain's rows (zeros past the end), one a register;
// `emit(o, chain, sums)` takes the undivided sums of outputs o … o + kLanes − 1.
template <class V, class Load, class Emit>
inline void SweepRows(const Line& line, float* buffer, Load load, Emit emit) {
  constexpr int64_t L = V::kLanes, kChains = V::kChains, kFloats = ColumnBuffer<V>::kFloats;
  const int64_t capacity = ColumnBuffer<V>::Columns(line.window);
  // Column c stands at c − first; before column 0 are `window` columns of zeros.
  int64_t first = -line.window, loaded = 0;
  std::memset(buffer, 0, static_cast<size_t>(line.window * kFloats) * sizeof(float));
  auto load_until = [&](int64_t end) {
    for (; loaded < end; loaded += L) {
      float* to = buffer + (loaded - first) * kFloats;
      for (int64_t chain = 0; chain < kChains; chain++) {
        typename V::Reg block[L];
        load(loaded, chain, block);
        for (int64_t c = 0; c < L; c++) V::Store(to + c * kFloats + chain * L, block[c]);
      }
    }
  };
  load_until(line.lead);
  typename V::Reg sums[kChains];
  for (int64_t chain = 0; chain < kChains; chain++) {
    const float* from = buffer + line.window * kFloats + chain * L;
    sums[chain] = V::Zero();
    for (int64_t c = 0; c < line.lead; c++) sums[chain] = V::Add(sums[chain], V::Load(from + c * kFloats));
  }
  for (int64_t o = 0; o < line.samples; o += L) {
    if (o + line.lead + 2 * L - first > capacity) {
      const int64_t kept = o + line.lead - line.window;
      std::memmove(buffer, buffer + (kept - first) * kFloats,
                   static_cast<size_t>((loaded - kept) * kFloats) * sizeof(float));
      first = kept;
    }
    load_until(o + line.lead + L);
    const float* right = buffer + (o + line.lead - first) * kFloats;
    const float* left = right - line.window * kFloats;
    typename V::Reg out[kChains][L];
    for (int64_t i = 0; i < L; i++) {
      for (int64_t chain = 0; chain < kChains; chain++) {
        const int64_t at = i * kFloats + chain * L;
        sums[chain] = V::Sub(V::Add(sums[chain], V::Load(right + at)), V::Load(left + at));
        out[chain][i] = sums[chain];
      }
    }
    for (int64_t chain = 0; chain < kChains; chain++) emit(o, chain, out[chain]);
  }
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PDQ_GENERIC_SWEEP_H_
