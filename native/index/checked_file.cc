// Block checks on first touch: a byte of a flag a block, set once the block has shown its digest.

#include "index/checked_file.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "digest/sha256.h"

namespace exhibit_hash {
namespace {

uint64_t DivideUp(uint64_t a, uint64_t b) { return a / b + (a % b != 0 ? 1 : 0); }

// So many flags are looked through in next to no time beside a read that waits for memory.
constexpr uint64_t kFlagsARead = 32;
// Eight flags that are set.
constexpr uint64_t kAllFlags = 0x0101010101010101;

static_assert(sizeof(std::atomic<uint8_t>) == 1, "flags are read as bytes, and eight at once");

bool Fits(uint64_t offset, uint64_t length, uint64_t size) { return offset <= size && length <= size - offset; }

}  // namespace

CheckedFile::CheckedFile(int fd, const IndexGeometry& geometry, std::vector<uint8_t> nodes)
    : mapping_(fd), geometry_(geometry), nodes_(std::move(nodes)) {
  const uint64_t size = mapping_.size();
  const bool sound = geometry.block_bytes > 0 && geometry.block_bytes % kSha256Bytes == 0 &&
                     Fits(geometry.body_offset, geometry.body_bytes, size) &&
                     geometry.leaf_count == DivideUp(geometry.body_bytes, geometry.block_bytes) &&
                     Fits(geometry.leaves_offset, geometry.leaf_count * kSha256Bytes, size);
  const uint64_t groups = sound ? DivideUp(geometry.leaf_count * kSha256Bytes, geometry.block_bytes) : 0;
  if (!sound || nodes_.size() != groups * kSha256Bytes) {
    throw IndexDamage("the parts of the index do not fit its size");
  }
  block_checked_ = std::make_unique<std::atomic<uint8_t>[]>(geometry.leaf_count);
  leaves_checked_ = std::make_unique<std::atomic<uint8_t>[]>(groups);
  for (uint64_t i = 0; i < geometry.leaf_count; i++) block_checked_[i] = 0;
  for (uint64_t i = 0; i < groups; i++) leaves_checked_[i] = 0;
}

std::shared_ptr<CheckedFile> CheckedFile::Open(const std::string& identity, int fd, const IndexGeometry& geometry,
                                               const std::vector<uint8_t>& nodes) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::weak_ptr<CheckedFile>> open_files;
  const std::lock_guard<std::mutex> lock(mutex);
  for (auto it = open_files.begin(); it != open_files.end();) {
    it = it->second.expired() ? open_files.erase(it) : std::next(it);
  }
  std::shared_ptr<CheckedFile> file = open_files[identity].lock();
  if (file == nullptr) {
    file = std::make_shared<CheckedFile>(fd, geometry, nodes);
    open_files[identity] = file;
  }
  return file;
}

void CheckedFile::RequireInside(uint64_t offset, uint64_t length) const {
  const bool inside =
      offset >= geometry_.body_offset && Fits(offset - geometry_.body_offset, length, geometry_.body_bytes);
  if (inside) return;
  throw IndexDamage("a reference to bytes " + std::to_string(offset) + "+" + std::to_string(length) +
                    " outside the body");
}

CheckedView CheckedFile::View(std::initializer_list<ByteRange> ranges, uint64_t reads) {
  uint32_t shift = 0;
  while (shift < 63 && (uint64_t{1} << shift) < geometry_.block_bytes) shift++;
  if ((uint64_t{1} << shift) != geometry_.block_bytes) throw IndexDamage("blocks of an odd size");
  uint64_t blocks = 0;
  for (const ByteRange& range : ranges) {
    RequireInside(range.offset, range.length);
    blocks += range.length >> shift;
  }
  const bool asks_once = blocks / kFlagsARead <= reads &&
                         std::all_of(ranges.begin(), ranges.end(), [&](auto& range) { return AllChecked(range); });
  const auto check = [](void* file, uint64_t block) { static_cast<CheckedFile*>(file)->CheckBlock(block); };
  const auto* flags = reinterpret_cast<const uint8_t*>(block_checked_.get());
  return {mapping_.data(), asks_once ? nullptr : flags, geometry_.body_offset, shift, check, this};
}

bool CheckedFile::AllChecked(const ByteRange& range) const {
  if (range.length == 0) return true;
  const uint64_t start = range.offset - geometry_.body_offset;
  const uint64_t end = (start + range.length - 1) / geometry_.block_bytes + 1;
  const auto* flags = reinterpret_cast<const uint8_t*>(block_checked_.get());
  uint64_t block = start / geometry_.block_bytes;
  for (; block < end && reinterpret_cast<uintptr_t>(flags + block) % sizeof(uint64_t) != 0; block++) {
    if (LoadAcquire(flags + block) == 0) return false;
  }
  for (; block + sizeof(uint64_t) <= end; block += sizeof(uint64_t)) {
    if (LoadAcquire(reinterpret_cast<const uint64_t*>(flags + block)) != kAllFlags) return false;
  }
  for (; block < end; block++) {
    if (LoadAcquire(flags + block) == 0) return false;
  }
  return true;
}

const uint8_t* CheckedFile::Bytes(uint64_t offset, uint64_t length) {
  RequireInside(offset, length);
  if (length > 0) {
    const uint64_t start = offset - geometry_.body_offset;
    const uint64_t last = (start + length - 1) / geometry_.block_bytes;
    for (uint64_t block = start / geometry_.block_bytes; block <= last; block++) {
      if (block_checked_[block].load(std::memory_order_acquire) == 0) CheckBlock(block);
    }
  }
  return mapping_.data() + offset;
}

int64_t CheckedFile::CheckAfresh(uint64_t first, uint64_t count) const {
  const uint64_t leaves_per_group = geometry_.block_bytes / kSha256Bytes;
  const uint64_t left = first < geometry_.leaf_count ? geometry_.leaf_count - first : 0;
  const uint64_t last = first + (count < left ? count : left);
  for (uint64_t block = first; block < last; block++) {
    const bool new_group = block == first || block % leaves_per_group == 0;
    if (new_group && !LeavesAreSound(block / leaves_per_group)) return static_cast<int64_t>(block);
    if (!BlockIsSound(block)) return static_cast<int64_t>(block);
  }
  return -1;
}

// Threads may check one block at the same time: they come to the same end.
void CheckedFile::CheckBlock(uint64_t block) {
  const uint64_t group = block / (geometry_.block_bytes / kSha256Bytes);
  if (leaves_checked_[group].load(std::memory_order_acquire) == 0) {
    if (!LeavesAreSound(group)) {
      throw IndexDamage("digests of the group of block " + std::to_string(block) +
                        " do not have the digest they were written with");
    }
    leaves_checked_[group].store(1, std::memory_order_release);
  }
  if (!BlockIsSound(block)) {
    throw IndexDamage("block " + std::to_string(block) + " does not have the digest it was written with");
  }
  block_checked_[block].store(1, std::memory_order_release);
}

bool CheckedFile::BlockIsSound(uint64_t block) const {
  const uint64_t start = block * geometry_.block_bytes;
  const uint64_t rest = geometry_.body_bytes - start;
  const uint64_t length = rest < geometry_.block_bytes ? rest : geometry_.block_bytes;
  uint8_t digest[kSha256Bytes];
  Sha256(mapping_.data() + geometry_.body_offset + start, length, digest);
  const uint8_t* leaf = mapping_.data() + geometry_.leaves_offset + block * kSha256Bytes;
  return std::memcmp(digest, leaf, kSha256Bytes) == 0;
}

bool CheckedFile::LeavesAreSound(uint64_t group) const {
  const uint64_t leaf_bytes = geometry_.leaf_count * kSha256Bytes;
  const uint64_t start = group * geometry_.block_bytes;
  const uint64_t rest = leaf_bytes - start;
  const uint64_t length = rest < geometry_.block_bytes ? rest : geometry_.block_bytes;
  uint8_t digest[kSha256Bytes];
  Sha256(mapping_.data() + geometry_.leaves_offset + start, length, digest);
  return std::memcmp(digest, nodes_.data() + group * kSha256Bytes, kSha256Bytes) == 0;
}

}  // namespace exhibit_hash
