// Pillow's resize at the border: checks what JavaScript hands over, calls an arm.

#include "resize/bindings.h"

#include <cstring>
#include <vector>

#include "common/border.h"
#include "common/isa.h"
#include "resize/resize.h"

namespace exhibit_hash {
namespace {

constexpr const char* kInvalid = "RASTER_INVALID";
constexpr int64_t kMaxSide = int64_t{1} << 31;

const ResizeArm& ArmOf(Isa isa) {
  switch (isa) {
#if EXHIBIT_HASH_X86_ARMS
    case Isa::kAvx2:
      return kResizeAvx2;
    case Isa::kAvx512:
      return kResizeAvx512;
#endif
#if EXHIBIT_HASH_NEON_ARM
    case Isa::kNeon:
      return kResizeNeon;
#endif
    default:
      return kResizeScalar;
  }
}

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

struct Axis {
  std::vector<int32_t> bounds, weights;
  ResizeAxis view;
};

// { bounds, weights } of `samples` samples.
Axis TakeAxis(const Napi::Value& value, int64_t samples) {
  const Napi::Env env = value.Env();
  if (!value.IsObject()) throw CodedError(env, kInvalid, "an axis must have bounds and weights");
  const Napi::Object object = value.As<Napi::Object>();
  Axis axis{CopyInt32(object.Get("bounds"), "bounds"), CopyInt32(object.Get("weights"), "weights"), {}};
  const int64_t outputs = static_cast<int64_t>(axis.bounds.size() / 2);
  const int64_t weights = static_cast<int64_t>(axis.weights.size());
  if (outputs == 0 || axis.bounds.size() % 2 != 0 || weights % outputs != 0) {
    throw CodedError(env, kInvalid, "an axis must have two bounds an output, and equally many weights for each");
  }
  const int64_t taps = weights / outputs;
  for (int64_t i = 0; i < outputs; i++) {
    const int64_t first = axis.bounds[2 * i], count = axis.bounds[2 * i + 1];
    if (first < 0 || count < 0 || count > taps || first + count > samples) {
      throw CodedError(env, kInvalid, "the bounds of an output lie outside the samples or the weights");
    }
  }
  axis.view = ResizeAxis{samples, outputs, taps, axis.bounds.data(), axis.weights.data()};
  return axis;
}

void ExpectSize(const Napi::Env env, const ByteSpan& bytes, int64_t width, int64_t height, const char* what) {
  if (bytes.size != static_cast<uint64_t>(width) * static_cast<uint64_t>(height)) {
    throw CodedError(env, kInvalid, std::string(what) + " has " + std::to_string(bytes.size) + " bytes");
  }
}

// (isa, rgb, out): three bytes become one.
Napi::Value Luma(const Napi::CallbackInfo& info) {
  const ResizeArm& arm = ArmOf(TakeIsa(info[0]));
  const ByteSpan rgb = TakeBytes(info[1], kInvalid, "data");
  const ByteSpan out = TakeBytes(info[2], kInvalid, "out");
  if (rgb.size % 3 != 0 || rgb.size / 3 != out.size) {
    throw CodedError(info.Env(), kInvalid, "data must have three bytes for each of out");
  }
  arm.luma(rgb.data, static_cast<int64_t>(out.size), out.data);
  return info.Env().Undefined();
}

// (isa, luma, width, height, axis, out) for both directions; they differ in what the axis runs along.
Napi::Value Resize(const Napi::CallbackInfo& info, bool along_rows) {
  const ResizeArm& arm = ArmOf(TakeIsa(info[0]));
  const int64_t width = TakeInteger(info[2], 1, kMaxSide, kInvalid, "width");
  const int64_t height = TakeInteger(info[3], 1, kMaxSide, kInvalid, "height");
  const Axis axis = TakeAxis(info[4], along_rows ? width : height);
  // After everything that can run JavaScript (getters of the axis), so that the memory is still what it was.
  const ByteSpan luma = TakeBytes(info[1], kInvalid, "data");
  const ByteSpan out = TakeBytes(info[5], kInvalid, "out");
  ExpectSize(info.Env(), luma, width, height, "data");
  if (along_rows) {
    ExpectSize(info.Env(), out, axis.view.outputs, height, "out");
    arm.rows(luma.data, height, axis.view, out.data);
  } else {
    ExpectSize(info.Env(), out, width, axis.view.outputs, "out");
    arm.columns(luma.data, width, axis.view, out.data);
  }
  return info.Env().Undefined();
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
