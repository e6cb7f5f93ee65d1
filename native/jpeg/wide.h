// Many places of a scan at once, in vectors: what an arm is given and gives back. Plain data, so that nothing that is
// compiled for its instruction set is used anywhere else.

#ifndef EXHIBIT_HASH_JPEG_WIDE_H_
#define EXHIBIT_HASH_JPEG_WIDE_H_

#include <cstddef>
#include <cstdint>

#include "common/isa.h"
#include "jpeg/code.h"

namespace exhibit_hash {

constexpr int kJpegWideLanes = 48;
// Phases of an MCU, as many as a vector has places.
constexpr int kJpegWidePhases = 16;
// Fewer do not fill the vectors.
constexpr size_t kJpegFewestWideJobs = 24;

// What all lanes share.
struct JpegWideScan {
  // As JpegScanData has them: zeros stand behind.
  const uint8_t* bytes;
  // With room for one more behind them.
  const JpegStep* steps;
  // Of each phase: where in `steps` its two tables begin, and the phase after it.
  uint32_t tables[kJpegWidePhases], next[kJpegWidePhases];
};

// Where the first `count` lanes stand between two steps: before a coefficient of a block of a phase, at a bit. The end
// of the block goes to `end`, and behind it that of the next.
struct JpegWideCursors {
  int count;
  uint32_t at[kJpegWideLanes], coefficient[kJpegWideLanes], phase[kJpegWideLanes];
  uint32_t* end[kJpegWideLanes];
};

// Takes one code of a lane whose step is refused; false where its job ends for good.
struct JpegWideRefusal {
  void* owner;
  bool (*step)(void* owner, JpegWideCursors& cursors, int lane);
};

// In place of a difference that is left to others: its code is a long one, or none.
constexpr int32_t kJpegNoDifference = INT32_MIN;

// How far the copying of a scan without its stuffed zeros has come. Behind `to` there is room for as many bytes as are
// left to be copied, and for a vector.
struct JpegUnstuffed {
  const uint8_t* from;
  uint8_t* to;
};

// What an instruction set has of its own.
struct JpegArm {
  // Copies up to an FF that no zero follows, or as far as whole vectors go.
  JpegUnstuffed (*unstuff)(JpegUnstuffed place, const uint8_t* end);
  // Takes so many steps of at most two looks in all lanes; false where a refusal was for good.
  bool (*advance)(const JpegWideScan& scan, uint32_t steps, JpegWideCursors& cursors, JpegWideRefusal refusal);
  // Of the blocks that begin at these bits, the differences of their DC values, by the short codes of their table.
  void (*differences)(const uint8_t* bytes, const JpegCode* codes, const uint32_t* at, int64_t count, int32_t* out);
  // Of the same blocks the differences, and as many of each of coefficients 1, 2 and 4, in four rows of `count`. Where
  // a block is left to others its difference says so.
  void (*quarters)(const uint8_t* bytes, const JpegCode* dc_codes, const JpegCode* ac_codes, const uint32_t* at,
                   int64_t count, int32_t* out);
  // Leads as many places as a vector has through a ring, so many times: to find out how fast it gathers.
  void (*follow)(const uint32_t* next, uint32_t* places, int looks);
};

#if EXHIBIT_HASH_X86_ARMS
extern const JpegArm kJpegAvx512;
#endif

// Null for an instruction set that has nothing of its own.
const JpegArm* JpegArmOf(Isa isa);

// False where vectors gather so slowly that lanes one by one are faster. Measured once a process.
bool JpegArmPays(const JpegArm& arm);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_WIDE_H_
