// Pillow's resize at the border: checks what JavaScript hands over, calls an arm.

#include "resize/bindings.h"

#include <cstring>
#include <vector>

#include "common/border.h"
#include "resize/checks.h"
#include "resize/turned.h"

namespace exhibit_hash {
namespace {

constexpr const char* kInvalid = "RASTER_INVALID";

// A copy: a check of numbers that another thread can change (shared memory) would hold nothing.
std::vector<int32_t> CopyInt32(const Napi::Value& value, const char* what) {
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_int32_array) {
    Napi::Int32Array array = value.As<Napi::Int32Array>();
    std::vector<int32_t> copy(array.Data() == nullptr ? 0 : array.ElementLength());
    if (!copy.empty()) std::memcpy(copy.data(), array.Data(), copy.size() * sizeof(int32_t));
    return copy;
  }
  throw CodedError(value.Env(), kInvalid, std::string(what) + " must be an Int32Array");
}

// (isa, rgb, out): three bytes become one.
Napi::Value Luma(const Napi::CallbackInfo& info) {
  const ResizeArm& arm = ResizeArmOf(TakeIsa(info[0]));
  const ByteSpan rgb = TakeBytes(info[1], kInvalid, "data");
  const ByteSpan out = TakeBytes(info[2], kInvalid, "out");
  return Refusing(info.Env(), kInvalid, [&] {
    CheckLuma(rgb.size, out.size);
    arm.luma(rgb.data, static_cast<int64_t>(out.size), out.data);
    return info.Env().Undefined();
  });
}

// (isa, luma, width, height, { bounds, weights }, out) for both directions; they differ in what the axis runs along.
Napi::Value Resize(const Napi::CallbackInfo& info, bool along_rows) {
  const ResizeArm& arm = ResizeArmOf(TakeIsa(info[0]));
  const int64_t width = TakeInteger(info[2], 1, kResizeMaxSide, kInvalid, "width");
  const int64_t height = TakeInteger(info[3], 1, kResizeMaxSide, kInvalid, "height");
  if (!info[4].IsObject()) throw CodedError(info.Env(), kInvalid, "an axis must have bounds and weights");
  const Napi::Object numbers = info[4].As<Napi::Object>();
  return Refusing(info.Env(), kInvalid, [&] {
    const std::vector<int32_t> bounds = CopyInt32(numbers.Get("bounds"), "bounds");
    const std::vector<int32_t> weights = CopyInt32(numbers.Get("weights"), "weights");
    // After everything that can run JavaScript (getters of the axis), so that the memory is still what it was.
    const ByteSpan luma = TakeBytes(info[1], kInvalid, "data");
    const ByteSpan out = TakeBytes(info[5], kInvalid, "out");
    const ResizeAxis axis = CheckedAxis(along_rows ? width : height, bounds, weights);
    CheckPlane(luma.size, width, height, "data");
    if (along_rows) {
      CheckPlane(out.size, axis.outputs, height, "out");
      ResizeRowsEitherWay(arm, luma.data, height, axis, out.data);
    } else {
      CheckPlane(out.size, width, axis.outputs, "out");
      arm.columns(luma.data, width, axis, out.data);
    }
    return info.Env().Undefined();
  });
}

Napi::Value ResizeRowsOf(const Napi::CallbackInfo& info) { return Resize(info, true); }

Napi::Value ResizeColumnsOf(const Napi::CallbackInfo& info) { return Resize(info, false); }

}  // namespace

void RegisterResize(Napi::Env env, Napi::Object exports) {
  exports.Set("luma", Napi::Function::New(env, Luma, "luma"));
  exports.Set("resizeRows", Napi::Function::New(env, ResizeRowsOf, "resizeRows"));
  exports.Set("resizeColumns", Napi::Function::New(env, ResizeColumnsOf, "resizeColumns"));
}

}  // namespace exhibit_hash
