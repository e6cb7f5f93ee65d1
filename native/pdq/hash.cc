// The checks that stand between sizes that somebody claims and an arm that believes them.

#include "pdq/hash.h"

#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

namespace exhibit_hash {
namespace {

constexpr std::align_val_t kScratchAlignment{64};

struct ScratchDeleter {
  void operator()(void* memory) const { ::operator delete(memory, kScratchAlignment); }
};

}  // namespace

PdqInput CheckedPdqInput(const uint8_t* data, uint64_t bytes, int64_t width, int64_t height, int64_t channels) {
  if (channels != 1 && channels != 3) throw std::invalid_argument("channels must be 1 or 3");
  // At most 2^31 × 3 × 2^31 = 3 · 2^62, so unsigned 64 bits hold it.
  const uint64_t needed =
      static_cast<uint64_t>(width) * static_cast<uint64_t>(channels) * static_cast<uint64_t>(height);
  if (bytes != needed) {
    throw std::invalid_argument("data has " + std::to_string(bytes) + " bytes, the sizes need " +
                                std::to_string(needed));
  }
  return PdqInput{data, width, height, static_cast<int>(channels)};
}

int PdqHash(const PdqArm& arm, const PdqInput& input, PdqWant want, uint8_t* out) {
  if (input.width < kPdqMinSide || input.height < kPdqMinSide) {
    std::memset(out, 0, PdqOutBytes(want));
    return 0;
  }
  const size_t size = arm.scratch_bytes(input);
  const std::unique_ptr<void, ScratchDeleter> scratch(::operator new(size, kScratchAlignment, std::nothrow));
  if (scratch == nullptr) {
    throw std::invalid_argument("no memory for a raster this wide: " + std::to_string(size) + " bytes");
  }
  return arm.hash(input, want, scratch.get(), out);
}

}  // namespace exhibit_hash
