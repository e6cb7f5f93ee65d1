// The walk through the tables, written once over a way to count bits and to pick slots. Included by each arm within its
// own flags.
//
// A query touches thousands of cache lines that have nothing to do with each other, and the memory answers many at a
// time if it is asked early: groups are fetched some steps before they are read, and of a candidate the hash is fetched
// when its slot is found and compared when some more have been.

#ifndef EXHIBIT_HASH_NEAR_ARM_H_
#define EXHIBIT_HASH_NEAR_ARM_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "common/bits.h"
#include "near/search.h"

namespace exhibit_hash {
namespace {

// Measured on 10 million hashes: 8 to 24 are alike.
constexpr size_t kGroupsAhead = 12;
constexpr size_t kCandidatesAhead = 32;
constexpr size_t kSlotsAtOnce = 16;
constexpr size_t kCandidateRoom = 1024;

// Bit v is set where v and `low` differ in at most `most` of their bits.
inline uint32_t LowBitsWithin(uint32_t low, uint32_t most) {
  // Numbers of three bits by how many of their bits are set.
  constexpr uint32_t kWithin[] = {0x01, 0x17, 0x7f, 0xff};
  const uint32_t around_zero = kWithin[most < kLowBits ? most : kLowBits];
  uint32_t set = 0;
  for (uint32_t v = 0; v < 8; v++) set |= ((around_zero >> v) & 1) << (v ^ low);
  return set;
}

// Arm: CountBits(u64), and Pick(slots, allowed, out): positions of those of kSlotsAtOnce slots whose low bits are
// allowed, and how many they are.
template <size_t kWords, typename Arm>
class Walk {
 public:
  Walk(const NearQuery& query, const HitSink& sink) : query_(query), sink_(sink) {
    std::memcpy(hash_, query.hash, sizeof hash_);
  }

  void Run() {
    for (table_ = 0; table_ < query_.tables; table_++) {
      if (query_.radii[table_] != kSkipTable) WalkTable(query_.radii[table_]);
    }
  }

 private:
  void WalkTable(uint32_t radius) {
    const uint32_t high_bits = query_.key_bits - kLowBits;
    const uint32_t key = query_.keys[table_];
    const uint32_t low = key & ((1u << kLowBits) - 1);
    const uint32_t high = key >> kLowBits;
    const uint64_t group_bytes = uint64_t{query_.slots} * 4;
    const uint64_t start = query_.groups_offset + (uint64_t{table_} << high_bits) * group_bytes;
    const uint32_t most = radius < high_bits ? radius : high_bits;
    const size_t end = query_.mask_starts[most + 1];
    for (size_t i = 0; i < kGroupsAhead && i < end; i++) {
      Prefetch(query_.view.data + start + (high ^ query_.masks[i]) * group_bytes);
    }
    size_t i = 0;
    for (uint32_t differing = 0; differing <= most; differing++) {
      const uint32_t allowed = LowBitsWithin(low, radius - differing);
      for (; i < query_.mask_starts[differing + 1]; i++) {
        if (i + kGroupsAhead < end) {
          Prefetch(query_.view.data + start + (high ^ query_.masks[i + kGroupsAhead]) * group_bytes);
        }
        ReadGroup(start + (high ^ query_.masks[i]) * group_bytes, allowed);
      }
    }
    CompareDownTo(0);
    head_ = tail_ = 0;
  }

  void ReadGroup(uint64_t offset, uint32_t allowed) {
    uint32_t first[3];
    const uint8_t* group = CheckedAt(query_.view, offset);
    std::memcpy(first, group, sizeof first);
    if (first[0] == kOverflowSlot) {
      ReadOverflow(first[1], first[2], allowed);
      return;
    }
    for (uint32_t slot = 0; slot < query_.slots; slot += kSlotsAtOnce) {
      uint32_t next;
      std::memcpy(&next, group + slot * 4, sizeof next);
      if (next == kEmptySlot) return;
      PickFrom(group + slot * 4, allowed);
    }
  }

  void ReadOverflow(uint64_t start, uint64_t count, uint32_t allowed) {
    if (start > query_.overflow_count || count > query_.overflow_count - start) {
      query_.refuse("a group refers to slots that are not there");
    }
    for (uint64_t i = start; i < start + count;) {
      uint32_t slots[kSlotsAtOnce];
      for (size_t j = 0; j < kSlotsAtOnce; j++, i++) {
        slots[j] = kEmptySlot;
        if (i < start + count) std::memcpy(&slots[j], CheckedAt(query_.view, query_.overflow_offset + i * 4), 4);
      }
      PickFrom(reinterpret_cast<const uint8_t*>(slots), allowed);
    }
  }

  void PickFrom(const uint8_t* slots, uint32_t allowed) {
    if (tail_ + kSlotsAtOnce > kCandidateRoom) {
      std::memmove(candidates_, candidates_ + head_, (tail_ - head_) * sizeof candidates_[0]);
      tail_ -= head_;
      head_ = 0;
    }
    const size_t picked = Arm::Pick(slots, allowed, candidates_ + tail_);
    for (size_t i = 0; i < picked; i++) {
      Prefetch(query_.view.data + query_.hashes_offset + uint64_t{candidates_[tail_ + i]} * sizeof hash_);
    }
    tail_ += picked;
    CompareDownTo(kCandidatesAhead);
  }

  void CompareDownTo(size_t left) {
    while (tail_ - head_ > left) Compare(candidates_[head_++]);
  }

  void Compare(uint32_t position) {
    if (position - query_.first_position >= query_.count) query_.refuse("a slot refers to a hash that is not there");
    uint64_t hash[kWords];
    std::memcpy(hash, At(position), sizeof hash);
    uint32_t distance = 0;
    for (size_t w = 0; w < kWords; w++) distance += Arm::CountBits(hash[w] ^ hash_[w]);
    if (distance > query_.max_distance || IsOfEarlierTable(hash)) return;
    // Only the first of equal hashes has slots.
    do {
      sink_.add(sink_.hits, {query_.number, position, distance});
      position++;
    } while (position - query_.first_position < query_.count && std::memcmp(At(position), hash, sizeof hash) == 0);
  }

  // What several tables find is handed over by the first of them.
  bool IsOfEarlierTable(const uint64_t* hash) const {
    for (uint32_t t = 0; t < table_; t++) {
      if (query_.radii[t] == kSkipTable) continue;
      uint32_t differing = 0;
      for (size_t w = 0; w < kWords; w++)
        differing += Arm::CountBits((hash[w] ^ hash_[w]) & query_.table_bits[t * kWords + w]);
      if (differing <= query_.radii[t]) return true;
    }
    return false;
  }

  const uint8_t* At(uint32_t position) const {
    return CheckedAt(query_.view, query_.hashes_offset + uint64_t{position} * sizeof hash_);
  }

  const NearQuery& query_;
  const HitSink& sink_;
  uint64_t hash_[kWords];
  uint32_t table_ = 0;
  size_t head_ = 0;
  size_t tail_ = 0;
  uint32_t candidates_[kCandidateRoom];
};

// One slot after the other, for arms without anything better.
inline size_t PickOneByOne(const uint8_t* slots, uint32_t allowed, uint32_t* out) {
  size_t picked = 0;
  for (size_t i = 0; i < kSlotsAtOnce; i++) {
    uint32_t slot;
    std::memcpy(&slot, slots + i * 4, sizeof slot);
    if (slot == kEmptySlot) continue;
    out[picked] = slot >> kLowBits;
    picked += (allowed >> (slot & ((1u << kLowBits) - 1))) & 1;
  }
  return picked;
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_NEAR_ARM_H_
