// The builder of tables and the join at the border: checks what JavaScript hands over.

#include "near/bindings.h"

#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include "common/border.h"
#include "hamming/hamming.h"
#include "near/join.h"
#include "near/tables.h"

namespace exhibit_hash {
namespace {

constexpr const char* kUsage = "USAGE";
constexpr napi_type_tag kTag = {0x5f2c1a6be0d94873, 0x9a417c3fb8e25d06};

uint32_t TakeCount(const Napi::Value& value, const char* what) {
  return static_cast<uint32_t>(TakeInteger(value, 0, std::numeric_limits<uint32_t>::max(), kUsage, what));
}

Napi::Uint32Array Copy(Napi::Env env, const std::vector<uint32_t>& numbers) {
  Napi::Uint32Array copy = Napi::Uint32Array::New(env, numbers.size());
  if (!numbers.empty()) std::memcpy(copy.Data(), numbers.data(), numbers.size() * sizeof numbers[0]);
  return copy;
}

// new NearTable(hashBytes, tables, keyBits, slots, table)
class NearTable : public Napi::ObjectWrap<NearTable> {
 public:
  static void Register(Napi::Env env, Napi::Object exports) {
    exports.Set("NearTable",
                DefineClass(env, "NearTable",
                            {InstanceMethod<&NearTable::Add>("add"), InstanceMethod<&NearTable::Finish>("finish")}));
  }

  explicit NearTable(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NearTable>(info) {
    shape_ = {TakeCount(info[0], "hashBytes"), TakeCount(info[1], "tables"), TakeCount(info[2], "keyBits"),
              TakeCount(info[3], "slots")};
    if (!IsNearShape(shape_)) throw CodedError(info.Env(), kUsage, "tables of a shape that cannot be");
    const uint32_t table = static_cast<uint32_t>(TakeInteger(info[4], 0, int64_t{shape_.tables} - 1, kUsage, "table"));
    try {
      builder_ = std::make_unique<NearTableBuilder>(shape_, table);
    } catch (const std::bad_alloc&) {
      throw CodedError(info.Env(), "INTERNAL", "not enough memory");
    }
    info.This().As<Napi::Object>().TypeTag(&kTag);
  }

 private:
  NearTableBuilder& Open(const Napi::CallbackInfo& info) {
    if (!info.This().As<Napi::Object>().CheckTypeTag(&kTag) || builder_ == nullptr) {
      throw CodedError(info.Env(), kUsage, "the table is finished");
    }
    return *builder_;
  }

  // (packedHashes, firstPosition)
  void Add(const Napi::CallbackInfo& info) {
    NearTableBuilder& builder = Open(info);
    const ByteSpan hashes = TakeBytes(info[0], kUsage, "packedHashes");
    const size_t count = hashes.size / shape_.hash_bytes;
    const int64_t first = TakeInteger(info[1], 0, kMaxPosition, kUsage, "firstPosition");
    if (count > 0 && first + static_cast<int64_t>(count) - 1 > int64_t{kMaxPosition}) {
      throw CodedError(info.Env(), kUsage, "more hashes than a table can number");
    }
    builder.Add(hashes.data, count, static_cast<uint32_t>(first));
  }

  // (overflowStart) → [groups, overflow]
  Napi::Value Finish(const Napi::CallbackInfo& info) {
    NearTableBuilder& builder = Open(info);
    builder.Finish(TakeCount(info[0], "overflowStart"));
    Napi::Array parts = Napi::Array::New(info.Env(), 2);
    parts.Set(0u, Copy(info.Env(), builder.groups()));
    parts.Set(1u, Copy(info.Env(), builder.overflow()));
    builder_.reset();
    return parts;
  }

  NearShape shape_;
  std::unique_ptr<NearTableBuilder> builder_;
};

// (isa, queries, items, hashBytes, firstBit, keyBits, radius, maxDistance, marks): marks are set
void MarkNearOf(const Napi::CallbackInfo& info) {
  const Isa isa = TakeIsa(info[0]);
  const ByteSpan queries = TakeBytes(info[1], kUsage, "queries");
  const ByteSpan items = TakeBytes(info[2], kUsage, "items");
  const uint32_t hash_bytes = TakeCount(info[3], "hashBytes");
  const uint32_t first_bit = TakeCount(info[4], "firstBit");
  const uint32_t key_bits = static_cast<uint32_t>(TakeInteger(info[5], 0, kMaxJoinKeyBits, kUsage, "keyBits"));
  const uint32_t radius = static_cast<uint32_t>(TakeInteger(info[6], 0, kMaxJoinRadius, kUsage, "radius"));
  const uint32_t max_distance = TakeCount(info[7], "maxDistance");
  const ByteSpan marks = TakeBytes(info[8], kUsage, "marks");
  if ((hash_bytes != 8 && hash_bytes != 32) || first_bit > hash_bytes * 8 || key_bits > hash_bytes * 8 - first_bit) {
    throw CodedError(info.Env(), kUsage, "a slice that does not lie within a hash");
  }
  constexpr size_t kMost = std::numeric_limits<uint32_t>::max();
  const size_t query_count = queries.size / hash_bytes;
  const size_t item_count = items.size / hash_bytes;
  if (queries.size % hash_bytes != 0 || items.size % hash_bytes != 0 || marks.size != item_count ||
      query_count >= kMost || item_count >= kMost) {
    throw CodedError(info.Env(), kUsage, "hashes are whole, and there is one mark for each item");
  }
  const JoinInput input{queries.data, query_count, items.data, item_count,  hash_bytes,
                        first_bit,    key_bits,    radius,     max_distance};
  try {
    MarkNear(HammingScanOf(isa), input, marks.data);
  } catch (const std::bad_alloc&) {
    throw CodedError(info.Env(), "INTERNAL", "not enough memory");
  }
}

}  // namespace

void RegisterNear(Napi::Env env, Napi::Object exports) {
  NearTable::Register(env, exports);
  exports.Set("markNear", Napi::Function::New(env, MarkNearOf, "markNear"));
}

}  // namespace exhibit_hash
