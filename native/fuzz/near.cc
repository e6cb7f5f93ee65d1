// Fuzzes the search of tables by distance: tables as their builder makes them, damaged ones, and any bytes in their
// place. What the tables promise is found by every arm, once; nothing is read outside the file, nothing unchecked is
// used, and nothing is thrown but typed errors.

#include "near/search.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <tuple>

#include "fuzz/index_file.h"
#include "fuzz/naive_scan.h"

namespace exhibit_hash {
namespace fuzz {
namespace {

// The largest number that the border lets pass.
constexpr uint64_t kMaxOffset = uint64_t{1} << 52;

struct NearSample {
  NearTables tables{};
  // Sorted.
  std::vector<Bytes> hashes;
};

NearShape AnyShape(FuzzedDataProvider& input) {
  const uint32_t hash_bytes = input.ConsumeBool() ? 32 : 8;
  const uint32_t tables = input.ConsumeIntegralInRange<uint32_t>(1, 5);
  const uint32_t key_bits = input.ConsumeIntegralInRange<uint32_t>(kLowBits + 1, 8);
  const uint32_t slots[] = {16, 32, 64};
  return {hash_bytes, tables, key_bits, input.PickValueInArray(slots)};
}

// Hashes with few different bits, so that groups overflow and some are equal.
std::vector<Bytes> AnyHashes(FuzzedDataProvider& input, size_t width) {
  // Now and then more than an arm keeps in mind at once.
  const bool is_long = input.ConsumeIntegralInRange<int>(0, 31) == 0;
  std::vector<Bytes> hashes(is_long ? 1500 : input.ConsumeIntegralInRange<size_t>(0, 120));
  const Bytes all = ManyBytes(input, hashes.size() * width);
  const Bytes mask = ManyBytes(input, width);
  for (size_t i = 0; i < hashes.size(); i++) {
    for (size_t k = 0; k < width; k++) hashes[i].push_back(all[i * width + k] & mask[k]);
  }
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

Bytes Joined(const std::vector<Bytes>& hashes) {
  Bytes joined;
  for (const Bytes& hash : hashes) Append(joined, hash);
  return joined;
}

void PadTo(Bytes& body, size_t multiple) { body.resize((body.size() + multiple - 1) / multiple * multiple); }

// Changes some slots to numbers that they could have, but should not.
void SpoilSlots(FuzzedDataProvider& input, std::vector<uint32_t>& slots) {
  if (slots.empty() || input.ConsumeIntegralInRange<int>(0, 7) != 0) return;
  const int changes = input.ConsumeIntegralInRange<int>(1, 8);
  for (int i = 0; i < changes; i++) {
    const uint32_t marks[] = {kEmptySlot, kOverflowSlot};
    slots[input.ConsumeIntegralInRange<size_t>(0, slots.size() - 1)] =
        input.ConsumeBool() ? static_cast<uint32_t>(AnyNumber(input, 200 << kLowBits)) : input.PickValueInArray(marks);
  }
}

// Appends hashes and tables to the body; `is_true` says whether nothing in them was spoilt.
NearSample AppendNear(FuzzedDataProvider& input, Bytes& body, uint64_t body_offset, bool& is_true) {
  NearSample sample;
  NearTables& tables = sample.tables;
  tables.shape = AnyShape(input);
  sample.hashes = AnyHashes(input, tables.shape.hash_bytes);
  tables.count = static_cast<uint32_t>(sample.hashes.size());
  tables.first_position = input.ConsumeIntegralInRange<uint32_t>(0, 3);
  PadTo(body, tables.shape.hash_bytes);
  tables.hashes_offset = body_offset + body.size();
  Append(body, Bytes(tables.first_position * tables.shape.hash_bytes));
  const Bytes packed = Joined(sample.hashes);
  Append(body, packed);

  std::vector<uint32_t> groups, overflow;
  for (uint32_t table = 0; table < tables.shape.tables; table++) {
    NearTableBuilder builder(tables.shape, table);
    builder.Add(packed.data(), sample.hashes.size(), tables.first_position);
    builder.Finish(static_cast<uint32_t>(overflow.size()));
    groups.insert(groups.end(), builder.groups().begin(), builder.groups().end());
    overflow.insert(overflow.end(), builder.overflow().begin(), builder.overflow().end());
  }
  const auto built = std::tie(groups, overflow);
  const std::tuple<std::vector<uint32_t>, std::vector<uint32_t>> before(built);
  SpoilSlots(input, groups);
  SpoilSlots(input, overflow);
  is_true = built == before;
  PadTo(body, tables.shape.slots * 4);
  tables.groups_offset = body_offset + body.size();
  for (const uint32_t slot : groups) AppendUint32(body, slot);
  tables.overflow_offset = body_offset + body.size();
  tables.overflow_count = overflow.size();
  for (const uint32_t slot : overflow) AppendUint32(body, slot);
  return sample;
}

// Bit k of a hash belongs to table k mod `tables`, as long as that has bits left.
bool IsWithinRadius(const NearShape& shape, const Bytes& a, const uint8_t* b, uint32_t table, uint32_t radius) {
  uint32_t differing = 0;
  for (uint32_t i = 0, k = table; i < shape.key_bits; i++, k += shape.tables) {
    differing += ((a[k / 8] ^ b[k / 8]) >> (k % 8)) & 1;
  }
  return differing <= radius;
}

// What a plain loop finds that knows what tables can find.
std::vector<Hit> NaiveNear(const NearSample& sample, const Bytes& queries, const Bytes& radii, uint32_t most) {
  const NearShape& shape = sample.tables.shape;
  std::vector<Hit> hits;
  for (size_t q = 0; q * shape.hash_bytes < queries.size(); q++) {
    const uint8_t* query = queries.data() + q * shape.hash_bytes;
    for (size_t i = 0; i < sample.hashes.size(); i++) {
      const uint32_t distance = NaiveHamming(sample.hashes[i].data(), query, shape.hash_bytes);
      bool is_reached = false;
      for (uint32_t t = 0; t < shape.tables; t++) {
        is_reached |= radii[t] != kSkipTable && IsWithinRadius(shape, sample.hashes[i], query, t, radii[t]);
      }
      const uint32_t position = sample.tables.first_position + static_cast<uint32_t>(i);
      if (is_reached && distance <= most) hits.push_back({static_cast<uint32_t>(q), position, distance});
    }
  }
  return hits;
}

Bytes AnyRadii(FuzzedDataProvider& input, uint32_t tables) {
  Bytes radii(tables);
  for (uint8_t& radius : radii) radius = input.ConsumeIntegralInRange<uint8_t>(0, kMaxRadius);
  if (input.ConsumeBool()) radii[input.ConsumeIntegralInRange<uint32_t>(0, tables - 1)] = kSkipTable;
  return radii;
}

// Says something about the tables that is not so.
bool Misplace(FuzzedDataProvider& input, NearTables& tables) {
  if (input.ConsumeIntegralInRange<int>(0, 3) != 0) return false;
  for (uint64_t* number :
       {&tables.hashes_offset, &tables.groups_offset, &tables.overflow_offset, &tables.overflow_count}) {
    if (input.ConsumeBool()) *number = std::min(kMaxOffset, AnyNumber(input, *number));
  }
  NearShape& shape = tables.shape;
  for (uint32_t* number : {&tables.first_position, &tables.count, &shape.tables, &shape.key_bits, &shape.slots}) {
    if (input.ConsumeIntegralInRange<int>(0, 3) == 0) *number = static_cast<uint32_t>(AnyNumber(input, *number));
  }
  return true;
}

std::vector<Hit> Search(CheckedFile& file, Isa isa, const NearTables& tables, const Bytes& queries, const Bytes& radii,
                        uint32_t most, const NearCuts& cuts) {
  std::vector<Hit> hits;
  const size_t count = queries.size() / tables.shape.hash_bytes;
  FindNear(file, isa, tables, queries.data(), count, radii.data(), most, &hits, cuts);
  Sort(hits);
  return hits;
}

void FuzzNear(FuzzedDataProvider& input) {
  const Bytes header = ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 70));
  Bytes body = ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 100));
  bool is_true = false;
  NearSample sample = AppendNear(input, body, header.size(), is_true);
  const NearTables& tables = sample.tables;
  Append(body, ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 300)));
  const uint64_t block_bytes = uint64_t{1} << input.ConsumeIntegralInRange<int>(5, 12);
  IndexFile index = SealedFile(input, header, body, block_bytes);
  Damage(input, {tables.groups_offset, tables.overflow_offset - tables.groups_offset}, index);
  const std::shared_ptr<CheckedFile> file = OpenIndex(index);
  if (file == nullptr) return;

  const Bytes queries = NearQueries(input, Joined(sample.hashes), tables.shape.hash_bytes);
  const uint32_t most = input.ConsumeIntegralInRange<uint32_t>(0, 256);
  is_true &= index.is_described_truly && !Misplace(input, sample.tables);
  if (!IsNearShape(tables.shape)) return;
  const Bytes radii = AnyRadii(input, tables.shape.tables);
  const NearCuts cuts = {input.ConsumeIntegralInRange<size_t>(1, 40), input.ConsumeIntegralInRange<size_t>(0, 4),
                         uint64_t{1} << input.ConsumeIntegralInRange<int>(0, 12)};
  auto search = [&](Isa isa) {
    return UnlessDamaged([&] { return Search(*file, isa, tables, queries, radii, most, cuts); });
  };
  const auto expected = SameOnAllArms(search);
  if (!is_true) return;
  // A group lies within a block.
  const bool is_searched = index.IsUndamaged() && block_bytes >= tables.shape.slots * 4;
  Require(!is_searched || expected, "a search in a sound file finds no damage");
  Require(!expected || AreEqual(*expected, NaiveNear(sample, queries, radii, most)), "tables find what they promise");
}

}  // namespace
}  // namespace fuzz
}  // namespace exhibit_hash

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return exhibit_hash::fuzz::RunWithNoise(data, size, exhibit_hash::fuzz::FuzzNear);
}
