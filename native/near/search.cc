// Search of tables by distance: keys and masks of a query, and the arm that walks the tables with them.

#include "near/search.h"

#include <map>
#include <memory>
#include <mutex>

namespace exhibit_hash {
namespace {

// At the least, in tables that are not tiny.
constexpr uint64_t kReadsAQuery = 1000;

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
  (void)isa;
  return wide ? FindNear256Scalar : FindNear64Scalar;
}

void AddHit(void* hits, const Hit& hit) { static_cast<std::vector<Hit>*>(hits)->push_back(hit); }

[[noreturn]] void Refuse(const char* what) { throw IndexDamage(what); }

}  // namespace

void FindNear(CheckedFile& file, Isa isa, const NearTables& tables, const uint8_t* queries, size_t query_count,
              const uint8_t* radii, uint32_t max_distance, std::vector<Hit>* hits) {
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
  const uint32_t high_bits = shape.key_bits - kLowBits;
  uint32_t most = 0;
  for (uint32_t t = 0; t < shape.tables; t++) {
    if (radii[t] != kSkipTable && radii[t] > most) most = radii[t] < high_bits ? radii[t] : high_bits;
  }
  const std::shared_ptr<const Masks> masks = MasksOf(high_bits, most);
  const std::vector<uint64_t> table_bits = TableBits(shape);
  const NearArm arm = ArmOf(isa, shape.hash_bytes);
  uint32_t keys[kMaxTables];
  for (size_t q = 0; q < query_count; q++) {
    const uint8_t* hash = queries + q * shape.hash_bytes;
    KeysOf(shape, hash, keys);
    const NearQuery query = {view,
                             tables.hashes_offset,
                             tables.groups_offset,
                             tables.overflow_offset,
                             tables.overflow_count,
                             tables.first_position,
                             tables.count,
                             shape.tables,
                             shape.key_bits,
                             shape.slots,
                             keys,
                             radii,
                             table_bits.data(),
                             masks->values.data(),
                             masks->starts.data(),
                             hash,
                             max_distance,
                             static_cast<uint32_t>(q),
                             Refuse};
    arm(query, {AddHit, hits});
  }
}

}  // namespace exhibit_hash
