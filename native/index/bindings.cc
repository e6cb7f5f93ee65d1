// The index at the border: checks what JavaScript hands over and turns damage into typed errors.

#include "index/bindings.h"

#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <vector>

#include "common/border.h"
#include "common/scan.h"
#include "digest/sha256.h"
#include "hamming/hamming.h"
#include "index/checked_file.h"
#include "lookup/lookup.h"
#include "lookup/scan_table.h"
#include "near/search.h"
#include "photodna/photodna.h"
#include "photodna/search.h"

namespace exhibit_hash {
namespace {

constexpr const char* kUsage = "USAGE";
constexpr int64_t kMaxOffset = int64_t{1} << 52;
constexpr int64_t kMaxItemBytes = 1024;

uint64_t TakeOffset(const Napi::Value& value, const char* what) {
  return static_cast<uint64_t>(TakeInteger(value, 0, kMaxOffset, kUsage, what));
}

// Hits as (query, position, distance).
Napi::Uint32Array Triples(Napi::Env env, const std::vector<Hit>& hits) {
  static_assert(sizeof(Hit) == 3 * sizeof(uint32_t), "hits are copied as triples");
  Napi::Uint32Array triples = Napi::Uint32Array::New(env, hits.size() * 3);
  if (!hits.empty()) std::memcpy(triples.Data(), hits.data(), hits.size() * sizeof(Hit));
  return triples;
}

// new IndexFile(fd, identity, bodyOffset, bodyBytes, leavesOffset, leafCount, blockBytes, nodes)
class IndexFile : public Napi::ObjectWrap<IndexFile> {
 public:
  static void Register(Napi::Env env, Napi::Object exports) {
    exports.Set(
        "IndexFile",
        DefineClass(
            env, "IndexFile",
            {InstanceMethod<&IndexFile::Read>("read"), InstanceMethod<&IndexFile::ReadItems>("readItems"),
             InstanceMethod<&IndexFile::Find>("findFirst"), InstanceMethod<&IndexFile::FindEvery>("findAll"),
             InstanceMethod<&IndexFile::ScanHashes>("scan"), InstanceMethod<&IndexFile::ScanPhotoDna>("scanPhotoDna"),
             InstanceMethod<&IndexFile::NearPhotoDna>("nearPhotoDna"),
             InstanceMethod<&IndexFile::CountPhotoDna>("countPhotoDna"), InstanceMethod<&IndexFile::Near>("near"),
             InstanceMethod<&IndexFile::CheckBlocks>("checkBlocks"), InstanceMethod<&IndexFile::Close>("close")}));
  }

  explicit IndexFile(const Napi::CallbackInfo& info) : Napi::ObjectWrap<IndexFile>(info) {
    const int fd = static_cast<int>(TakeInteger(info[0], 0, std::numeric_limits<int>::max(), kUsage, "fd"));
    if (!info[1].IsString()) throw CodedError(info.Env(), kUsage, "identity must be a string");
    const IndexGeometry geometry = {TakeOffset(info[2], "bodyOffset"), TakeOffset(info[3], "bodyBytes"),
                                    TakeOffset(info[4], "leavesOffset"), TakeOffset(info[5], "leafCount"),
                                    TakeOffset(info[6], "blockBytes")};
    const ByteSpan nodes = TakeBytes(info[7], kUsage, "nodes");
    const std::string identity = info[1].As<Napi::String>().Utf8Value();
    Guard(info.Env(), [&] {
      file_ = CheckedFile::Open(identity, fd, geometry, {nodes.data, nodes.data + nodes.size});
      return 0;
    });
  }

 private:
  // (offset, length) → a copy
  Napi::Value Read(const Napi::CallbackInfo& info) {
    const uint64_t offset = TakeOffset(info[0], "offset");
    const uint64_t length = TakeOffset(info[1], "length");
    return Guard(info.Env(), [&]() -> Napi::Value {
      const uint8_t* bytes = Open(info.Env()).Bytes(offset, length);
      Napi::Uint8Array copy = Napi::Uint8Array::New(info.Env(), length);
      if (length > 0) std::memcpy(copy.Data(), bytes, length);
      return copy;
    });
  }

  // (offset, itemBytes, positions) → copies of the items, one after the other
  Napi::Value ReadItems(const Napi::CallbackInfo& info) {
    const uint64_t offset = TakeOffset(info[0], "offset");
    const uint64_t item_bytes = static_cast<uint64_t>(TakeInteger(info[1], 1, kMaxItemBytes, kUsage, "itemBytes"));
    if (!info[2].IsTypedArray() || info[2].As<Napi::TypedArray>().TypedArrayType() != napi_uint32_array) {
      throw CodedError(info.Env(), kUsage, "positions must be a Uint32Array");
    }
    const Napi::Uint32Array positions = info[2].As<Napi::Uint32Array>();
    return Guard(info.Env(), [&]() -> Napi::Value {
      CheckedFile& file = Open(info.Env());
      Napi::Uint8Array items = Napi::Uint8Array::New(info.Env(), positions.ElementLength() * item_bytes);
      for (size_t i = 0; i < positions.ElementLength(); i++) {
        std::memcpy(items.Data() + i * item_bytes, file.Bytes(offset + positions[i] * item_bytes, item_bytes),
                    item_bytes);
      }
      return items;
    });
  }

  // (keysOffset, directoryOffset, count, keyBytes, directoryBits, …)
  static KeyTable TakeTable(const Napi::CallbackInfo& info) {
    return {TakeOffset(info[0], "keysOffset"), TakeOffset(info[1], "directoryOffset"), TakeOffset(info[2], "count"),
            static_cast<uint64_t>(TakeInteger(info[3], 4, 64, kUsage, "keyBytes")),
            static_cast<unsigned>(TakeInteger(info[4], 0, 32, kUsage, "directoryBits"))};
  }

  // (table…, packedKeys) → Int32Array
  Napi::Value Find(const Napi::CallbackInfo& info) {
    const KeyTable table = TakeTable(info);
    const ByteSpan keys = TakeBytes(info[5], kUsage, "packedKeys");
    const uint64_t n = keys.size / table.key_bytes;
    return Guard(info.Env(), [&]() -> Napi::Value {
      Napi::Int32Array entries = Napi::Int32Array::New(info.Env(), n);
      FindFirst(Open(info.Env()), table, keys.data, n, entries.Data());
      return entries;
    });
  }

  // (table…, key) → Uint32Array
  Napi::Value FindEvery(const Napi::CallbackInfo& info) {
    const KeyTable table = TakeTable(info);
    const ByteSpan key = TakeBytes(info[5], kUsage, "key");
    if (key.size != table.key_bytes) throw CodedError(info.Env(), kUsage, "key has another length");
    return Guard(info.Env(), [&]() -> Napi::Value {
      const std::vector<uint32_t> found = FindAll(Open(info.Env()), table, key.data);
      Napi::Uint32Array entries = Napi::Uint32Array::New(info.Env(), found.size());
      for (size_t i = 0; i < found.size(); i++) entries[i] = found[i];
      return entries;
    });
  }

  // (isa, offset, count, hashBytes, packedQueries, maxDistance) → Uint32Array of triples
  Napi::Value ScanHashes(const Napi::CallbackInfo& info) {
    const Scan scan = HammingScanOf(TakeIsa(info[0]));
    const size_t width = static_cast<size_t>(TakeInteger(info[3], 8, 32, kUsage, "hashBytes"));
    if (width != 8 && width != 32) throw CodedError(info.Env(), kUsage, "hashBytes must be 8 or 32");
    const int64_t max_distance = TakeInteger(info[5], 0, 256, kUsage, "maxDistanceBits");
    return ScanWith(info, scan, width, info[4], max_distance);
  }

  // (isa, offset, count, packedQueries, maxDistance) → Uint32Array of triples
  Napi::Value ScanPhotoDna(const Napi::CallbackInfo& info) {
    const Scan scan = PhotoDnaScanOf(TakeIsa(info[0]));
    const int64_t max_distance = TakeInteger(info[4], 0, std::numeric_limits<int32_t>::max(), kUsage, "maxDistance");
    return ScanWith(info, scan, kPhotoDnaBytes, info[3], max_distance);
  }

  // (isa, [valuesOffset, count, rowsOffset], tables, rows, limit, packedQueries, maxDistance) → Uint32Array of triples
  Napi::Value NearPhotoDna(const Napi::CallbackInfo& info) {
    const Isa isa = TakeIsa(info[0]);
    const SketchedValues values = TakeSketchedValues(info[1]);
    const SketchQuestion question = TakeSketchQuestion(info);
    const ByteSpan queries = TakeBytes(info[5], kUsage, "packedQueries");
    const int64_t max_distance = TakeInteger(info[6], 0, std::numeric_limits<int32_t>::max(), kUsage, "maxDistance");
    if (queries.size != question.query_count * kPhotoDnaBytes) {
      throw CodedError(info.Env(), kUsage, "tables must be those of the queries");
    }
    return Guard(info.Env(), [&]() -> Napi::Value {
      std::vector<Hit> hits;
      FindBySketch(Open(info.Env()), isa, values, question, queries.data, static_cast<uint32_t>(max_distance), &hits);
      return Triples(info.Env(), hits);
    });
  }

  // (isa, [valuesOffset, count, rowsOffset], tables, rows, limit, groups) → Uint32Array, a number a query
  Napi::Value CountPhotoDna(const Napi::CallbackInfo& info) {
    const Isa isa = TakeIsa(info[0]);
    const SketchedValues values = TakeSketchedValues(info[1]);
    const SketchQuestion question = TakeSketchQuestion(info);
    if (!info[5].IsArray()) throw CodedError(info.Env(), kUsage, "groups must be an array");
    const Napi::Array numbers = info[5].As<Napi::Array>();
    std::vector<uint32_t> groups(numbers.Length());
    for (uint32_t i = 0; i < groups.size(); i++) {
      groups[i] = static_cast<uint32_t>(
          TakeInteger(numbers.Get(i), 0, std::numeric_limits<uint32_t>::max(), kUsage, "a group"));
    }
    return Guard(info.Env(), [&]() -> Napi::Value {
      std::vector<uint32_t> passed(question.query_count);
      CountBySketch(Open(info.Env()), isa, values, question, groups.data(), groups.size(), passed.data());
      Napi::Uint32Array counts = Napi::Uint32Array::New(info.Env(), passed.size());
      for (size_t i = 0; i < passed.size(); i++) counts[i] = passed[i];
      return counts;
    });
  }

  static SketchedValues TakeSketchedValues(const Napi::Value& value) {
    if (!value.IsArray()) throw CodedError(value.Env(), kUsage, "values must be an array");
    const Napi::Array numbers = value.As<Napi::Array>();
    const int64_t count = TakeInteger(numbers.Get(1u), 0, std::numeric_limits<uint32_t>::max(), kUsage, "count");
    return {TakeOffset(numbers.Get(0u), "valuesOffset"), static_cast<uint64_t>(count),
            TakeOffset(numbers.Get(2u), "rowsOffset")};
  }

  // The tables at info[2], how many rows of them at info[3], the limit at info[4].
  static SketchQuestion TakeSketchQuestion(const Napi::CallbackInfo& info) {
    const ByteSpan tables = TakeBytes(info[2], kUsage, "tables");
    if (tables.size % kSketchQueryBytes != 0) throw CodedError(info.Env(), kUsage, "tables of another size");
    return {tables.data, tables.size / kSketchQueryBytes,
            static_cast<size_t>(TakeInteger(info[3], 1, kSketchRows, kUsage, "rows")),
            static_cast<uint8_t>(TakeInteger(info[4], 0, 254, kUsage, "limit"))};
  }

  // (isa, [hashBytes, tables, keyBits, slots, hashesOffset, groupsOffset, overflowOffset, overflowCount, firstPosition,
  // count], packedQueries, radii, maxDistance) → Uint32Array of triples
  Napi::Value Near(const Napi::CallbackInfo& info) {
    const Isa isa = TakeIsa(info[0]);
    const NearTables tables = TakeNearTables(info[1]);
    const ByteSpan queries = TakeBytes(info[2], kUsage, "packedQueries");
    const ByteSpan radii = TakeBytes(info[3], kUsage, "radii");
    const uint32_t max_distance = static_cast<uint32_t>(TakeInteger(info[4], 0, 256, kUsage, "maxDistanceBits"));
    if (!IsNearShape(tables.shape)) throw CodedError(info.Env(), "INDEX_DAMAGED", "tables of a shape that cannot be");
    if (radii.size != tables.shape.tables) throw CodedError(info.Env(), kUsage, "radii must be one a table");
    for (size_t t = 0; t < radii.size; t++) {
      if (radii.data[t] > kMaxRadius && radii.data[t] != kSkipTable) {
        throw CodedError(info.Env(), kUsage, "a radius is larger than is ever worth it");
      }
    }
    return Guard(info.Env(), [&]() -> Napi::Value {
      std::vector<Hit> hits;
      FindNear(Open(info.Env()), isa, tables, queries.data, queries.size / tables.shape.hash_bytes, radii.data,
               max_distance, &hits);
      return Triples(info.Env(), hits);
    });
  }

  static NearTables TakeNearTables(const Napi::Value& value) {
    if (!value.IsArray()) throw CodedError(value.Env(), kUsage, "tables must be an array");
    const Napi::Array numbers = value.As<Napi::Array>();
    const auto small = [&](uint32_t i, const char* what) {
      return static_cast<uint32_t>(TakeInteger(numbers.Get(i), 0, std::numeric_limits<uint32_t>::max(), kUsage, what));
    };
    return {{small(0, "hashBytes"), small(1, "tables"), small(2, "keyBits"), small(3, "slots")},
            TakeOffset(numbers.Get(4u), "hashesOffset"),
            TakeOffset(numbers.Get(5u), "groupsOffset"),
            TakeOffset(numbers.Get(6u), "overflowOffset"),
            TakeOffset(numbers.Get(7u), "overflowCount"),
            small(8, "firstPosition"),
            small(9, "count")};
  }

  // The table at info[1] of info[2] items.
  Napi::Value ScanWith(const Napi::CallbackInfo& info, Scan scan, size_t width, const Napi::Value& packed_queries,
                       int64_t max_distance) {
    const uint64_t offset = TakeOffset(info[1], "offset");
    const uint64_t count =
        static_cast<uint64_t>(TakeInteger(info[2], 0, std::numeric_limits<uint32_t>::max(), kUsage, "count"));
    const ByteSpan queries = TakeBytes(packed_queries, kUsage, "packedQueries");
    return Guard(info.Env(), [&]() -> Napi::Value {
      const std::vector<Hit> hits = ScanTable(Open(info.Env()), {offset, count, width}, scan, queries.data,
                                              queries.size / width, static_cast<uint32_t>(max_distance));
      return Triples(info.Env(), hits);
    });
  }

  // (first, count) → first damaged block or -1
  Napi::Value CheckBlocks(const Napi::CallbackInfo& info) {
    const uint64_t first = TakeOffset(info[0], "first");
    const uint64_t count = TakeOffset(info[1], "count");
    return Guard(info.Env(), [&]() -> Napi::Value {
      return Napi::Number::New(info.Env(), static_cast<double>(Open(info.Env()).CheckAfresh(first, count)));
    });
  }

  Napi::Value Close(const Napi::CallbackInfo& info) {
    file_.reset();
    return info.Env().Undefined();
  }

  CheckedFile& Open(Napi::Env env) {
    if (file_ == nullptr) throw CodedError(env, "SET_CLOSED", "the hash set is closed");
    return *file_;
  }

  template <typename Work>
  static auto Guard(Napi::Env env, Work work) -> decltype(work()) {
    try {
      return work();
    } catch (const IndexDamage& damage) {
      throw CodedError(env, "INDEX_DAMAGED", damage.what());
    } catch (const std::bad_alloc&) {
      throw CodedError(env, "INTERNAL", "not enough memory");
    } catch (const std::runtime_error& error) {
      throw CodedError(env, "READ_FAILED", error.what());
    }
  }

  std::shared_ptr<CheckedFile> file_;
};

// (data, arm) → digest; for tests that hold the arms together.
Napi::Value Sha256ForTests(const Napi::CallbackInfo& info) {
  const ByteSpan data = TakeBytes(info[0], kUsage, "data");
  Napi::Uint8Array digest = Napi::Uint8Array::New(info.Env(), kSha256Bytes);
  const bool plain = info[1].IsString() && info[1].As<Napi::String>().Utf8Value() == "scalar";
  if (plain) {
    Sha256With(Sha256BlocksScalar, data.data, data.size, digest.Data());
  } else {
    Sha256(data.data, data.size, digest.Data());
  }
  return digest;
}

}  // namespace

void RegisterIndex(Napi::Env env, Napi::Object exports) {
  IndexFile::Register(env, exports);
  exports.Set("sha256", Napi::Function::New(env, Sha256ForTests, "sha256"));
}

}  // namespace exhibit_hash
