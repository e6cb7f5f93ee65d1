// Search of tables by distance: keys and masks of a query, and the arm that walks the tables with them.

#include "near/search.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

namespace exhibit_hash {
namespace {

// At the least, in tables that are not tiny.
constexpr uint64_t kReadsAQuery = 1000;

// Every query asks every part whether it has something near: more parts than 64 would cost more than they save.
constexpr uint32_t kMaxPartsBits = 6;
// At most 32 MB of hashes that wait. No power of two has the room of a bin, so that the ends of all do not lie in the
// same set of a cache.
constexpr uint64_t kMaxBins = 512;
constexpr uint32_t kLeastRoom = 1000;
constexpr uint32_t kMostRoom = 8100;
constexpr uint64_t kRoomAQuery = 15;
// So that each gets some hundreds of candidates.
constexpr uint64_t kBinsAQuery = 2;

// All masks of up to `most` of `bits` bits, fewest bits first.
struct Masks {
  std::vector<uint32_t> values;
  std::vector<uint32_t> starts;
};

void AddMasks(uint32_t bits, uint32_t left, uint32_t lowest, uint32_t mask, std::vector<uint32_t>* values) {
  if (left == 0) {
    values->push_back(mask);
    return;
  }
  for (uint32_t bit = lowest; bit + left <= bits; bit++) AddMasks(bits, left - 1, bit + 1, mask | (1u << bit), values);
}

std::shared_ptr<const Masks> MasksOf(uint32_t bits, uint32_t most) {
  static std::mutex mutex;
  static std::map<std::pair<uint32_t, uint32_t>, std::shared_ptr<const Masks>> made;
  const std::lock_guard<std::mutex> lock(mutex);
  std::shared_ptr<const Masks>& known = made[{bits, most}];
  if (known == nullptr) {
    Masks masks;
    for (uint32_t n = 0; n <= most; n++) {
      masks.starts.push_back(static_cast<uint32_t>(masks.values.size()));
      AddMasks(bits, n, 0, 0, &masks.values);
    }
    masks.starts.push_back(static_cast<uint32_t>(masks.values.size()));
    known = std::make_shared<const Masks>(std::move(masks));
  }
  return known;
}

std::vector<uint64_t> TableBits(const NearShape& shape) {
  const size_t words = shape.hash_bytes / 8;
  std::vector<uint64_t> bits(shape.tables * words);
  for (uint32_t t = 0; t < shape.tables; t++) {
    for (uint32_t i = 0, k = t; i < shape.key_bits; i++, k += shape.tables) {
      bits[t * words + k / 64] |= uint64_t{1} << (k % 64);
    }
  }
  return bits;
}

NearArm ArmOf(Isa isa, uint32_t hash_bytes) {
  const bool wide = hash_bytes == 32;
#if EXHIBIT_HASH_X86_ARMS
  if (isa == Isa::kAvx2) return wide ? FindNear256Avx2 : FindNear64Avx2;
  if (isa == Isa::kAvx512) return wide ? FindNear256Avx512 : FindNear64Avx512;
#endif
#if EXHIBIT_HASH_NEON_ARM
  if (isa == Isa::kNeon) return wide ? FindNear256Neon : FindNear64Neon;
#endif
  (void)isa;
  return wide ? FindNear256Scalar : FindNear64Scalar;
}

// Keys of one table after those of the other.
std::vector<uint32_t> KeysByTable(const NearShape& shape, const uint8_t* queries, uint32_t count) {
  std::vector<uint32_t> keys(uint64_t{shape.tables} * count);
  uint32_t of_one[kMaxTables];
  for (uint32_t q = 0; q < count; q++) {
    KeysOf(shape, queries + uint64_t{q} * shape.hash_bytes, of_one);
    for (uint32_t t = 0; t < shape.tables; t++) keys[uint64_t{t} * count + q] = of_one[t];
  }
  return keys;
}

// How tables and hashes are cut so that what is read together lies together.
struct Parts {
  uint32_t part_bits;
  uint32_t bins;
  uint32_t bin_shift;
  uint32_t bin_room;
};

Parts PartsOf(const NearTables& tables, size_t query_count, const NearCuts& cuts) {
  const uint32_t high_bits = tables.shape.key_bits - kLowBits;
  if (query_count < cuts.many_queries) return {high_bits, 1, 32, kLeastRoom};
  uint32_t part_bits = high_bits;
  while (part_bits > 0 && (uint64_t{tables.shape.slots} * 4 << part_bits) > cuts.part_bytes &&
         high_bits - part_bits < kMaxPartsBits) {
    part_bits--;
  }
  const uint32_t room = static_cast<uint32_t>(std::clamp<uint64_t>(query_count * kRoomAQuery, kLeastRoom, kMostRoom));
  const uint64_t most_bins = std::min<uint64_t>(kMaxBins, query_count * kBinsAQuery);
  uint32_t shift = 0;
  while ((cuts.part_bytes >> shift) > tables.shape.hash_bytes || (uint64_t{tables.count} >> shift) >= most_bins)
    shift++;
  return {part_bits, static_cast<uint32_t>(uint64_t{tables.count} >> shift) + 1, shift, room};
}

struct Hits {
  std::vector<Hit>* all;
  uint32_t first_query;
};

void AddHit(void* sink, const Hit& hit) {
  const Hits& hits = *static_cast<const Hits*>(sink);
  hits.all->push_back({hits.first_query + hit.query, hit.position, hit.distance});
}

[[noreturn]] void Refuse(const char* what) { throw IndexDamage(what); }

}  // namespace

void FindNear(CheckedFile& file, Isa isa, const NearTables& tables, const uint8_t* queries, size_t query_count,
              const uint8_t* radii, uint32_t max_distance, std::vector<Hit>* hits, const NearCuts& cuts) {
  const NearShape& shape = tables.shape;
  if (!IsNearShape(shape)) throw IndexDamage("tables of a shape that cannot be");
  const uint64_t end = uint64_t{tables.first_position} + tables.count;
  const CheckedView view = file.View({{tables.hashes_offset, end * shape.hash_bytes},
                                      {tables.groups_offset, shape.tables * GroupsOfTable(shape) * shape.slots * 4},
                                      {tables.overflow_offset, tables.overflow_count * 4}},
                                     query_count * kReadsAQuery);
  // So that nothing that is read at once lies in two blocks.
  const auto is_aligned = [&](uint64_t offset, uint64_t unit) {
    return (offset - view.body_offset) % unit == 0 && (uint64_t{1} << view.block_shift) % unit == 0;
  };
  if (!is_aligned(tables.hashes_offset, shape.hash_bytes) || !is_aligned(tables.groups_offset, shape.slots * 4) ||
      !is_aligned(tables.overflow_offset, 4)) {
    throw IndexDamage("tables that are not aligned");
  }
  if (query_count == 0) return;
  const Parts parts = PartsOf(tables, query_count, cuts);
  uint32_t most = 0;
  for (uint32_t t = 0; t < shape.tables; t++) {
    if (radii[t] != kSkipTable) most = std::max<uint32_t>(most, radii[t]);
  }
  const std::shared_ptr<const Masks> masks = MasksOf(parts.part_bits, std::min(most, parts.part_bits));
  const std::vector<uint64_t> table_bits = TableBits(shape);
  const NearArm arm = ArmOf(isa, shape.hash_bytes);
  std::vector<uint32_t> bin_counts(parts.bins);
  // Not filled with zeros: that would cost more than a small search.
  const std::unique_ptr<NearCandidate[]> candidates(new NearCandidate[uint64_t{parts.bins} * parts.bin_room]);
  for (size_t first = 0; first < query_count; first += cuts.queries_at_once) {
    const uint32_t count = static_cast<uint32_t>(std::min(cuts.queries_at_once, query_count - first));
    const uint8_t* some = queries + first * shape.hash_bytes;
    const std::vector<uint32_t> keys = KeysByTable(shape, some, count);
    const NearBatch batch = {view,
                             tables.hashes_offset,
                             tables.groups_offset,
                             tables.overflow_offset,
                             tables.overflow_count,
                             tables.first_position,
                             tables.count,
                             shape.tables,
                             shape.key_bits,
                             shape.slots,
                             radii,
                             table_bits.data(),
                             parts.part_bits,
                             masks->values.data(),
                             masks->starts.data(),
                             some,
                             count,
                             keys.data(),
                             max_distance,
                             parts.bins,
                             parts.bin_shift,
                             parts.bin_room,
                             bin_counts.data(),
                             candidates.get(),
                             Refuse};
    Hits found{hits, static_cast<uint32_t>(first)};
    arm(batch, {AddHit, &found});
  }
}

}  // namespace exhibit_hash
