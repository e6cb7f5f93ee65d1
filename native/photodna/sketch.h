// Sketches of PhotoDNA values: a bit a byte, from which a bound of the distance is read that the distance never falls
// below. FORMAT.md has their bytes.
//
// A bit says on which side of its byte's boundary the value lies; where a query lies on the other side, their squared
// difference is at least that of the query and the boundary (the vector approximation of Weber, Schek, Blott, 1998, at
// one bit a dimension). Four bits are looked up at once in a table of sixteen sums that a query has for them.

#ifndef EXHIBIT_HASH_PHOTODNA_SKETCH_H_
#define EXHIBIT_HASH_PHOTODNA_SKETCH_H_

#include <cstddef>
#include <cstdint>

namespace exhibit_hash {

// A group of values has a row for every eight bits of their sketches: a byte of each value, a page in all, so that rows
// that nobody asks cost nothing.
constexpr size_t kSketchGroup = 4096;
constexpr size_t kSketchRows = 18;
// Of a row: sixteen sums for the low four bits, sixteen for the high ones.
constexpr size_t kSketchTableBytes = 32;
// The tables of a query are those of all rows, asked or not.
constexpr size_t kSketchQueryBytes = kSketchRows * kSketchTableBytes;
constexpr size_t kSketchTile = 64;
constexpr size_t kSketchTiles = kSketchGroup / kSketchTile;

// Which byte of a value each bit is of, and the least byte that sets it: one for every byte of a value.
struct SketchBits {
  // Below 144.
  const uint8_t* order;
  const uint8_t* boundaries;
};

// Writes all rows of a group of at most kSketchGroup values; nothing to the columns of values that are not there.
void SketchGroupOf(const uint8_t* values, size_t count, const SketchBits& bits, uint8_t* rows);

// Plain data: see common/scan.h on arms and the library.
struct SketchInput {
  // The rows of a group, and how many of them are looked at.
  const uint8_t* rows;
  size_t row_count;
  // Tiles of kSketchTile values.
  size_t tiles;
  const uint8_t* tables;
  size_t query_count;
  uint8_t limit;
};

// Sets bit v % 64 of `survivors[q * kSketchTiles + v / 64]` where the sums of query q, added up with saturation, are at
// most `limit` for value v, and clears it elsewhere.
using SketchFilter = void (*)(const SketchInput& input, uint64_t* survivors);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PHOTODNA_SKETCH_H_
