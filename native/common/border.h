// Checks at the border: typed errors for JavaScript, and arguments taken without ever trusting the caller.

#ifndef EXHIBIT_HASH_COMMON_BORDER_H_
#define EXHIBIT_HASH_COMMON_BORDER_H_

#include <napi.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>

#include "common/isa.h"

namespace exhibit_hash {

// An error whose `code` is one of src/core/errors.ts.
inline Napi::Error CodedError(Napi::Env env, const char* code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Value().Set("code", Napi::String::New(env, code));
  return error;
}

// Runs checks and kernels that know nothing of Node: what they refuse becomes an error with that code.
template <typename Work>
auto Refusing(Napi::Env env, const char* code, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::invalid_argument& refusal) {
    throw CodedError(env, code, refusal.what());
  } catch (const std::bad_alloc&) {
    throw CodedError(env, "INTERNAL", "not enough memory");
  }
}

struct ByteSpan {
  uint8_t* data;
  size_t size;
};

// The bytes of a Uint8Array as they are now: a detached buffer has none.
inline ByteSpan TakeBytes(const Napi::Value& value, const char* code, const char* what) {
  if (value.IsTypedArray()) {
    const Napi::TypedArray array = value.As<Napi::TypedArray>();
    if (array.TypedArrayType() == napi_uint8_array) {
      Napi::Uint8Array bytes = value.As<Napi::Uint8Array>();
      const size_t size = bytes.ByteLength();
      uint8_t* data = bytes.Data();
      return ByteSpan{data, data == nullptr ? 0 : size};
    }
  }
  throw CodedError(value.Env(), code, std::string(what) + " must be a Uint8Array");
}

// A whole number in [lowest, highest]; NaN, fractions, infinities and other types are refused.
inline int64_t TakeInteger(const Napi::Value& value, int64_t lowest, int64_t highest, const char* code,
                           const char* what) {
  if (value.IsNumber()) {
    const double number = value.As<Napi::Number>().DoubleValue();
    const bool inside = number >= static_cast<double>(lowest) && number <= static_cast<double>(highest);
    if (inside && std::floor(number) == number) return static_cast<int64_t>(number);
  }
  throw CodedError(
      value.Env(), code,
      std::string(what) + " must be a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
}

// An instruction set by its name, refused where this machine or this build lacks it.
inline Isa TakeIsa(const Napi::Value& value) {
  if (value.IsString()) {
    const std::string name = value.As<Napi::String>().Utf8Value();
    for (Isa isa : kIsasBestFirst) {
      if (name == IsaName(isa) && IsaAvailable(isa)) return isa;
    }
  }
  throw CodedError(value.Env(), "ISA_UNAVAILABLE", "this build and machine lack that instruction set");
}

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_COMMON_BORDER_H_
