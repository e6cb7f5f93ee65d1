// Assembles the addon: every kernel registers its own functions. No algorithm and no argument check stands here.

#include <napi.h>

#include "common/isa.h"
#include "confine/bindings.h"
#include "digest/bindings.h"
#include "index/bindings.h"
#include "jpeg/bindings.h"
#include "near/bindings.h"
#include "pdq/bindings.h"
#include "photodna/bindings.h"
#include "records/bindings.h"
#include "resize/bindings.h"
#include "sort/bindings.h"

namespace exhibit_hash {
namespace {

// Instruction sets of this build that this machine can run, the best first.
Napi::Array AvailableIsas(Napi::Env env) {
  Napi::Array names = Napi::Array::New(env);
  for (Isa isa : kIsasBestFirst) {
    if (IsaAvailable(isa)) names.Set(names.Length(), Napi::String::New(env, IsaName(isa)));
  }
  return names;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("isas", AvailableIsas(env));
  RegisterConfine(env, exports);
  RegisterPdq(env, exports);
  RegisterPhotoDna(env, exports);
  RegisterResize(env, exports);
  RegisterIndex(env, exports);
  RegisterJpeg(env, exports);
  RegisterNear(env, exports);
  RegisterSort(env, exports);
  RegisterDigest(env, exports);
  RegisterRecords(env, exports);
  return exports;
}

}  // namespace
}  // namespace exhibit_hash

static Napi::Object InitExhibitHash(Napi::Env env, Napi::Object exports) { return exhibit_hash::Init(env, exports); }

NODE_API_MODULE(exhibit_hash, InitExhibitHash)
