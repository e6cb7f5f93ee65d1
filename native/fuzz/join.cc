// Fuzzes the join of hashes by distance: every arm marks what a plain loop over all pairs marks, by any slice.

#include "near/join.h"

#include "fuzz/naive_scan.h"
#include "hamming/hamming.h"

namespace exhibit_hash {
namespace fuzz {
namespace {

bool IsAlike(const uint8_t* a, const uint8_t* b, const JoinInput& slice) {
  uint32_t different = 0;
  for (uint32_t i = slice.first_bit; i < slice.first_bit + slice.key_bits; i++) {
    different += ((a[i / 8] ^ b[i / 8]) >> (i % 8)) & 1;
  }
  return different <= slice.radius;
}

std::vector<uint8_t> NaiveMarks(const JoinInput& input) {
  std::vector<uint8_t> marks(input.item_count);
  for (size_t i = 0; i < input.item_count; i++) {
    const uint8_t* item = input.items + i * input.item_bytes;
    for (size_t q = 0; q < input.query_count; q++) {
      const uint8_t* query = input.queries + q * input.item_bytes;
      const bool is_near = NaiveHamming(query, item, input.item_bytes) <= input.max_distance;
      if (is_near && IsAlike(query, item, input)) marks[i] = 1;
    }
  }
  return marks;
}

void FuzzJoin(FuzzedDataProvider& input) {
  const size_t bytes = input.ConsumeBool() ? 32 : 8;
  const std::vector<uint8_t> items = ManyBytes(input, bytes * input.ConsumeIntegralInRange<size_t>(0, 150));
  const std::vector<uint8_t> queries = NearQueries(input, items, bytes);
  const uint32_t key_bits = input.ConsumeIntegralInRange<uint32_t>(0, 12);
  const uint32_t first_bit = input.ConsumeIntegralInRange<uint32_t>(0, static_cast<uint32_t>(bytes) * 8 - key_bits);
  const uint32_t radius = input.ConsumeIntegralInRange<uint32_t>(0, kMaxJoinRadius);
  const uint32_t max_distance = static_cast<uint32_t>(AnyNumber(input, 256));
  const JoinInput join{
      queries.data(), queries.size() / bytes, items.data(), items.size() / bytes, bytes, first_bit, key_bits, radius,
      max_distance};
  const std::vector<uint8_t> expected = NaiveMarks(join);
  ForEachIsa([&](Isa isa) {
    std::vector<uint8_t> marks(join.item_count);
    MarkNear(HammingScanOf(isa), join, marks.data());
    Require(marks == expected, "the join marks what a plain loop marks", IsaName(isa));
  });
}

}  // namespace
}  // namespace fuzz
}  // namespace exhibit_hash

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return exhibit_hash::fuzz::RunWithNoise(data, size, exhibit_hash::fuzz::FuzzJoin);
}
