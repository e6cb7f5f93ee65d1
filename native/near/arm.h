// The walk through the tables, written once over a way to count bits and to pick slots. Included by each arm within its
// own flags.
//
// A query touches thousands of cache lines that have nothing to do with each other, and the memory answers many at a
// time if it is asked early. So each step is a plain loop over a list that the step before has written, with what comes
// some places later in the list being fetched: first which groups to read, then their slots, then the hashes.
//
// Many queries at once go through each table part by part, and hashes are compared part by part of the file: what lies
// together is read together, so that the processor finds its addresses (pages of memory) at hand.

#ifndef EXHIBIT_HASH_NEAR_ARM_H_
#define EXHIBIT_HASH_NEAR_ARM_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "common/bits.h"
#include "near/search.h"

namespace exhibit_hash {
namespace {

// Measured on 10 million hashes: 32 to 64 are alike, 8 a quarter slower.
constexpr size_t kGroupsAhead = 32;
constexpr size_t kHashesAhead = 32;
constexpr size_t kSlotsAtOnce = 16;
// What the largest number of probes at once can pick.
constexpr size_t kPickedRoom = 512 * kSlotsAtOnce;
constexpr size_t kProbeRoom = kPickedRoom / kSlotsAtOnce;
constexpr size_t kLineBytes = 64;

// Bit v of row `most` and column `low` is set where v and `low` differ in at most `most` of their bits.
struct LowBitsWithin {
  uint8_t rows[kLowBits + 1][1 << kLowBits];

  constexpr LowBitsWithin() : rows() {
    // Numbers of three bits by how many of their bits are set.
    constexpr uint8_t kAroundZero[] = {0x01, 0x17, 0x7f, 0xff};
    for (uint32_t most = 0; most <= kLowBits; most++) {
      for (uint32_t low = 0; low < 1 << kLowBits; low++) {
        uint32_t set = 0;
        for (uint32_t v = 0; v < 1 << kLowBits; v++) set |= ((kAroundZero[most] >> v) & 1u) << (v ^ low);
        rows[most][low] = static_cast<uint8_t>(set);
      }
    }
  }
};

constexpr LowBitsWithin kLowBitsWithin;

inline uint32_t Least(uint32_t a, uint32_t b) { return a < b ? a : b; }

// Arm: CountBits(u64), and Pick(slots, allowed, out): positions of those of kSlotsAtOnce slots whose low bits are
// allowed, and how many they are; `out` has room for all.
template <size_t kWords, typename Arm>
class Walk {
 public:
  Walk(const NearBatch& batch, const HitSink& sink) : batch_(batch), sink_(sink) {}

  void Run() {
    const uint32_t parts = 1u << (batch_.key_bits - kLowBits - batch_.part_bits);
    for (uint32_t table = 0; table < batch_.tables; table++) {
      if (batch_.radii[table] == kSkipTable) continue;
      for (uint32_t part = 0; part < parts; part++) AskPart(table, part);
    }
    ReadGroups();
    for (uint32_t bin = 0; bin < batch_.bins; bin++) CompareBin(bin);
  }

 private:
  struct Probe {
    uint64_t group_offset;
    uint32_t tag;
    uint32_t allowed;
  };

  struct Overflow {
    uint32_t start;
    uint32_t count;
    uint32_t tag;
    uint32_t allowed;
  };

  // Which groups of one part of a table lie near the keys.
  void AskPart(uint32_t table, uint32_t part) {
    const uint32_t high_bits = batch_.key_bits - kLowBits;
    const uint32_t part_bits = batch_.part_bits;
    const uint32_t radius = batch_.radii[table];
    const uint64_t group_bytes = uint64_t{batch_.slots} * 4;
    const uint64_t start =
        batch_.groups_offset + ((uint64_t{table} << high_bits) + (uint64_t{part} << part_bits)) * group_bytes;
    const size_t probe_room = kPickedRoom / batch_.slots;
    const uint32_t* keys = batch_.keys + uint64_t{table} * batch_.query_count;
    for (uint32_t query = 0; query < batch_.query_count; query++) {
      const uint32_t high = keys[query] >> kLowBits;
      const uint32_t low = keys[query] & ((1u << kLowBits) - 1);
      const uint32_t apart = static_cast<uint32_t>(Arm::CountBits(part ^ (high >> part_bits)));
      if (apart > radius) continue;
      const uint32_t in_part = high & ((1u << part_bits) - 1);
      const uint32_t left = radius - apart;
      for (uint32_t differing = 0; differing <= Least(left, part_bits); differing++) {
        const uint32_t allowed = kLowBitsWithin.rows[Least(left - differing, kLowBits)][low];
        for (uint32_t i = batch_.mask_starts[differing]; i < batch_.mask_starts[differing + 1]; i++) {
          if (probe_count_ == probe_room) ReadGroups();
          probes_[probe_count_++] = {start + (in_part ^ batch_.masks[i]) * group_bytes, TagOf(query, table), allowed};
        }
      }
    }
  }

  // This loop and that of CompareBin fetch from all over the file. The less a step has to do, and the less it waits for
  // what the step before has stored, the more steps the processor has under way at once: hence the copies of members.
  void ReadGroups() {
    const uint8_t* const data = batch_.view.data;
    const size_t count = probe_count_;
    const uint32_t slots = batch_.slots;
    if (batch_.view.checked != nullptr) {
      for (size_t i = 0; i < count; i++) CheckedAt(batch_.view, probes_[i].group_offset);
    }
    for (size_t i = 0; i < kGroupsAhead && i < count; i++) FetchGroup(data + probes_[i].group_offset, slots);
    size_t picked = 0;
    for (size_t i = 0; i < count; i++) {
      if (i + kGroupsAhead < count) FetchGroup(data + probes_[i + kGroupsAhead].group_offset, slots);
      const Probe probe = probes_[i];
      const uint8_t* group = data + probe.group_offset;
      if (ReadSlot(group, 0) == kOverflowSlot) {
        KeepOverflow(group, probe);
        continue;
      }
      uint32_t slot = 0;
      do {
        picked = PickFrom(group + slot * 4, probe.tag, probe.allowed, picked);
        slot += kSlotsAtOnce;
      } while (slot < slots && ReadSlot(group, slot) != kEmptySlot);
    }
    probe_count_ = 0;
    SortCandidates(ReadOverflows(picked));
  }

  static void FetchGroup(const uint8_t* group, uint32_t slots) {
    Prefetch(group);
    for (size_t line = kLineBytes; line < slots * 4; line += kLineBytes) Prefetch(group + line);
  }

  static uint32_t ReadSlot(const uint8_t* group, uint32_t slot) {
    uint32_t value;
    std::memcpy(&value, group + slot * 4, sizeof value);
    return value;
  }

  // Appends to what was picked; returns how many that makes.
  size_t PickFrom(const uint8_t* slots, uint32_t tag, uint32_t allowed, size_t picked) {
    for (size_t i = 0; i < kSlotsAtOnce; i++) tags_[picked + i] = tag;
    return picked + Arm::Pick(slots, allowed, picked_ + picked);
  }

  // Groups that overflow are few: their slots are fetched now and read after the others.
  void KeepOverflow(const uint8_t* group, const Probe& probe) {
    const Overflow one = {ReadSlot(group, 1), ReadSlot(group, 2), probe.tag, probe.allowed};
    if (one.start > batch_.overflow_count || one.count > batch_.overflow_count - one.start) {
      batch_.refuse("a group refers to slots that are not there");
    }
    Prefetch(batch_.view.data + batch_.overflow_offset + uint64_t{one.start} * 4);
    overflows_[overflow_count_++] = one;
  }

  size_t ReadOverflows(size_t picked) {
    for (size_t i = 0; i < overflow_count_; i++) {
      const Overflow& one = overflows_[i];
      const uint64_t end = uint64_t{one.start} + one.count;
      for (uint64_t at = one.start; at < end;) {
        uint32_t slots[kSlotsAtOnce];
        for (size_t j = 0; j < kSlotsAtOnce; j++, at++) {
          slots[j] = kEmptySlot;
          if (at < end) std::memcpy(&slots[j], CheckedAt(batch_.view, batch_.overflow_offset + at * 4), 4);
        }
        if (picked + kSlotsAtOnce > kPickedRoom) {
          SortCandidates(picked);
          picked = 0;
        }
        picked = PickFrom(reinterpret_cast<const uint8_t*>(slots), one.tag, one.allowed, picked);
      }
    }
    overflow_count_ = 0;
    return picked;
  }

  // Into the bins, by where their hashes lie in the file.
  void SortCandidates(size_t picked) {
    const uint32_t first = batch_.first_position;
    const uint32_t shift = batch_.bin_shift;
    uint32_t* const counts = batch_.bin_counts;
    for (size_t i = 0; i < picked; i++) {
      const uint32_t item = picked_[i] - first;
      if (item >= batch_.count) batch_.refuse("a slot refers to a hash that is not there");
      const uint32_t bin = static_cast<uint32_t>(uint64_t{item} >> shift);
      if (counts[bin] == batch_.bin_room) CompareBin(bin);
      batch_.candidates[uint64_t{bin} * batch_.bin_room + counts[bin]++] = {picked_[i], tags_[i]};
    }
  }

  void CompareBin(uint32_t bin) {
    const NearCandidate* const candidates = batch_.candidates + uint64_t{bin} * batch_.bin_room;
    const size_t count = batch_.bin_counts[bin];
    const uint8_t* const hashes = batch_.view.data + batch_.hashes_offset;
    const uint8_t* const queries = batch_.queries;
    const uint32_t most = batch_.max_distance;
    if (batch_.view.checked != nullptr) {
      for (size_t i = 0; i < count; i++) At(candidates[i].position);
    }
    for (size_t i = 0; i < kHashesAhead && i < count; i++) {
      Prefetch(hashes + uint64_t{candidates[i].position} * kHashBytes);
    }
    for (size_t i = 0; i < count; i++) {
      if (i + kHashesAhead < count) Prefetch(hashes + uint64_t{candidates[i + kHashesAhead].position} * kHashBytes);
      const uint8_t* hash = hashes + uint64_t{candidates[i].position} * kHashBytes;
      const uint8_t* query = queries + candidates[i].tag / kMaxTables * kHashBytes;
      uint32_t distance = 0;
      for (size_t w = 0; w < kWords; w++) distance += Arm::CountBits(Word(hash, w) ^ Word(query, w));
      if (distance <= most) HandOver(candidates[i], distance);
    }
    batch_.bin_counts[bin] = 0;
  }

  static uint64_t Word(const uint8_t* bytes, size_t word) {
    uint64_t value;
    std::memcpy(&value, bytes + word * 8, sizeof value);
    return value;
  }

  void HandOver(const NearCandidate& candidate, uint32_t distance) {
    const uint32_t query = candidate.tag / kMaxTables;
    uint32_t position = candidate.position;
    uint8_t hash[kHashBytes];
    std::memcpy(hash, At(position), sizeof hash);
    if (IsOfEarlierTable(hash, batch_.queries + query * kHashBytes, candidate.tag % kMaxTables)) return;
    // Only the first of equal hashes has slots.
    do {
      sink_.add(sink_.hits, {query, position, distance});
      position++;
    } while (position - batch_.first_position < batch_.count && std::memcmp(At(position), hash, sizeof hash) == 0);
  }

  // What several tables find is handed over by the first of them.
  bool IsOfEarlierTable(const uint8_t* hash, const uint8_t* query, uint32_t table) const {
    for (uint32_t t = 0; t < table; t++) {
      if (batch_.radii[t] == kSkipTable) continue;
      uint32_t differing = 0;
      for (size_t w = 0; w < kWords; w++) {
        differing += Arm::CountBits((Word(hash, w) ^ Word(query, w)) & batch_.table_bits[t * kWords + w]);
      }
      if (differing <= batch_.radii[t]) return true;
    }
    return false;
  }

  static uint32_t TagOf(uint32_t query, uint32_t table) { return query * kMaxTables + table; }

  const uint8_t* At(uint32_t position) const {
    return CheckedAt(batch_.view, batch_.hashes_offset + uint64_t{position} * kHashBytes);
  }

  static constexpr size_t kHashBytes = kWords * 8;

  const NearBatch& batch_;
  const HitSink& sink_;
  size_t probe_count_ = 0;
  size_t overflow_count_ = 0;
  Probe probes_[kProbeRoom];
  Overflow overflows_[kProbeRoom];
  uint32_t picked_[kPickedRoom];
  uint32_t tags_[kPickedRoom];
};

// One slot after the other, for arms without anything better.
inline size_t PickOneByOne(const uint8_t* slots, uint32_t allowed, uint32_t* out) {
  size_t picked = 0;
  for (size_t i = 0; i < kSlotsAtOnce; i++) {
    uint32_t slot;
    std::memcpy(&slot, slots + i * 4, sizeof slot);
    out[picked] = slot >> kLowBits;
    picked += static_cast<size_t>(slot != kEmptySlot) & (allowed >> (slot & ((1u << kLowBits) - 1)));
  }
  return picked;
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_NEAR_ARM_H_
