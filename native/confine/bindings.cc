// The confinement of a process at the border.

#include "confine/bindings.h"

#include "confine/network.h"

namespace exhibit_hash {
namespace {

// () → whether it is done
Napi::Value Deny(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), DenyNetwork()); }

}  // namespace

void RegisterConfine(Napi::Env env, Napi::Object exports) {
  exports.Set("canDenyNetwork", Napi::Boolean::New(env, CanDenyNetwork()));
  exports.Set("denyNetwork", Napi::Function::New(env, Deny, "denyNetwork"));
}

}  // namespace exhibit_hash
