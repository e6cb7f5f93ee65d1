// Search of PhotoDNA values by distance over the mapped file, by their sketches.

#ifndef EXHIBIT_HASH_PHOTODNA_SEARCH_H_
#define EXHIBIT_HASH_PHOTODNA_SEARCH_H_

#include <cstdint>
#include <vector>

#include "common/isa.h"
#include "common/scan.h"
#include "index/checked_file.h"
#include "photodna/sketch.h"

namespace exhibit_hash {

// Where the values and the rows of their sketches lie; offsets are from the start of the file.
struct SketchedValues {
  uint64_t values_offset;
  // At most 2^32 - 1, so that a position fits its place in a hit.
  uint64_t count;
  uint64_t rows_offset;
};

inline uint64_t SketchGroups(const SketchedValues& values) {
  return values.count / kSketchGroup + (values.count % kSketchGroup != 0 ? 1 : 0);
}

// Queries as their sketches are asked: kSketchQueryBytes of tables for each.
struct SketchQuestion {
  const uint8_t* tables;
  size_t query_count;
  // 1 to kSketchRows.
  size_t row_count;
  uint8_t limit;
};

// Every value whose sketch is within the question's limit and which itself is within `max_distance` of one of the
// packed queries; hits are in no order. Throws IndexDamage.
void FindBySketch(CheckedFile& file, Isa isa, const SketchedValues& values, const SketchQuestion& question,
                  const uint8_t* queries, uint32_t max_distance, std::vector<Hit>* hits);

// Adds to each query's number how many values of some groups its sketch lets pass. Throws IndexDamage.
void CountBySketch(CheckedFile& file, Isa isa, const SketchedValues& values, const SketchQuestion& question,
                   const uint32_t* groups, size_t group_count, uint32_t* passed);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PHOTODNA_SEARCH_H_
