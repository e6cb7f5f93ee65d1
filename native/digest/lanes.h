// Advances all lanes of an arm by whole blocks, the three digests over the same words in the first
// cache.

#ifndef EXHIBIT_HASH_DIGEST_LANES_H_
#define EXHIBIT_HASH_DIGEST_LANES_H_

#include "digest/digest.h"
#include "digest/rounds.h"

namespace exhibit_hash {
namespace {

// The words of a few blocks of every lane, transposed once for three digests.
template <class V>
struct Words {
  static constexpr size_t kBlocks = 8;
  typename V::Reg md5[kBlocks][16], sha[kBlocks][16];
};

// Each digest has its own loop over them: the code of all three is more than a processor keeps
// decoded.
template <class V>
void Md5Lanes(uint32_t* state, const typename V::Reg (*m)[16], size_t blocks) {
  typename V::Reg s[kMd5Words];
  for (int i = 0; i < kMd5Words; i++) s[i] = V::Load(state + i * V::kLanes);
  for (size_t b = 0; b < blocks; b++) Md5Block<V>(s, m[b]);
  for (int i = 0; i < kMd5Words; i++) V::Store(state + i * V::kLanes, s[i]);
}

template <class V>
void Sha1Lanes(uint32_t* state, const typename V::Reg (*words)[16], size_t blocks) {
  typename V::Reg s[kSha1Words], w[16];
  for (int i = 0; i < kSha1Words; i++) s[i] = V::Load(state + i * V::kLanes);
  for (size_t b = 0; b < blocks; b++) {
    for (int i = 0; i < 16; i++) w[i] = words[b][i];
    Sha1Block<V>(s, w);
  }
  for (int i = 0; i < kSha1Words; i++) V::Store(state + i * V::kLanes, s[i]);
}

template <class V>
void Sha256Lanes(uint32_t* state, const typename V::Reg (*words)[16], size_t blocks) {
  typename V::Reg s[kSha256Words], w[16];
  for (int i = 0; i < kSha256Words; i++) s[i] = V::Load(state + i * V::kLanes);
  for (size_t b = 0; b < blocks; b++) {
    for (int i = 0; i < 16; i++) w[i] = words[b][i];
    Sha256Block<V>(s, w);
  }
  for (int i = 0; i < kSha256Words; i++) V::Store(state + i * V::kLanes, s[i]);
}

// As DigestAdvance. V::kLanes words of state stand together for each of kStateWords.
template <class V>
void AdvanceLanes(uint32_t* state, const uint8_t* const* data, const uint32_t* is_last, size_t blocks) {
  using Reg = typename V::Reg;
  Words<V> words;
  const uint8_t* at[V::kLanes];
  for (int i = 0; i < V::kLanes; i++) at[i] = data[i];
  const Reg last = V::Load(is_last);
  while (blocks > 0) {
    const size_t now = blocks < Words<V>::kBlocks ? blocks : Words<V>::kBlocks;
    for (size_t b = 0; b < now; b++) {
      Reg raw[16], swapped[16];
      V::LoadBlocks(at, raw);
      for (int i = 0; i < V::kLanes; i++) at[i] += kBlockBytes;
      for (int i = 0; i < 16; i++) words.sha[b][i] = swapped[i] = V::SwapBytes(raw[i]);
      // The length at the end of a last block is big-endian there; MD5 wants it little-endian.
      raw[14] = V::Choose(last, swapped[15], raw[14]);
      raw[15] = V::Choose(last, swapped[14], raw[15]);
      for (int i = 0; i < 16; i++) words.md5[b][i] = raw[i];
    }
    Md5Lanes<V>(state, words.md5, now);
    Sha1Lanes<V>(state + kMd5Words * V::kLanes, words.sha, now);
    Sha256Lanes<V>(state + (kMd5Words + kSha1Words) * V::kLanes, words.sha, now);
    blocks -= now;
  }
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_LANES_H_
