// The message schedules of SHA-1 and SHA-256 for many consecutive blocks of one stream, one block a
// lane.
//
// The rounds of a block wait for those of the block before, but its schedule does not: vectors make
// it in a fraction of the time that the instructions of the SHA extensions for it need.

#ifndef EXHIBIT_HASH_DIGEST_SCHEDULE_H_
#define EXHIBIT_HASH_DIGEST_SCHEDULE_H_

#include "digest/digest.h"
#include "digest/rounds.h"

namespace exhibit_hash {
namespace {

// Four words of one block stand together, as the rounds read them: SHA-256's with the constants
// added, SHA-1's with the last one first.
template <class V>
struct Schedules {
  static constexpr int kWordsAQuad = 4 * V::kLanes;
  static constexpr int kSha1Quads = 20, kSha256Quads = 16;

  alignas(64) uint32_t sha1[kSha1Quads * kWordsAQuad];
  alignas(64) uint32_t sha256[kSha256Quads * kWordsAQuad];

  // Where V::StoreQuads puts the words of a block.
  static constexpr int PlaceOf(int block) { return block % 4 * V::kLanes + block / 4 * 4; }
};

template <class V>
EXHIBIT_HASH_INLINE void MakeSha1(typename V::Reg w[16], Schedules<V>& to) {
  for (int quad = 0; quad < to.kSha1Quads; quad += 4) {
    for (int i = 0; i < 16 && quad > 0; i++) Sha1Expand<V>(w, i);
    for (int i = 0; i < 16; i += 4) {
      V::StoreQuads(to.sha1 + (quad + i / 4) * to.kWordsAQuad, w[i + 3], w[i + 2], w[i + 1], w[i]);
    }
  }
}

template <class V>
EXHIBIT_HASH_INLINE void MakeSha256(typename V::Reg w[16], Schedules<V>& to) {
  for (int quad = 0; quad < to.kSha256Quads; quad += 4) {
    for (int i = 0; i < 16 && quad > 0; i++) Sha256Expand<V>(w, i);
    typename V::Reg sums[16];
    for (int i = 0; i < 16; i++) sums[i] = V::Add(w[i], V::Set1(kSha256Constants[4 * quad + i]));
    for (int i = 0; i < 16; i += 4) {
      V::StoreQuads(to.sha256 + (quad + i / 4) * to.kWordsAQuad, sums[i], sums[i + 1], sums[i + 2], sums[i + 3]);
    }
  }
}

// For the V::kLanes blocks at `data`. Never inlined: at the end of a function the compiler clears
// the upper halves of the vector registers, without which every instruction of the SHA extensions
// costs one more.
template <class V>
EXHIBIT_HASH_NOINLINE void MakeSchedules(const uint8_t* data, Schedules<V>& to) {
  const uint8_t* at[V::kLanes];
  for (int i = 0; i < V::kLanes; i++) at[i] = data + i * kBlockBytes;
  typename V::Reg w[16], swapped[16];
  V::LoadBlocks(at, w);
  for (int i = 0; i < 16; i++) w[i] = swapped[i] = V::SwapBytes(w[i]);
  MakeSha1<V>(w, to);
  MakeSha256<V>(swapped, to);
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_SCHEDULE_H_
