// Sorting at the border: on a thread of libuv's pool, so that reading goes on meanwhile.

#include "sort/bindings.h"

#include <new>

#include "common/border.h"
#include "sort/sort.h"

namespace exhibit_hash {
namespace {

constexpr const char* kUsage = "USAGE";

class SortWorker : public Napi::AsyncWorker {
 public:
  SortWorker(const Napi::Uint8Array& items, const ByteSpan& bytes, size_t item_bytes)
      : Napi::AsyncWorker(items.Env(), "exhibit-hash sort"),
        deferred_(Napi::Promise::Deferred::New(items.Env())),
        items_(Napi::Persistent(items)),
        bytes_(bytes),
        item_bytes_(item_bytes) {}

  Napi::Promise Promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override { SortItems(bytes_.data, bytes_.size / item_bytes_, item_bytes_); }
  void OnOK() override { deferred_.Resolve(Env().Undefined()); }
  void OnError(const Napi::Error&) override {
    deferred_.Reject(CodedError(Env(), "INTERNAL", "not enough memory").Value());
  }

 private:
  Napi::Promise::Deferred deferred_;
  // Keeps the bytes where they are.
  Napi::Reference<Napi::Uint8Array> items_;
  const ByteSpan bytes_;
  const size_t item_bytes_;
};

// (items, itemBytes) → promise; nobody may touch the items before it is kept
Napi::Value Sort(const Napi::CallbackInfo& info) {
  const ByteSpan bytes = TakeBytes(info[0], kUsage, "items");
  const size_t item_bytes = static_cast<size_t>(TakeInteger(info[1], 4, 64, kUsage, "itemBytes"));
  if (!IsSortableWidth(item_bytes)) throw CodedError(info.Env(), kUsage, "itemBytes must be a multiple of 4");
  SortWorker* worker = new SortWorker(info[0].As<Napi::Uint8Array>(), bytes, item_bytes);
  const Napi::Promise promise = worker->Promise();
  worker->Queue();
  return promise;
}

}  // namespace

void RegisterSort(Napi::Env env, Napi::Object exports) {
  exports.Set("sortItems", Napi::Function::New(env, Sort, "sortItems"));
}

}  // namespace exhibit_hash
