// What must hold of sizes, bounds and weights before an arm of the resize believes them.

#ifndef EXHIBIT_HASH_RESIZE_CHECKS_H_
#define EXHIBIT_HASH_RESIZE_CHECKS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "resize/resize.h"

namespace exhibit_hash {

// Keeps every product of sizes far from the limits of 64 bits.
constexpr int64_t kResizeMaxSide = int64_t{1} << 31;

// A view of these bounds and weights. Throws std::invalid_argument where an output would reach outside `samples`
// samples or outside its weights.
ResizeAxis CheckedAxis(int64_t samples, const std::vector<int32_t>& bounds, const std::vector<int32_t>& weights);

// Throws std::invalid_argument where `bytes` of `what` are not a plane of width × height.
void CheckPlane(uint64_t bytes, int64_t width, int64_t height, const std::string& what);

// Throws std::invalid_argument where there are not three bytes of red, green and blue for each of luma.
void CheckLuma(uint64_t rgb_bytes, uint64_t luma_bytes);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RESIZE_CHECKS_H_
