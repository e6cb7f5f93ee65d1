// PDQ at the border: checks what JavaScript hands over, finds memory, calls an arm.

#include "pdq/bindings.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "common/border.h"
#include "common/isa.h"
#include "pdq/pdq.h"

namespace exhibit_hash {
namespace {

constexpr const char* kInvalid = "RASTER_INVALID";
// Keeps every product of sizes far from the limits of 64 bits.
constexpr int64_t kMaxSide = int64_t{1} << 31;

const PdqArm& ArmOf(Isa isa) {
  switch (isa) {
#if EXHIBIT_HASH_X86_ARMS
    case Isa::kAvx2:
      return kPdqAvx2;
    case Isa::kAvx512:
      return kPdqAvx512;
#endif
#if EXHIBIT_HASH_NEON_ARM
    case Isa::kNeon:
      return kPdqNeon;
#endif
    default:
      return kPdqScalar;
  }
}

PdqInput TakeInput(const Napi::CallbackInfo& info) {
  const int64_t width = TakeInteger(info[2], 1, kMaxSide, kInvalid, "width");
  const int64_t height = TakeInteger(info[3], 1, kMaxSide, kInvalid, "height");
  const int64_t channels = TakeInteger(info[4], 1, 3, kInvalid, "channels");
  if (channels == 2) throw CodedError(info.Env(), kInvalid, "channels must be 1 or 3");
  const ByteSpan bytes = TakeBytes(info[1], kInvalid, "data");
  // At most 2^31 × 3 × 2^31 = 3 · 2^62, so unsigned 64 bits hold it.
  const uint64_t needed =
      static_cast<uint64_t>(width) * static_cast<uint64_t>(channels) * static_cast<uint64_t>(height);
  if (bytes.size != needed) {
    throw CodedError(info.Env(), kInvalid,
                     "data has " + std::to_string(bytes.size) + " bytes, the sizes need " + std::to_string(needed));
  }
  return PdqInput{bytes.data, width, height, static_cast<int>(channels)};
}

// (isa, data, width, height, channels, out) → quality; `out` has 32 bytes or 8 × 32.
Napi::Value Hash(const Napi::CallbackInfo& info, PdqWant want) {
  const Isa isa = TakeIsa(info[0]);
  const PdqInput input = TakeInput(info);
  const ByteSpan out = TakeBytes(info[5], kInvalid, "out");
  const size_t out_bytes = want == PdqWant::kDihedral ? kPdqHashBytes * kPdqVariants : kPdqHashBytes;
  if (out.size != out_bytes) {
    throw CodedError(info.Env(), kInvalid, "out must have " + std::to_string(out_bytes) + " bytes");
  }
  if (input.width < kPdqMinSide || input.height < kPdqMinSide) {
    std::memset(out.data, 0, out_bytes);
    return Napi::Number::New(info.Env(), 0);
  }
  const PdqArm& arm = ArmOf(isa);
  const size_t size = arm.scratch_bytes(input);
  constexpr size_t kAlignment = 64;
  const std::unique_ptr<char[]> block(new (std::nothrow) char[size + kAlignment]);
  if (block == nullptr) {
    throw CodedError(info.Env(), kInvalid, "no memory for a raster this wide: " + std::to_string(size) + " bytes");
  }
  void* scratch = block.get();
  size_t space = size + kAlignment;
  std::align(kAlignment, size, scratch, space);
  return Napi::Number::New(info.Env(), arm.hash(input, want, scratch, out.data));
}

Napi::Value Single(const Napi::CallbackInfo& info) { return Hash(info, PdqWant::kSingle); }

Napi::Value Dihedral(const Napi::CallbackInfo& info) { return Hash(info, PdqWant::kDihedral); }

}  // namespace

void RegisterPdq(Napi::Env env, Napi::Object exports) {
  exports.Set("pdq", Napi::Function::New(env, Single, "pdq"));
  exports.Set("pdqDihedral", Napi::Function::New(env, Dihedral, "pdqDihedral"));
}

}  // namespace exhibit_hash
