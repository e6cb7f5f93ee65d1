// Goes through the sketches group by group, and compares in full what they let pass.

#include "photodna/search.h"

#include <algorithm>
#include <cstring>

#include "common/bits.h"
#include "photodna/photodna.h"

namespace exhibit_hash {
namespace {

// Queries asked of a group at once: their bits stay in the first cache.
constexpr size_t kQueriesAtOnce = 16;
// Values fetched before the first of them is compared.
constexpr size_t kFetchedAhead = 64;
constexpr size_t kCacheLine = 64;

void RequireInside(const CheckedFile& file, const SketchedValues& values) {
  file.RequireInside(values.values_offset, values.count * kPhotoDnaBytes);
  file.RequireInside(values.rows_offset, SketchGroups(values) * kSketchRows * kSketchGroup);
}

// The filter over one group after the other, a few queries at a time.
class Filter {
 public:
  Filter(CheckedFile& file, Isa isa, const SketchedValues& values, const SketchQuestion& question)
      : file_(file), filter_(PhotoDnaArmOf(isa).filter), values_(values), question_(question) {}

  // Calls `passed(query, first, bits)` where bits are of the values from `first`, and some are set.
  template <typename Passed>
  void Run(uint64_t group, Passed passed) {
    constexpr uint64_t kGroupBytes = kSketchRows * kSketchGroup;
    const uint8_t* rows = file_.Bytes(values_.rows_offset + group * kGroupBytes, question_.row_count * kSketchGroup);
    const uint64_t first = group * kSketchGroup;
    const size_t count = static_cast<size_t>(std::min<uint64_t>(kSketchGroup, values_.count - first));
    const size_t tiles = (count + kSketchTile - 1) / kSketchTile;
    const uint64_t last_tile = ~uint64_t{0} >> (tiles * kSketchTile - count);
    for (size_t q = 0; q < question_.query_count; q += kQueriesAtOnce) {
      const size_t queries = std::min(kQueriesAtOnce, question_.query_count - q);
      filter_({rows, question_.row_count, tiles, question_.tables + q * kSketchQueryBytes, queries, question_.limit},
              survivors_);
      for (size_t i = 0; i < queries; i++) {
        for (size_t tile = 0; tile < tiles; tile++) {
          const uint64_t bits = survivors_[i * kSketchTiles + tile] & (tile + 1 == tiles ? last_tile : ~uint64_t{0});
          if (bits != 0) passed(static_cast<uint32_t>(q + i), first + tile * kSketchTile, bits);
        }
      }
    }
  }

 private:
  CheckedFile& file_;
  const SketchFilter filter_;
  const SketchedValues& values_;
  const SketchQuestion& question_;
  uint64_t survivors_[kQueriesAtOnce * kSketchTiles];
};

// Values that passed, compared some time after they were asked of the memory.
class Comparer {
 public:
  Comparer(CheckedFile& file, Isa isa, const SketchedValues& values, const uint8_t* queries, uint32_t max_distance,
           std::vector<Hit>* hits)
      : file_(file),
        data_(file.View({}, 0).data),
        distance_(PhotoDnaArmOf(isa).distance),
        values_offset_(values.values_offset),
        queries_(queries),
        max_distance_(max_distance),
        hits_(hits) {}

  void Add(uint32_t query, uint64_t position) {
    const uint8_t* value = data_ + OffsetOf(position);
    for (size_t at = 0; at < kPhotoDnaBytes; at += kCacheLine) Prefetch(value + at);
    Prefetch(value + kPhotoDnaBytes - 1);
    waiting_[count_++] = {query, static_cast<uint32_t>(position), 0};
    if (count_ == kFetchedAhead) CompareAll();
  }

  void CompareAll() {
    for (size_t i = 0; i < count_; i++) {
      Hit& hit = waiting_[i];
      const uint8_t* value = file_.Bytes(OffsetOf(hit.position), kPhotoDnaBytes);
      hit.distance = distance_(value, queries_ + hit.query * kPhotoDnaBytes);
      if (hit.distance <= max_distance_) hits_->push_back(hit);
    }
    count_ = 0;
  }

 private:
  uint64_t OffsetOf(uint64_t position) const { return values_offset_ + position * kPhotoDnaBytes; }

  CheckedFile& file_;
  const uint8_t* const data_;
  const PhotoDnaDistance distance_;
  const uint64_t values_offset_;
  const uint8_t* const queries_;
  const uint32_t max_distance_;
  std::vector<Hit>* const hits_;
  Hit waiting_[kFetchedAhead];
  size_t count_ = 0;
};

}  // namespace

void FindBySketch(CheckedFile& file, Isa isa, const SketchedValues& values, const SketchQuestion& question,
                  const uint8_t* queries, uint32_t max_distance, std::vector<Hit>* hits) {
  RequireInside(file, values);
  Filter filter(file, isa, values, question);
  Comparer comparer(file, isa, values, queries, max_distance, hits);
  for (uint64_t group = 0; group < SketchGroups(values); group++) {
    filter.Run(group, [&](uint32_t query, uint64_t first, uint64_t bits) {
      for (; bits != 0; bits &= bits - 1) comparer.Add(query, first + LowestBit(bits));
    });
  }
  comparer.CompareAll();
}

void CountBySketch(CheckedFile& file, Isa isa, const SketchedValues& values, const SketchQuestion& question,
                   const uint32_t* groups, size_t group_count, uint32_t* passed) {
  RequireInside(file, values);
  Filter filter(file, isa, values, question);
  for (size_t i = 0; i < group_count; i++) {
    if (groups[i] >= SketchGroups(values)) throw IndexDamage("a group of sketches that is not there");
    filter.Run(groups[i], [&](uint32_t query, uint64_t, uint64_t bits) { passed[query] += CountBits(bits); });
  }
}

}  // namespace exhibit_hash
