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

// How much is gone through at once. Other numbers give the same hits: they are for tests.
struct NearCuts {
  // Keys and queries of so many stay in a cache.
  size_t queries_at_once = 4096;
  // From so many queries on, one finds what it reads in the neighbourhood of what another has read: tables and hashes
  // are gone through by parts of about so many bytes.
  size_t many_queries = 32;
  uint64_t part_bytes = uint64_t{1} << 20;
};

// Every hash within the distance of each of `query_count` packed queries; hits of one query are in no order. `radii`
// has the radius of each table, kSkipTable for those that are not asked. Throws IndexDamage.
void FindNear(CheckedFile& file, Isa isa, const NearTables& tables, const uint8_t* queries, size_t query_count,
              const uint8_t* radii, uint32_t max_distance, std::vector<Hit>* hits, const NearCuts& cuts = {});

// A hash that has to be compared: tag / kMaxTables is the query, tag % kMaxTables the table that led to it.
struct NearCandidate {
  uint32_t position;
  uint32_t tag;
};

// What an arm needs of some queries. Plain data: see common/scan.h on arms and the library.
struct NearBatch {
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
  const uint8_t* radii;
  // The bits of each table's key within a hash, as many words a table as a hash has.
  const uint64_t* table_bits;
  // Groups of a table are gone through by parts of 2^part_bits groups.
  uint32_t part_bits;
  // Masks over part_bits bits, by the number of their bits: those of n bits begin at mask_starts[n].
  const uint32_t* masks;
  const uint32_t* mask_starts;
  const uint8_t* queries;
  uint32_t query_count;
  // All keys of the first table, then all of the second …
  const uint32_t* keys;
  uint32_t max_distance;
  // Hashes to compare wait in bins of 2^bin_shift neighbours each, up to bin_room in one.
  uint32_t bins;
  uint32_t bin_shift;
  uint32_t bin_room;
  uint32_t* bin_counts;
  NearCandidate* candidates;
  // Throws IndexDamage.
  void (*refuse)(const char* what);
};

using NearArm = void (*)(const NearBatch& batch, const HitSink& sink);

void FindNear64Scalar(const NearBatch& batch, const HitSink& sink);
void FindNear256Scalar(const NearBatch& batch, const HitSink& sink);
#if EXHIBIT_HASH_X86_ARMS
void FindNear64Avx2(const NearBatch& batch, const HitSink& sink);
void FindNear256Avx2(const NearBatch& batch, const HitSink& sink);
void FindNear64Avx512(const NearBatch& batch, const HitSink& sink);
void FindNear256Avx512(const NearBatch& batch, const HitSink& sink);
#endif
#if EXHIBIT_HASH_NEON_ARM
void FindNear64Neon(const NearBatch& batch, const HitSink& sink);
void FindNear256Neon(const NearBatch& batch, const HitSink& sink);
#endif

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_NEAR_SEARCH_H_
