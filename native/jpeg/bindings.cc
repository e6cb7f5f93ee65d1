// JPEG at the border: checks what JavaScript hands over.

#include "jpeg/bindings.h"

#include "common/border.h"
#include "jpeg/jpeg.h"

namespace exhibit_hash {
namespace {

constexpr const char* kInvalid = "USAGE";

// (isa, file, reduction, out) → was it taken?
Napi::Value Luma(const Napi::CallbackInfo& info) {
  const Isa isa = TakeIsa(info[0]);
  const int64_t reduction = TakeInteger(info[2], 1, 8, kInvalid, "reduction");
  if (reduction != 1 && reduction != 4 && reduction != 8) {
    throw CodedError(info.Env(), kInvalid, "reduction must be 1, 4 or 8");
  }
  const ByteSpan file = TakeBytes(info[1], kInvalid, "file");
  const ByteSpan out = TakeBytes(info[3], kInvalid, "out");
  return Refusing(info.Env(), kInvalid, [&]() -> Napi::Value {
    const JpegReduction step = static_cast<JpegReduction>(reduction);
    return Napi::Boolean::New(info.Env(), JpegLuma(isa, file.data, file.size, step, out.data, out.size));
  });
}

}  // namespace

void RegisterJpeg(Napi::Env env, Napi::Object exports) {
  exports.Set("jpegLuma", Napi::Function::New(env, Luma, "jpegLuma"));
}

}  // namespace exhibit_hash
