// Search of tables by distance: what an arm is given and what it does.

#ifndef EXHIBIT_HASH_NEAR_SEARCH_H_
#define EXHIBIT_HASH_NEAR_SEARCH_H_

#include <cstdint>
#include <vector>

#include "common/isa.h"
#include "common/scan.h"
#include "index/checked_file.h"
#include "near/tables.h"

namespace exhibit_hash {

// Tables over the hashes at `first_position` and the `count` - 1 after it, as they lie in a file.
struct NearTables {
  NearShape shape;
  // Of position 0 of the kind, not of the first position.
  uint64_t hashes_offset;
  uint64_t groups_offset;
  uint64_t overflow_offset;
  uint64_t overflow_count;
  uint32_t first_position;
  uint32_t count;
};

constexpr uint8_t kSkipTable = 255;
// Beyond this a table has too many groups near a key to be worth it: whoever asks scans.
constexpr uint8_t kMaxRadius = 6;

// Every hash within the distance of each of `query_count` packed queries; hits of one query are in no order. `radii`
// has the radius of each table, kSkipTable for those that are not asked. Throws IndexDamage.
void FindNear(CheckedFile& file, Isa isa, const NearTables& tables, const uint8_t* queries, size_t query_count,
              const uint8_t* radii, uint32_t max_distance, std::vector<Hit>* hits);

// What an arm needs of one query. Plain data: see common/scan.h on arms and the library.
struct NearQuery {
  CheckedView view;
  uint64_t hashes_offset;
  uint64_t groups_offset;
  uint64_t overflow_offset;
  uint64_t overflow_count;
  uint32_t first_position;
  uint32_t count;
  uint32_t tables;
  uint32_t key_bits;
  uint32_t slots;
  const uint32_t* keys;
  const uint8_t* radii;
  // The bits of each table's key within a hash, as many words a table as a hash has.
  const uint64_t* table_bits;
  // Masks over the high bits of a key, by the number of their bits: those of n bits begin at mask_starts[n].
  const uint32_t* masks;
  const uint32_t* mask_starts;
  const uint8_t* hash;
  uint32_t max_distance;
  uint32_t number;
  // Throws IndexDamage.
  void (*refuse)(const char* what);
};

using NearArm = void (*)(const NearQuery& query, const HitSink& sink);

void FindNear64Scalar(const NearQuery& query, const HitSink& sink);
void FindNear256Scalar(const NearQuery& query, const HitSink& sink);
#if EXHIBIT_HASH_X86_ARMS
void FindNear64Avx2(const NearQuery& query, const HitSink& sink);
void FindNear256Avx2(const NearQuery& query, const HitSink& sink);
void FindNear64Avx512(const NearQuery& query, const HitSink& sink);
void FindNear256Avx512(const NearQuery& query, const HitSink& sink);
#endif

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_NEAR_SEARCH_H_
