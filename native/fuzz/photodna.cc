// Fuzzes the search of PhotoDNA values: the scan of every arm of this machine finds what a plain loop finds, and the
// search through sketches what it would find among the values that any bytes for sketches let pass. Nothing is read
// outside the file, nothing unchecked is used, and nothing is thrown but typed errors.

#include "photodna/photodna.h"

#include <algorithm>
#include <memory>

#include "fuzz/index_file.h"
#include "fuzz/naive_scan.h"
#include "photodna/search.h"

namespace exhibit_hash {
namespace fuzz {
namespace {

// The largest number that the border lets pass.
constexpr uint64_t kMaxOffset = uint64_t{1} << 52;

// Does the sketch of a value let it pass, by the sum of what the tables have for every four of its bits?
bool Passes(const SketchQuestion& question, size_t query, const Bytes& rows, size_t position) {
  const uint8_t* group = rows.data() + position / kSketchGroup * kSketchRows * kSketchGroup;
  const uint8_t* tables = question.tables + query * kSketchQueryBytes;
  unsigned sum = 0;
  for (size_t r = 0; r < question.row_count; r++) {
    const uint8_t bits = group[r * kSketchGroup + position % kSketchGroup];
    sum += tables[r * kSketchTableBytes + bits % 16] + tables[r * kSketchTableBytes + 16 + bits / 16];
  }
  return sum <= question.limit;
}

std::vector<Hit> NaiveSearch(const Bytes& items, const Bytes& rows, const SketchQuestion& question,
                             const Bytes& queries, uint32_t max_distance) {
  const ScanInput all{items.data(),
                      items.size() / kPhotoDnaBytes,
                      queries.data(),
                      question.query_count,
                      kPhotoDnaBytes,
                      max_distance,
                      0};
  std::vector<Hit> hits = NaiveScan(all, NaiveSquares);
  const auto is_stopped = [&](const Hit& hit) { return !Passes(question, hit.query, rows, hit.position); };
  hits.erase(std::remove_if(hits.begin(), hits.end(), is_stopped), hits.end());
  return hits;
}

// Small sums, so that some add up to less than a limit.
Bytes AnyTables(FuzzedDataProvider& input, size_t queries) {
  Bytes tables = ManyBytes(input, queries * kSketchQueryBytes);
  const int shift = input.ConsumeIntegralInRange<int>(0, 7);
  for (uint8_t& sum : tables) sum = static_cast<uint8_t>(sum >> shift);
  return tables;
}

bool Misplace(FuzzedDataProvider& input, SketchedValues& values) {
  if (input.ConsumeIntegralInRange<int>(0, 3) != 0) return false;
  for (uint64_t* number : {&values.values_offset, &values.rows_offset}) {
    if (input.ConsumeBool()) *number = std::min(kMaxOffset, AnyNumber(input, *number));
  }
  if (input.ConsumeBool()) values.count = static_cast<uint32_t>(AnyNumber(input, values.count));
  return true;
}

void FuzzSearch(FuzzedDataProvider& input) {
  const Bytes header = ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 70));
  Bytes body = ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 100));
  // Now and then more than a group.
  const bool is_long = input.ConsumeIntegralInRange<int>(0, 31) == 0;
  const size_t count = is_long ? kSketchGroup + 1 : input.ConsumeIntegralInRange<size_t>(0, 150);
  const Bytes items = ManyBytes(input, count * kPhotoDnaBytes);
  SketchedValues values{header.size() + body.size(), count, header.size() + body.size() + items.size()};
  const Bytes rows = ManyBytes(input, SketchGroups(values) * kSketchRows * kSketchGroup);
  Append(body, items);
  Append(body, rows);
  IndexFile index = SealedFile(input, header, body, uint64_t{1} << input.ConsumeIntegralInRange<int>(9, 16));
  Damage(input, {values.rows_offset, rows.size()}, index);
  const std::shared_ptr<CheckedFile> file = OpenIndex(index);
  if (file == nullptr) return;

  const Bytes queries = NearQueries(input, items, kPhotoDnaBytes);
  const size_t query_count = queries.size() / kPhotoDnaBytes;
  const Bytes tables = AnyTables(input, query_count);
  const SketchQuestion question{tables.data(), query_count, input.ConsumeIntegralInRange<size_t>(1, kSketchRows),
                                input.ConsumeIntegralInRange<uint8_t>(0, 254)};
  const uint32_t most = static_cast<uint32_t>(AnyNumber(input, kPhotoDnaBytes * 255 * 255));
  const bool is_true = index.is_described_truly && !Misplace(input, values);
  const auto search = [&](Isa isa) {
    return UnlessDamaged([&] {
      std::vector<Hit> hits;
      FindBySketch(*file, isa, values, question, queries.data(), most, &hits);
      Sort(hits);
      return hits;
    });
  };
  const auto expected = SameOnAllArms(search);
  if (!is_true) return;
  Require(!index.IsUndamaged() || expected, "a search in a sound file finds no damage");
  Require(!expected || AreEqual(*expected, NaiveSearch(items, rows, question, queries, most)),
          "a search finds what passes and is within the distance");
}

}  // namespace
}  // namespace fuzz
}  // namespace exhibit_hash

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace exhibit_hash;
  return fuzz::RunWithNoise(data, size, [](FuzzedDataProvider& input) {
    if (input.ConsumeBool()) {
      fuzz::FuzzScan(input, kPhotoDnaBytes, fuzz::NaiveSquares, kPhotoDnaBytes * 255 * 255, PhotoDnaScanOf);
    } else {
      fuzz::FuzzSearch(input);
    }
  });
}
