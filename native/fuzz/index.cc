// Fuzzes the index: files of any bytes under any geometry, opened, read, looked up, searched and verified. Nothing is
// read outside the file, nothing is thrown but typed errors, and what is found is what was written.

#include <algorithm>
#include <cstring>
#include <memory>

#include "fuzz/index_tables.h"
#include "fuzz/naive_scan.h"
#include "digest/sha256.h"
#include "hamming/hamming.h"
#include "photodna/photodna.h"

namespace exhibit_hash {
namespace fuzz {
namespace {

class IndexFuzzer {
 public:
  IndexFuzzer(FuzzedDataProvider& input, const IndexFile& index, const IndexTables& tables, CheckedFile& file)
      : input_(input), index_(index), tables_(tables), blocks_(index), file_(file) {}

  void Run(int calls) {
    for (int i = 0; i < calls; i++) {
      switch (input_.ConsumeIntegralInRange<int>(0, 4)) {
        case 0:
          Read();
          break;
        case 1:
          Verify();
          break;
        case 2:
          LookUp();
          break;
        case 3:
          LookUpAnywhere();
          break;
        default:
          Search();
      }
    }
  }

 private:
  void Read() {
    const uint64_t offset = AnyNumber(input_, index_.bytes.size());
    const uint64_t length = AnyNumber(input_, 300);
    const auto found = UnlessDamaged([&] { return file_.Bytes(offset, length); });
    Require(found.has_value() == blocks_.MayBeRead(offset, length), "exactly the sound bytes of the body are read");
    if (!found) return;
    const uint8_t* expected = index_.bytes.data() + offset;
    Require(length == 0 || std::memcmp(*found, expected, length) == 0, "bytes of the file are read");
  }

  void Verify() {
    const uint64_t first = AnyNumber(input_, blocks_.count());
    const uint64_t count = AnyNumber(input_, blocks_.count());
    int64_t expected = -1;
    for (uint64_t block = first; block < blocks_.count() && block - first < count && expected < 0; block++) {
      if (!blocks_.IsSound(block)) expected = static_cast<int64_t>(block);
    }
    Require(file_.CheckAfresh(first, count) == expected, "a verification names the first damaged block");
  }

  // Keys that are there, nearly there or anything.
  Bytes SomeKeys(size_t width) {
    const std::vector<Bytes>& stored = tables_.key_values;
    Bytes keys = ManyBytes(input_, width * input_.ConsumeIntegralInRange<size_t>(0, 6));
    for (size_t at = 0; at < keys.size(); at += width) {
      if (stored.empty() || input_.ConsumeBool()) continue;
      const Bytes& key = stored[input_.ConsumeIntegralInRange<size_t>(0, stored.size() - 1)];
      std::copy_n(key.begin(), std::min(width, key.size()), keys.begin() + at);
      if (input_.ConsumeBool()) keys[at + input_.ConsumeIntegralInRange<size_t>(0, width - 1)]++;
    }
    return keys;
  }

  // Blocks are of a power of two.
  bool MayBeLookedUp() const { return (index_.geometry.block_bytes & (index_.geometry.block_bytes - 1)) == 0; }

  int32_t First(const KeyTable& table, const uint8_t* key) {
    int32_t entry = 0;
    FindFirst(file_, table, key, 1, &entry);
    return entry;
  }

  // The table as it was written: found is what a search from first to last finds.
  void LookUp() {
    const KeyTable& table = tables_.keys;
    const Bytes keys = SomeKeys(table.key_bytes);
    for (auto at = keys.begin(); at != keys.end(); at += table.key_bytes) {
      const Bytes key(at, at + table.key_bytes);
      std::vector<uint32_t> expected;
      for (size_t i = 0; i < tables_.key_values.size(); i++) {
        if (tables_.key_values[i] == key) expected.push_back(tables_.entry_values[i]);
      }
      const int32_t first_expected = expected.empty() ? -1 : static_cast<int32_t>(expected[0]);
      const auto all = UnlessDamaged([&] { return FindAll(file_, table, key.data()); });
      const auto first = UnlessDamaged([&] { return First(table, key.data()); });
      Require(!index_.IsUndamaged() || !MayBeLookedUp() || (all && first), "a look-up in a sound file finds no damage");
      if (!index_.is_described_truly) continue;
      Require(!all || *all == expected, "all entries of a key are found");
      Require(!first || *first == first_expected, "the first entry of a key is found");
    }
  }

  // A table that nobody wrote.
  void LookUpAnywhere() {
    KeyTable table = tables_.keys;
    for (uint64_t* number : {&table.keys_offset, &table.directory_offset, &table.count}) {
      if (input_.ConsumeBool()) *number = AnyNumber(input_, *number);
    }
    if (input_.ConsumeBool()) table.key_bytes = input_.ConsumeIntegralInRange<uint64_t>(4, 64);
    if (input_.ConsumeBool()) table.directory_bits = input_.ConsumeIntegralInRange<unsigned>(0, 32);
    const Bytes keys = SomeKeys(table.key_bytes);
    for (size_t at = 0; at < keys.size(); at += table.key_bytes) {
      const auto all = UnlessDamaged([&] { return FindAll(file_, table, keys.data() + at); });
      const auto first = UnlessDamaged([&] { return First(table, keys.data() + at); });
      if (all && !all->empty()) Require(first == static_cast<int32_t>((*all)[0]), "two look-ups agree");
    }
  }

  void Search() {
    ItemTable table = tables_.items;
    const bool is_true_table = input_.ConsumeBool();
    if (!is_true_table) {
      table.offset = AnyNumber(input_, table.offset);
      table.count = static_cast<uint32_t>(AnyNumber(input_, table.count));
    }
    const bool is_photodna = table.item_bytes == kPhotoDnaBytes;
    const Bytes queries = NearQueries(input_, tables_.item_values, table.item_bytes);
    const size_t query_count = queries.size() / table.item_bytes;
    const uint32_t most = static_cast<uint32_t>(AnyNumber(input_, is_photodna ? 100000 : 100));
    const ScanInput plain{
        tables_.item_values.data(), tables_.items.count, queries.data(), query_count, table.item_bytes, most, 0};
    const std::vector<Hit> expected = NaiveScan(plain, is_photodna ? NaiveSquares : NaiveHamming);
    ForEachIsa([&](Isa isa) {
      const Scan scan = is_photodna ? PhotoDnaScanOf(isa) : HammingScanOf(isa);
      auto hits = UnlessDamaged([&] { return ScanTable(file_, table, scan, queries.data(), query_count, most); });
      Require(!is_true_table || !index_.IsUndamaged() || hits, "a search in a sound file finds no damage",
              IsaName(isa));
      if (!hits || !is_true_table || !index_.is_described_truly) return;
      // They come query after query, but for one part of the table after the other.
      std::stable_sort(hits->begin(), hits->end(), [](const Hit& a, const Hit& b) { return a.query < b.query; });
      Require(AreEqual(*hits, expected), "a search finds what a plain loop finds", IsaName(isa));
    });
  }

  FuzzedDataProvider& input_;
  const IndexFile& index_;
  const IndexTables& tables_;
  const NaiveBlocks blocks_;
  CheckedFile& file_;
};

void FuzzIndex(FuzzedDataProvider& input) {
  const int calls = input.ConsumeIntegralInRange<int>(0, 12);
  const Bytes header = ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 64));
  Bytes body = ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 100));
  const IndexTables tables = AppendTables(input, body, header.size());
  Append(body, ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 300)));
  const uint64_t most_leaves = input.ConsumeBool() ? 4 : 40;
  const uint64_t any_bytes = kSha256Bytes * input.ConsumeIntegralInRange<uint64_t>(1, most_leaves);
  const uint64_t block_bytes = input.ConsumeBool() ? any_bytes : kSha256Bytes << any_bytes % 6;
  IndexFile index = SealedFile(input, header, body, block_bytes);
  Damage(input, {header.size(), body.size()}, index);
  const std::shared_ptr<CheckedFile> file = OpenIndex(index);
  if (file == nullptr) return;
  IndexFuzzer(input, index, tables, *file).Run(calls);
  Require(CheckedFile::Open("the same", -1, {}, {}) == file, "a file that is open is not opened again");
}

}  // namespace
}  // namespace fuzz
}  // namespace exhibit_hash

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return exhibit_hash::fuzz::RunWithNoise(data, size, exhibit_hash::fuzz::FuzzIndex);
}
