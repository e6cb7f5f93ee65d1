// Search by distance on the NEON arms and on the plain ones, which must find the same: run by check-neon.mjs under
// qemu. Writes how many hits were compared; ends with 1 where they differ.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <tuple>
#include <vector>

#include "hamming/hamming.h"
#include "near/search.h"

namespace exhibit_hash {
namespace {

constexpr uint32_t kHashes = 20000;
constexpr uint32_t kQueries = 40;

std::mt19937_64 random_words(7);

void AddHit(void* hits, const Hit& hit) { static_cast<std::vector<Hit>*>(hits)->push_back(hit); }

[[noreturn]] void Refuse(const char* what) {
  std::printf("refused: %s\n", what);
  std::exit(1);
}

bool AreSame(std::vector<Hit> a, std::vector<Hit> b) {
  const auto key = [](const Hit& hit) { return std::make_tuple(hit.query, hit.position, hit.distance); };
  const auto less = [&](const Hit& x, const Hit& y) { return key(x) < key(y); };
  std::sort(a.begin(), a.end(), less);
  std::sort(b.begin(), b.end(), less);
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](const Hit& x, const Hit& y) { return key(x) == key(y); });
}

// Hashes in neighbourhoods, so that some lie near each other and groups overflow.
std::vector<uint64_t> Neighbourhoods(uint32_t count, uint32_t words) {
  std::vector<uint64_t> hashes(uint64_t{count} * words);
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t w = 0; w < words; w++) {
      const bool is_new = i % 16 == 0;
      hashes[i * words + w] =
          is_new ? random_words() : hashes[(i - 1) * words + w] ^ (uint64_t{1} << (random_words() % 64));
    }
  }
  return hashes;
}

struct Masks {
  std::vector<uint32_t> values{0};
  std::vector<uint32_t> starts{0, 1};
};

Masks MasksOfTwoBits(uint32_t bits) {
  Masks masks;
  for (uint32_t i = 0; i < bits; i++) masks.values.push_back(1u << i);
  masks.starts.push_back(static_cast<uint32_t>(masks.values.size()));
  for (uint32_t i = 0; i < bits; i++) {
    for (uint32_t j = 0; j < i; j++) masks.values.push_back((1u << i) | (1u << j));
  }
  masks.starts.push_back(static_cast<uint32_t>(masks.values.size()));
  return masks;
}

size_t CompareWidth(const NearShape& shape, NearArm plain, NearArm neon) {
  const uint32_t words = shape.hash_bytes / 8;
  const std::vector<uint64_t> hashes = Neighbourhoods(kHashes, words);
  std::vector<uint64_t> queries(hashes.begin(), hashes.begin() + kQueries * words);
  for (uint64_t& word : queries) word ^= uint64_t{1} << (random_words() % 64);

  const auto* packed = reinterpret_cast<const uint8_t*>(hashes.data());
  std::vector<uint32_t> groups, overflow;
  for (uint32_t t = 0; t < shape.tables; t++) {
    NearTableBuilder builder(shape, t);
    builder.Add(packed, kHashes, 0);
    builder.Finish(static_cast<uint32_t>(overflow.size()));
    groups.insert(groups.end(), builder.groups().begin(), builder.groups().end());
    overflow.insert(overflow.end(), builder.overflow().begin(), builder.overflow().end());
  }
  std::vector<uint8_t> file(hashes.size() * 8 + groups.size() * 4 + overflow.size() * 4);
  const uint64_t groups_offset = hashes.size() * 8, overflow_offset = groups_offset + groups.size() * 4;
  std::memcpy(file.data(), packed, groups_offset);
  std::memcpy(file.data() + groups_offset, groups.data(), groups.size() * 4);
  std::memcpy(file.data() + overflow_offset, overflow.data(), overflow.size() * 4);

  const uint32_t high_bits = shape.key_bits - kLowBits;
  const Masks masks = MasksOfTwoBits(high_bits);
  const std::vector<uint8_t> radii(shape.tables, 2);
  std::vector<uint32_t> keys(shape.tables * kQueries);
  std::vector<uint64_t> table_bits(shape.tables * words);
  for (uint32_t q = 0; q < kQueries; q++) {
    std::vector<uint32_t> own(shape.tables);
    KeysOf(shape, reinterpret_cast<const uint8_t*>(&queries[q * words]), own.data());
    for (uint32_t t = 0; t < shape.tables; t++) keys[t * kQueries + q] = own[t];
  }
  for (uint32_t t = 0; t < shape.tables; t++) {
    for (uint32_t i = 0, k = t; i < shape.key_bits; i++, k += shape.tables) {
      table_bits[t * words + k / 64] |= uint64_t{1} << (k % 64);
    }
  }
  const uint32_t bins = 3, room = 500;
  std::vector<uint32_t> bin_counts(bins);
  std::vector<NearCandidate> candidates(bins * room);
  const NearBatch batch = {{file.data(), nullptr, 0, 16, nullptr, nullptr},
                           0,
                           groups_offset,
                           overflow_offset,
                           overflow.size(),
                           0,
                           kHashes,
                           shape.tables,
                           shape.key_bits,
                           shape.slots,
                           radii.data(),
                           table_bits.data(),
                           high_bits,
                           masks.values.data(),
                           masks.starts.data(),
                           reinterpret_cast<const uint8_t*>(queries.data()),
                           kQueries,
                           keys.data(),
                           shape.hash_bytes,
                           bins,
                           13,
                           room,
                           bin_counts.data(),
                           candidates.data(),
                           Refuse};
  std::vector<Hit> by_plain, by_neon, scanned_plain, scanned_neon;
  plain(batch, {AddHit, &by_plain});
  neon(batch, {AddHit, &by_neon});
  const ScanInput scan = {packed,   kHashes,          reinterpret_cast<const uint8_t*>(queries.data()),
                          kQueries, shape.hash_bytes, shape.hash_bytes,
                          0};
  HammingScanScalar(scan, {AddHit, &scanned_plain});
  HammingScanNeon(scan, {AddHit, &scanned_neon});
  if (by_plain.empty() || !AreSame(by_plain, by_neon) || !AreSame(scanned_plain, scanned_neon)) {
    std::printf("the arms differ for hashes of %u bytes\n", shape.hash_bytes);
    std::exit(1);
  }
  return by_plain.size() + scanned_plain.size();
}

}  // namespace
}  // namespace exhibit_hash

int main() {
  using namespace exhibit_hash;
  const size_t wide = CompareWidth({32, 16, 16, 32}, FindNear256Scalar, FindNear256Neon);
  const size_t narrow = CompareWidth({8, 4, 16, 16}, FindNear64Scalar, FindNear64Neon);
  std::printf("%zu hits\n", wide + narrow);
}
