// The checks of the resize; they know nothing of Node.

#include "resize/checks.h"

#include <stdexcept>

namespace exhibit_hash {

ResizeAxis CheckedAxis(int64_t samples, const std::vector<int32_t>& bounds, const std::vector<int32_t>& weights) {
  const int64_t outputs = static_cast<int64_t>(bounds.size() / 2);
  const int64_t all_weights = static_cast<int64_t>(weights.size());
  if (outputs == 0 || bounds.size() % 2 != 0 || all_weights % outputs != 0) {
    throw std::invalid_argument("an axis must have two bounds an output, and equally many weights for each");
  }
  const int64_t taps = all_weights / outputs;
  for (int64_t i = 0; i < outputs; i++) {
    const int64_t first = bounds[2 * i], count = bounds[2 * i + 1];
    if (first < 0 || count < 0 || count > taps || first + count > samples) {
      throw std::invalid_argument("the bounds of an output lie outside the samples or the weights");
    }
  }
  return ResizeAxis{samples, outputs, taps, bounds.data(), weights.data()};
}

void CheckPlane(uint64_t bytes, int64_t width, int64_t height, const std::string& what) {
  if (bytes != static_cast<uint64_t>(width) * static_cast<uint64_t>(height)) {
    throw std::invalid_argument(what + " has " + std::to_string(bytes) + " bytes");
  }
}

void CheckLuma(uint64_t rgb_bytes, uint64_t luma_bytes) {
  if (rgb_bytes % 3 != 0 || rgb_bytes / 3 != luma_bytes) {
    throw std::invalid_argument("data must have three bytes for each of out");
  }
}

}  // namespace exhibit_hash
