// Exact look-up over the mapped file. A look-up waits for memory and for nothing else, so many are under way at once:
// each of the three steps is taken for all keys of a group before the next, and asks for the lines that the next reads.

#include "lookup/lookup.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "common/bits.h"

namespace exhibit_hash {
namespace {

// Look-ups under way at once: more than a processor has requests to memory open.
constexpr uint64_t kAtOnce = 64;
// So many items of one prefix are looked at one after the other. Their number is what a look-up costs: each further
// line of memory takes as long as all the arithmetic.
constexpr uint64_t kFew = 8;
// Of more, the place is guessed, and the items so near to the guess come first: digests spread evenly.
constexpr uint64_t kNearby = 24;
// Bytes around the guess that are asked for.
constexpr uint64_t kAround = 64;
constexpr uint32_t kMaxEntry = std::numeric_limits<int32_t>::max();

// Up to 8 bytes as a number that is ordered as they are.
inline uint64_t FirstBytes(const uint8_t* bytes, uint64_t size) {
  if (size >= 8) return BigEndian64(bytes);
  uint64_t word = 0;
  for (uint64_t i = 0; i < size; i++) word = word << 8 | bytes[i];
  return size == 0 ? 0 : word << (64 - 8 * size);
}

// A key on its way.
struct Probe {
  // Without what the directory says.
  const uint8_t* tail;
  uint64_t prefix;
  // The bits behind those of the directory.
  uint32_t fraction;
  uint64_t low;
  uint64_t high;
  uint64_t guess;
};

CheckedView ViewOf(CheckedFile& file, const KeyTable& table, uint64_t keys) {
  if (table.count > std::numeric_limits<uint32_t>::max()) throw IndexDamage("more digests than can be numbered");
  const ByteRange directory = {table.directory_offset, ((uint64_t{1} << table.directory_bits) + 1) * sizeof(uint32_t)};
  return file.View({directory, {table.keys_offset, table.count * table.item_bytes()}}, keys);
}

class KeyReader {
 public:
  KeyReader(CheckedFile& file, const KeyTable& table, uint64_t keys)
      : table_(table),
        item_bytes_(table.item_bytes()),
        tail_bytes_(table.key_bytes - table.dropped_bytes()),
        view_(ViewOf(file, table, keys)) {}

  Probe Start(const uint8_t* key) const {
    const uint64_t first = FirstBytes(key, table_.key_bytes);
    const unsigned bits = table_.directory_bits;
    const uint64_t prefix = bits == 0 ? 0 : first >> (64 - bits);
    Prefetch(view_.data + table_.directory_offset + prefix * 4);
    return {key + table_.dropped_bytes(), prefix, static_cast<uint32_t>(first << bits >> 32), 0, 0, 0};
  }

  // Reads the directory, and asks for the items of the prefix: the first and the last where they are few, those around
  // a guess where they are many.
  void Narrow(Probe& probe) const {
    const uint64_t at = table_.directory_offset + probe.prefix * 4;
    const uint8_t* bounds = CheckedAt(view_, at, 2 * sizeof(uint32_t));
    probe.low = LittleEndian32(bounds);
    probe.high = LittleEndian32(bounds + sizeof(uint32_t));
    if (probe.low > probe.high || probe.high > table_.count) {
      throw IndexDamage("the directory of digests contradicts itself");
    }
    if (AreFew(probe)) {
      Prefetch(view_.data + OffsetOf(probe.low));
      Prefetch(view_.data + OffsetOf(probe.high) - 1);
      return;
    }
    probe.guess = probe.low + ((probe.high - probe.low) * probe.fraction >> 32);
    const uint64_t item = OffsetOf(probe.guess);
    Prefetch(view_.data + item);
    Prefetch(view_.data + item - kAround);
    Prefetch(view_.data + item + kAround);
  }

  // Position of the first item with the key; `high` where there is none.
  uint64_t FirstOf(const Probe& probe) const {
    if (probe.low == probe.high) return probe.high;
    if (!AreFew(probe)) {
      const uint64_t at = LowerBound(probe);
      return IsAt(probe, at) ? at : probe.high;
    }
    const uint8_t* item = CheckedAt(view_, OffsetOf(probe.low), (probe.high - probe.low) * item_bytes_);
    uint64_t at = probe.low;
    for (; at < probe.high && !HasTail(item, probe.tail); at++) item += item_bytes_;
    return at;
  }

  bool IsAt(const Probe& probe, uint64_t at) const { return at < probe.high && HasTail(Item(at), probe.tail); }

  uint32_t EntryAt(uint64_t at) const {
    const uint32_t entry = LittleEndian32(Item(at) + tail_bytes_);
    if (entry > kMaxEntry) throw IndexDamage("a digest is of an entry that cannot be");
    return entry;
  }

 private:
  static bool AreFew(const Probe& probe) { return probe.high - probe.low <= kFew; }

  // A call that compares any number of bytes costs more than the first eight, which nearly always tell.
  bool HasTail(const uint8_t* item, const uint8_t* tail) const {
    if (tail_bytes_ < 8) return std::memcmp(item, tail, tail_bytes_) == 0;
    return BigEndian64(item) == BigEndian64(tail) && std::memcmp(item + 8, tail + 8, tail_bytes_ - 8) == 0;
  }

  // Position of the first item whose key is not less; `high` where there is none.
  uint64_t LowerBound(const Probe& probe) const {
    const uint64_t tail = FirstBytes(probe.tail, tail_bytes_);
    // What is looked at one after the other is checked at once.
    const uint64_t first = probe.guess - std::min(probe.guess - probe.low, kNearby);
    const uint64_t end = std::min(probe.high, probe.guess + kNearby);
    const uint8_t* items = CheckedAt(view_, OffsetOf(first), (end - first) * item_bytes_);
    const auto compare = [&](uint64_t at) { return Compare(items + (at - first) * item_bytes_, probe, tail); };
    uint64_t at = probe.guess;
    while (at > first && compare(at - 1) >= 0) at--;
    if (at == first && first > probe.low) return Halving(probe.low, first, probe, tail);
    while (at < end && compare(at) < 0) at++;
    return at == end && end < probe.high ? Halving(end, probe.high, probe, tail) : at;
  }

  uint64_t Halving(uint64_t low, uint64_t high, const Probe& probe, uint64_t tail) const {
    while (low < high) {
      const uint64_t middle = low + (high - low) / 2;
      if (Compare(Item(middle), probe, tail) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int Compare(const uint8_t* item, const Probe& probe, uint64_t tail) const {
    const uint64_t own = FirstBytes(item, tail_bytes_);
    if (own != tail) return own < tail ? -1 : 1;
    return tail_bytes_ <= 8 ? 0 : std::memcmp(item + 8, probe.tail + 8, tail_bytes_ - 8);
  }

  uint64_t OffsetOf(uint64_t position) const { return table_.keys_offset + position * item_bytes_; }

  const uint8_t* Item(uint64_t position) const { return CheckedAt(view_, OffsetOf(position), item_bytes_); }

  const KeyTable table_;
  const uint64_t item_bytes_;
  const uint64_t tail_bytes_;
  const CheckedView view_;
};

}  // namespace

void FindFirst(CheckedFile& file, const KeyTable& table, const uint8_t* keys, uint64_t n, int32_t* entries) {
  const KeyReader reader(file, table, n);
  Probe probes[kAtOnce];
  for (uint64_t first = 0; first < n; first += kAtOnce) {
    const uint64_t count = std::min(kAtOnce, n - first);
    for (uint64_t i = 0; i < count; i++) probes[i] = reader.Start(keys + (first + i) * table.key_bytes);
    for (uint64_t i = 0; i < count; i++) reader.Narrow(probes[i]);
    for (uint64_t i = 0; i < count; i++) {
      const uint64_t at = reader.FirstOf(probes[i]);
      entries[first + i] = at == probes[i].high ? -1 : static_cast<int32_t>(reader.EntryAt(at));
    }
  }
}

std::vector<uint32_t> FindAll(CheckedFile& file, const KeyTable& table, const uint8_t* key) {
  const KeyReader reader(file, table, 1);
  Probe probe = reader.Start(key);
  reader.Narrow(probe);
  std::vector<uint32_t> entries;
  for (uint64_t at = reader.FirstOf(probe); reader.IsAt(probe, at); at++) entries.push_back(reader.EntryAt(at));
  return entries;
}

}  // namespace exhibit_hash
