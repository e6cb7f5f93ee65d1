// PDQ at the border: checks what JavaScript hands over, calls an arm.

#include "pdq/bindings.h"

#include "common/border.h"
#include "pdq/hash.h"

namespace exhibit_hash {
namespace {

constexpr const char* kInvalid = "RASTER_INVALID";

// (isa, data, width, height, channels, out) → quality; `out` has 32 bytes or 8 × 32.
Napi::Value Hash(const Napi::CallbackInfo& info, PdqWant want) {
  const PdqArm& arm = PdqArmOf(TakeIsa(info[0]));
  const ByteSpan bytes = TakeBytes(info[1], kInvalid, "data");
  const int64_t width = TakeInteger(info[2], 1, kPdqMaxSide, kInvalid, "width");
  const int64_t height = TakeInteger(info[3], 1, kPdqMaxSide, kInvalid, "height");
  const int64_t channels = TakeInteger(info[4], 1, 3, kInvalid, "channels");
  const ByteSpan out = TakeBytes(info[5], kInvalid, "out");
  if (out.size != PdqOutBytes(want)) {
    throw CodedError(info.Env(), kInvalid, "out must have " + std::to_string(PdqOutBytes(want)) + " bytes");
  }
  return Refusing(info.Env(), kInvalid, [&]() -> Napi::Value {
    const PdqInput input = CheckedPdqInput(bytes.data, bytes.size, width, height, channels);
    return Napi::Number::New(info.Env(), PdqHash(arm, input, want, out.data));
  });
}

Napi::Value Single(const Napi::CallbackInfo& info) { return Hash(info, PdqWant::kSingle); }

Napi::Value Dihedral(const Napi::CallbackInfo& info) { return Hash(info, PdqWant::kDihedral); }

}  // namespace

void RegisterPdq(Napi::Env env, Napi::Object exports) {
  exports.Set("pdq", Napi::Function::New(env, Single, "pdq"));
  exports.Set("pdqDihedral", Napi::Function::New(env, Dihedral, "pdqDihedral"));
}

}  // namespace exhibit_hash
