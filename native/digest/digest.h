// What an arm of the three digests offers; the arms are in lanes.h, one_stream.h and one file an
// instruction set.

#ifndef EXHIBIT_HASH_DIGEST_DIGEST_H_
#define EXHIBIT_HASH_DIGEST_DIGEST_H_

#include <cstddef>
#include <cstdint>

#include "common/isa.h"
#include "digest/constants.h"

namespace exhibit_hash {

constexpr size_t kBlockBytes = 64;

// Takes `blocks` blocks of 64 bytes from data[lane] into the state of every lane; word w of a
// lane's state is state[w · lanes + lane]. Where is_last[lane] is all ones, not zero, the lane's
// block is its stream's last one, as PadTail makes it, and `blocks` is 1. Every arm gives the same
// state.
using DigestAdvance = void (*)(uint32_t* state, const uint8_t* const* data, const uint32_t* is_last, size_t blocks);

constexpr size_t kMaxLanes = 16;

struct DigestArm {
  // Streams that advance together.
  size_t lanes;
  // Fewer streams than this are faster one by one.
  size_t fewest_lanes;
  DigestAdvance advance_lanes;
  // One stream.
  DigestAdvance advance_one;
};

extern const DigestArm kDigestScalar;
extern const DigestArm kDigestAvx2;
extern const DigestArm kDigestAvx2ShaNi;
extern const DigestArm kDigestAvx512;
extern const DigestArm kDigestAvx512ShaNi;

// The arm of an available instruction set, with the SHA extensions if `sha_ni`: ask DigestUsesShaNi
// first.
const DigestArm& DigestArmOf(Isa isa, bool sha_ni);
// Whether the arm of this instruction set comes with the SHA extensions on this machine.
bool DigestUsesShaNi(Isa isa);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_DIGEST_H_
