// Advances one stream by whole blocks: MD5, whose every step waits for the one before, and in its
// shadow SHA-1 and SHA-256 with the SHA extensions, all three interleaved in one loop.

#ifndef EXHIBIT_HASH_DIGEST_ONE_STREAM_H_
#define EXHIBIT_HASH_DIGEST_ONE_STREAM_H_

#include "digest/digest.h"
#include "digest/rounds.h"
#include "digest/scalar_lane.h"
#include "digest/schedule.h"
#include "digest/shani.h"

namespace exhibit_hash {
namespace {

// Where the rounds of a block find its words: in the block itself, expanded on the way …
struct FromBlock {
  const uint8_t* data;

  template <int kQuad>
  EXHIBIT_HASH_INLINE void Step(Sha1Ni& sha1) const {
    sha1.Step<kQuad>(data);
  }
  template <int kQuad>
  EXHIBIT_HASH_INLINE void Step(Sha256Ni& sha256) const {
    sha256.Step<kQuad>(data);
  }
};

// … or in schedules made before.
template <class V>
struct FromSchedules {
  const uint32_t *sha1_words, *sha256_words;

  FromSchedules(const Schedules<V>& schedules, int block)
      : sha1_words(schedules.sha1 + schedules.PlaceOf(block)),
        sha256_words(schedules.sha256 + schedules.PlaceOf(block)) {}

  template <int kQuad>
  EXHIBIT_HASH_INLINE void Step(Sha1Ni& sha1) const {
    sha1.Rounds<kQuad>(LoadWords(sha1_words + kQuad * Schedules<V>::kWordsAQuad));
  }
  template <int kQuad>
  EXHIBIT_HASH_INLINE void Step(Sha256Ni& sha256) const {
    sha256.Step(sha256_words + kQuad * Schedules<V>::kWordsAQuad);
  }
};

// The words of a block in memory, for MD5.
struct WordsAt {
  const uint8_t* data;
  EXHIBIT_HASH_INLINE uint32_t operator[](int word) const { return ScalarLane::LoadLittleEndian(data + 4 * word); }
};

// The states of one stream. MD5 leaves the vectors' ports to the SHA extensions.
struct OneStream {
  uint32_t md5[kMd5Words];
  Sha1Ni sha1;
  Sha256Ni sha256;

  EXHIBIT_HASH_INLINE void Load(const uint32_t* state) {
    for (int i = 0; i < kMd5Words; i++) md5[i] = state[i];
    sha1.LoadState(state + kMd5Words);
    sha256.LoadState(state + kMd5Words + kSha1Words);
  }

  EXHIBIT_HASH_INLINE void Store(uint32_t* state) const {
    for (int i = 0; i < kMd5Words; i++) state[i] = md5[i];
    sha1.StoreState(state + kMd5Words);
    sha256.StoreState(state + kMd5Words + kSha1Words);
  }

  // A sixteenth of a block: 4 of 64 steps of MD5, 4 of 64 rounds of SHA-256, on average 5 of 80
  // rounds of SHA-1.
  template <int kPart, class From>
  EXHIBIT_HASH_INLINE void Part(WordsAt m, const From& from) {
    constexpr int kQuad = kPart * 5 / 4, kNextQuad = (kPart + 1) * 5 / 4;
    Md5Step<ScalarLane, 4 * kPart>(md5, m);
    Md5Step<ScalarLane, 4 * kPart + 1>(md5, m);
    from.template Step<kPart>(sha256);
    Md5Step<ScalarLane, 4 * kPart + 2>(md5, m);
    Md5Step<ScalarLane, 4 * kPart + 3>(md5, m);
    from.template Step<kQuad>(sha1);
    if constexpr (kNextQuad - kQuad == 2) from.template Step<kQuad + 1>(sha1);
  }
  template <class From, int... kParts>
  EXHIBIT_HASH_INLINE void Parts(WordsAt m, const From& from, std::integer_sequence<int, kParts...>) {
    (Part<kParts>(m, from), ...);
  }

  template <class From>
  EXHIBIT_HASH_INLINE void Block(const uint8_t* md5_block, const From& from) {
    const uint32_t before[kMd5Words] = {md5[0], md5[1], md5[2], md5[3]};
    sha1.Begin();
    sha256.Begin();
    Parts(WordsAt{md5_block}, from, std::make_integer_sequence<int, 16>());
    for (int i = 0; i < kMd5Words; i++) md5[i] += before[i];
    sha1.End();
    sha256.End();
  }
};

// Whole groups of V::kLanes blocks, with schedules made for a group at once. Returns the number of
// blocks.
template <class V>
size_t AdvanceGroups(uint32_t* state, const uint8_t* data, size_t blocks) {
  constexpr size_t kGroup = V::kLanes;
  const size_t groups = blocks / kGroup;
  if (groups == 0) return 0;
  OneStream stream;
  stream.Load(state);
  Schedules<V> schedules;
  for (size_t group = 0; group < groups; group++) {
    MakeSchedules(data, schedules);
    for (int block = 0; block < V::kLanes; block++, data += kBlockBytes) {
      stream.Block(data, FromSchedules<V>(schedules, block));
    }
  }
  stream.Store(state);
  return groups * kGroup;
}

inline void AdvanceBlocks(uint32_t* state, const uint8_t* data, const uint8_t* md5_data, size_t blocks) {
  OneStream stream;
  stream.Load(state);
  for (size_t block = 0; block < blocks; block++, data += kBlockBytes, md5_data += kBlockBytes) {
    stream.Block(md5_data, FromBlock{data});
  }
  stream.Store(state);
}

// As DigestAdvance, for one lane.
template <class V>
void AdvanceOneStream(uint32_t* state, const uint8_t* const* from, const uint32_t* is_last, size_t blocks) {
  const uint8_t* data = from[0];
  if (is_last[0] != 0) {
    // The length at the end of a last block is big-endian there; MD5 wants it little-endian.
    uint8_t last[kBlockBytes];
    for (size_t i = 0; i < kBlockBytes; i++) last[i] = data[i < 56 ? i : 119 - i];
    AdvanceBlocks(state, data, last, 1);
    return;
  }
  const size_t done = AdvanceGroups<V>(state, data, blocks);
  data += done * kBlockBytes;
  AdvanceBlocks(state, data, data, blocks - done);
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_ONE_STREAM_H_
