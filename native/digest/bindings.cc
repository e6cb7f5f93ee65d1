// The digests at the border: checks what JavaScript hands over, calls an arm.

#include "digest/bindings.h"

#include <new>
#include <vector>

#include "common/border.h"
#include "digest/batch.h"
#include "digest/padding.h"
#include "digest/stream.h"

namespace exhibit_hash {
namespace {

constexpr const char* kUsage = "USAGE";
// So that the digests of a batch fit one array everywhere.
constexpr uint32_t kMaxFiles = 1 << 24;

// (isa, withShaNi = true): tests leave the SHA extensions out to see the arm that other machines
// run.
const DigestArm& TakeArm(const Napi::Value& isa_name, const Napi::Value& with_sha_ni) {
  const Isa isa = TakeIsa(isa_name);
  const bool wanted = !with_sha_ni.IsBoolean() || with_sha_ni.As<Napi::Boolean>().Value();
  return DigestArmOf(isa, wanted && DigestUsesShaNi(isa));
}

// The elements of an array. Taking one can run code of the caller, which may change or detach what
// was taken before: so no element's bytes are looked at until all elements are here.
std::vector<Napi::Value> TakeElements(const Napi::Value& value) {
  if (!value.IsArray()) throw CodedError(value.Env(), kUsage, "files must be an array");
  const Napi::Array array = value.As<Napi::Array>();
  const uint32_t length = array.Length();
  if (length > kMaxFiles) throw CodedError(value.Env(), kUsage, "more files than a batch can have");
  std::vector<Napi::Value> elements;
  for (uint32_t i = 0; i < length; i++) {
    const Napi::Value element = array.Get(i);
    if (!element.IsTypedArray()) throw CodedError(value.Env(), kUsage, "files must hold nothing but Uint8Arrays");
    elements.push_back(element);
  }
  return elements;
}

// (isa, files, withShaNi?) → kDigestBytes for each file, in the order of the files
Napi::Value Batch(const Napi::CallbackInfo& info) {
  const DigestArm& arm = TakeArm(info[0], info[2]);
  try {
    const std::vector<Napi::Value> elements = TakeElements(info[1]);
    Napi::Uint8Array digests = Napi::Uint8Array::New(info.Env(), elements.size() * kDigestBytes);
    std::vector<DigestJob> jobs;
    for (const Napi::Value& element : elements) {
      const ByteSpan bytes = TakeBytes(element, kUsage, "a file");
      jobs.push_back(DigestJob{bytes.data, bytes.size, digests.Data() + jobs.size() * kDigestBytes});
    }
    DigestBatch(arm, jobs);
    return digests;
  } catch (const std::bad_alloc&) {
    throw CodedError(info.Env(), "INTERNAL", "not enough memory");
  }
}

// (isa) → { lanes, shaNi }: what the arm of an instruction set is on this machine
Napi::Value ArmFacts(const Napi::CallbackInfo& info) {
  const Isa isa = TakeIsa(info[0]);
  const bool sha_ni = DigestUsesShaNi(isa);
  Napi::Object facts = Napi::Object::New(info.Env());
  facts.Set("lanes", Napi::Number::New(info.Env(), static_cast<double>(DigestArmOf(isa, sha_ni).lanes)));
  facts.Set("shaNi", Napi::Boolean::New(info.Env(), sha_ni));
  return facts;
}

// new DigestStream(isa, withShaNi?)
class DigestStream : public Napi::ObjectWrap<DigestStream> {
 public:
  static void Register(Napi::Env env, Napi::Object exports) {
    exports.Set("DigestStream", DefineClass(env, "DigestStream",
                                            {InstanceMethod<&DigestStream::Update>("update"),
                                             InstanceMethod<&DigestStream::Finish>("finish")}));
  }

  explicit DigestStream(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<DigestStream>(info), parts_(TakeArm(info[0], info[1])) {
    info.This().As<Napi::Object>().TypeTag(&kTag);
  }

 private:
  // (bytes)
  Napi::Value Update(const Napi::CallbackInfo& info) {
    CheckOpen(info);
    const ByteSpan bytes = TakeBytes(info[0], kUsage, "part");
    parts_.Update(bytes.data, bytes.size);
    return info.Env().Undefined();
  }

  // () → kDigestBytes; ends the stream
  Napi::Value Finish(const Napi::CallbackInfo& info) {
    CheckOpen(info);
    Napi::Uint8Array digests = Napi::Uint8Array::New(info.Env(), kDigestBytes);
    parts_.Finish(digests.Data());
    is_finished_ = true;
    return digests;
  }

  // A method can be called on any object. One that wraps something else is told by its tag, before
  // any member is looked at.
  void CheckOpen(const Napi::CallbackInfo& info) const {
    if (!info.This().As<Napi::Object>().CheckTypeTag(&kTag)) {
      throw CodedError(info.Env(), kUsage, "this is not a DigestStream");
    }
    if (is_finished_) throw CodedError(info.Env(), kUsage, "the stream has ended");
  }

  static constexpr napi_type_tag kTag = {0x6578686962697468, 0x6469676573747321};

  DigestParts parts_;
  bool is_finished_ = false;
};

}  // namespace

void RegisterDigest(Napi::Env env, Napi::Object exports) {
  exports.Set("digestBatch", Napi::Function::New(env, Batch, "digestBatch"));
  exports.Set("digestArm", Napi::Function::New(env, ArmFacts, "digestArm"));
  DigestStream::Register(env, exports);
}

}  // namespace exhibit_hash
