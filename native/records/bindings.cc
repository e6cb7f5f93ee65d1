// The scanner of records at the border: checks what JavaScript hands over.

#include "records/bindings.h"

#include <limits>
#include <optional>
#include <vector>

#include "common/border.h"
#include "records/hash_lines.h"
#include "records/json_records.h"

namespace exhibit_hash {
namespace {

constexpr const char* kUsage = "USAGE";

struct WordSpan {
  uint32_t* data;
  size_t size;
};

// The words of a Uint32Array as they are now: a detached buffer has none.
WordSpan TakeWords(const Napi::Value& value, const char* what) {
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint32_array) {
    Napi::Uint32Array words = value.As<Napi::Uint32Array>();
    uint32_t* data = words.Data();
    return WordSpan{data, data == nullptr ? 0 : words.ElementLength()};
  }
  throw CodedError(value.Env(), kUsage, std::string(what) + " must be a Uint32Array");
}

// new RecordScanner(layout)
class RecordScanner : public Napi::ObjectWrap<RecordScanner> {
 public:
  static void Register(Napi::Env env, Napi::Object exports) {
    exports.Set("RecordScanner", DefineClass(env, "RecordScanner",
                                             {InstanceMethod<&RecordScanner::Learn>("learn"),
                                              InstanceMethod<&RecordScanner::ScanJson>("scanJson"),
                                              InstanceMethod<&RecordScanner::ScanLines>("scanLines")}));
  }

  explicit RecordScanner(const Napi::CallbackInfo& info) : Napi::ObjectWrap<RecordScanner>(info) {
    const WordSpan words = TakeWords(info[0], "layout");
    Refusing(info.Env(), kUsage, [&] { layout_.emplace(std::vector<uint32_t>(words.data, words.data + words.size)); });
    info.This().As<Napi::Object>().TypeTag(&kTag);
  }

 private:
  // What every scan is given.
  struct Source {
    const uint8_t* bytes;
    const uint8_t* from;
    const uint8_t* to;
  };

  // (table, spelling, code)
  Napi::Value Learn(const Napi::CallbackInfo& info) {
    CheckThis(info);
    const auto table =
        static_cast<JsonRecords::Table>(TakeInteger(info[0], 0, JsonRecords::kTables - 1, kUsage, "table"));
    const ByteSpan spelling = TakeBytes(info[1], kUsage, "spelling");
    const int codes = table == JsonRecords::kEntryKeys ? int{kEntryCodes} : int{kFieldCodes};
    const int64_t code = TakeInteger(info[2], 0, codes - 1, kUsage, "code");
    const std::string text(spelling.data, spelling.data + spelling.size);
    Refusing(info.Env(), kUsage, [&] { json_.Learn(table, text, static_cast<int>(code)); });
    return info.Env().Undefined();
  }

  // (source, from, to, memory, state) → the end of what was taken, negative where the next record is odd
  Napi::Value ScanJson(const Napi::CallbackInfo& info) {
    CheckThis(info);
    const Source source = TakeSource(info);
    bool is_odd = false;
    const int64_t end = Refusing(info.Env(), kUsage, [&] {
      PackedBatch batch = TakeBatch(info[3], info[4]);
      return json_.Scan(source.from, source.to, batch, &is_odd) - source.bytes;
    });
    return Napi::Number::New(info.Env(), static_cast<double>(is_odd ? -end - 1 : end));
  }

  // (source, from, to, memory, state, column) → the end of what was taken
  Napi::Value ScanLines(const Napi::CallbackInfo& info) {
    CheckThis(info);
    const Source source = TakeSource(info);
    const int64_t column = TakeInteger(info[5], 0, kPhotoDna - 1, kUsage, "column");
    const int64_t end = Refusing(info.Env(), kUsage, [&] {
      PackedBatch batch = TakeBatch(info[3], info[4]);
      return ScanHashLines(source.from, source.to, static_cast<uint32_t>(column), batch) - source.bytes;
    });
    return Napi::Number::New(info.Env(), static_cast<double>(end));
  }

  // A method can be called on any object. One that wraps something else is told by its tag, before
  // any member is looked at.
  static void CheckThis(const Napi::CallbackInfo& info) {
    if (!info.This().As<Napi::Object>().CheckTypeTag(&kTag)) {
      throw CodedError(info.Env(), kUsage, "this is not a RecordScanner");
    }
  }

  static Source TakeSource(const Napi::CallbackInfo& info) {
    const ByteSpan bytes = TakeBytes(info[0], kUsage, "source");
    if (bytes.size > std::numeric_limits<uint32_t>::max()) throw CodedError(info.Env(), kUsage, "source is too long");
    const int64_t size = static_cast<int64_t>(bytes.size);
    const int64_t to = TakeInteger(info[2], 0, size, kUsage, "to");
    const int64_t from = TakeInteger(info[1], 0, to, kUsage, "from");
    return Source{bytes.data, bytes.data + from, bytes.data + to};
  }

  PackedBatch TakeBatch(const Napi::Value& memory, const Napi::Value& state) const {
    const ByteSpan bytes = TakeBytes(memory, kUsage, "memory");
    const WordSpan words = TakeWords(state, "state");
    if (bytes.size != layout_->bytes) throw std::invalid_argument("the memory is not that of the layout");
    if (words.size != kStateWords) throw std::invalid_argument("the state has another number of words");
    return PackedBatch(*layout_, bytes.data, words.data);
  }

  static constexpr napi_type_tag kTag = {0x6578686962697468, 0x7265636f72647331};

  std::optional<PackedLayout> layout_;
  JsonRecords json_;
};

}  // namespace

void RegisterRecords(Napi::Env env, Napi::Object exports) { RecordScanner::Register(env, exports); }

}  // namespace exhibit_hash
