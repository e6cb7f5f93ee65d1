// Sketches at the border: checks what JavaScript hands over.

#include "photodna/bindings.h"

#include "common/border.h"
#include "photodna/photodna.h"
#include "photodna/sketch.h"

namespace exhibit_hash {
namespace {

constexpr const char* kUsage = "USAGE";

bool IsOrder(const ByteSpan& order) {
  for (size_t i = 0; i < order.size; i++) {
    if (order.data[i] >= kPhotoDnaBytes) return false;
  }
  return order.size == kPhotoDnaBytes;
}

// (packedValues, order, boundaries, rows): rows are filled
void SketchGroup(const Napi::CallbackInfo& info) {
  const ByteSpan values = TakeBytes(info[0], kUsage, "packedValues");
  const ByteSpan order = TakeBytes(info[1], kUsage, "order");
  const ByteSpan boundaries = TakeBytes(info[2], kUsage, "boundaries");
  const ByteSpan rows = TakeBytes(info[3], kUsage, "rows");
  const size_t count = values.size / kPhotoDnaBytes;
  if (values.size % kPhotoDnaBytes != 0 || count > kSketchGroup || rows.size != kSketchRows * kSketchGroup) {
    throw CodedError(info.Env(), kUsage, "values or rows of a group that cannot be");
  }
  if (!IsOrder(order) || boundaries.size != kPhotoDnaBytes) {
    throw CodedError(info.Env(), kUsage, "order and boundaries must have a number for every byte of a value");
  }
  SketchGroupOf(values.data, count, {order.data, boundaries.data}, rows.data);
}

}  // namespace

void RegisterPhotoDna(Napi::Env env, Napi::Object exports) {
  exports.Set("sketchGroup", Napi::Function::New(env, SketchGroup, "sketchGroup"));
}

}  // namespace exhibit_hash
