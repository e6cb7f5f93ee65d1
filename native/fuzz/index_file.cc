// Builds index files for the fuzz targets, opens them, and judges their blocks in the obvious way.

#include "fuzz/index_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "digest/sha256.h"

namespace exhibit_hash {
namespace fuzz {
namespace {

// Sums of any two numbers.
using Wide = unsigned __int128;

Bytes DigestOf(const uint8_t* data, size_t size) {
  Bytes digest(kSha256Bytes);
  Sha256(data, size, digest.data());
  return digest;
}

// The digests of the blocks of `bytes`, one after the other.
Bytes DigestsOfBlocks(const Bytes& bytes, size_t block_bytes) {
  Bytes digests;
  for (size_t at = 0; at < bytes.size(); at += block_bytes) {
    Append(digests, DigestOf(bytes.data() + at, std::min(block_bytes, bytes.size() - at)));
  }
  return digests;
}

// Nodes for whatever stands where the leaves should be: so wrong leaves are believed, and wrong geometry too.
void Reseal(IndexFile& file) {
  const IndexGeometry& geometry = file.geometry;
  const Wide end = Wide{geometry.leaves_offset} + Wide{geometry.leaf_count} * kSha256Bytes;
  if (end > file.bytes.size() || geometry.block_bytes == 0) return;
  const auto first = file.bytes.begin() + static_cast<ptrdiff_t>(geometry.leaves_offset);
  const Bytes leaves(first, first + static_cast<ptrdiff_t>(geometry.leaf_count * kSha256Bytes));
  file.nodes = DigestsOfBlocks(leaves, static_cast<size_t>(geometry.block_bytes));
}

void Misdescribe(FuzzedDataProvider& input, IndexFile& file) {
  IndexGeometry& geometry = file.geometry;
  uint64_t* const fields[] = {&geometry.body_offset, &geometry.body_bytes, &geometry.leaves_offset,
                              &geometry.leaf_count, &geometry.block_bytes};
  const int changes = input.ConsumeIntegralInRange<int>(0, 3);
  for (int i = 0; i < changes; i++) {
    uint64_t* field = input.PickValueInArray(fields);
    *field = AnyNumber(input, *field);
  }
  // Often the number of blocks that the other fields ask for: without it nothing else would be looked at.
  if (input.ConsumeBool() && geometry.block_bytes > 0) {
    geometry.leaf_count = geometry.body_bytes / geometry.block_bytes + (geometry.body_bytes % geometry.block_bytes > 0);
  }
  if (input.ConsumeBool()) {
    Reseal(file);
  } else {
    file.nodes = ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 200));
  }
  file.is_described_truly = false;
}

uint8_t OneOrMore(FuzzedDataProvider& input) { return input.ConsumeIntegralInRange<uint8_t>(1, 255); }

// A file that needs no folder.
class TemporaryFile {
 public:
  explicit TemporaryFile(const Bytes& bytes) : fd_(memfd_create("index", 0)) {
    Require(fd_ >= 0, "a temporary file can be made");
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    Require(written == static_cast<ssize_t>(bytes.size()), "a temporary file can be written");
  }
  ~TemporaryFile() { close(fd_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  int fd() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace

IndexFile SealedFile(FuzzedDataProvider& input, const Bytes& header, const Bytes& body, uint64_t block_bytes) {
  IndexFile file;
  IndexGeometry& geometry = file.geometry;
  geometry.block_bytes = block_bytes;
  file.written = header;
  geometry.body_offset = file.written.size();
  geometry.body_bytes = body.size();
  Append(file.written, body);
  Append(file.written, ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 9)));
  const Bytes leaves = DigestsOfBlocks(body, block_bytes);
  geometry.leaves_offset = file.written.size();
  geometry.leaf_count = leaves.size() / kSha256Bytes;
  Append(file.written, leaves);
  Append(file.written, ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 9)));
  file.nodes = DigestsOfBlocks(leaves, block_bytes);
  file.bytes = file.written;
  file.is_described_truly = true;
  return file;
}

void Damage(FuzzedDataProvider& input, HotBytes hot, IndexFile& file) {
  Bytes& bytes = file.bytes;
  auto flip = [&](uint64_t first, uint64_t count) {
    if (count > 0) bytes[first + input.ConsumeIntegralInRange<uint64_t>(0, count - 1)] ^= OneOrMore(input);
  };
  switch (input.ConsumeIntegralInRange<int>(0, 7)) {
    case 0:
      bytes = ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, 9000));
      return Misdescribe(input, file);
    case 1:
      return bytes.resize(input.ConsumeIntegralInRange<size_t>(0, bytes.size()));
    case 2:
      return Misdescribe(input, file);
    case 3:
      for (int flips = input.ConsumeIntegralInRange<int>(1, 3); flips > 0; flips--) flip(0, bytes.size());
      return;
    case 4:
    case 5:
      return flip(hot.start, hot.count);
  }
}

std::shared_ptr<CheckedFile> OpenIndex(const IndexFile& file) {
  const TemporaryFile temporary(file.bytes);
  try {
    const auto opened = CheckedFile::Open("the same", temporary.fd(), file.geometry, file.nodes);
    Require(NaiveBlocks(file).FitTheFile(), "parts that do not fit the file are refused");
    return opened;
  } catch (const IndexDamage&) {
    Require(!NaiveBlocks(file).FitTheFile(), "parts that fit the file are accepted");
  } catch (const std::runtime_error&) {
    Require(file.bytes.empty(), "a file is mapped unless it is empty");
  }
  return nullptr;
}

NaiveBlocks::NaiveBlocks(const IndexFile& index) : geometry_(index.geometry) {
  const auto& [body_offset, body_bytes, leaves_offset, leaf_count, block_bytes] = geometry_;
  const Bytes& file = index.bytes;
  if (block_bytes == 0 || block_bytes % kSha256Bytes != 0) return;
  const Wide leaf_bytes = Wide{leaf_count} * kSha256Bytes;
  const Wide blocks = (Wide{body_bytes} + block_bytes - 1) / block_bytes;
  const Wide groups = (leaf_bytes + block_bytes - 1) / block_bytes;
  fit_ = Wide{body_offset} + body_bytes <= file.size() && Wide{leaves_offset} + leaf_bytes <= file.size() &&
         blocks == leaf_count && groups * kSha256Bytes == index.nodes.size();
  if (!fit_) return;
  auto part = [&](uint64_t start, uint64_t bytes) {
    const auto first = file.begin() + static_cast<ptrdiff_t>(start);
    return Bytes(first, first + static_cast<ptrdiff_t>(bytes));
  };
  const Bytes leaves = part(leaves_offset, leaf_count * kSha256Bytes);
  const Bytes leaves_of_body = DigestsOfBlocks(part(body_offset, body_bytes), static_cast<size_t>(block_bytes));
  const Bytes nodes_of_leaves = DigestsOfBlocks(leaves, static_cast<size_t>(block_bytes));
  auto has_digest = [](const Bytes& digests, const Bytes& expected, uint64_t i) {
    return std::memcmp(digests.data() + i * kSha256Bytes, expected.data() + i * kSha256Bytes, kSha256Bytes) == 0;
  };
  for (uint64_t block = 0; block < leaf_count; block++) {
    const uint64_t group = block * kSha256Bytes / block_bytes;
    sound_.push_back(has_digest(leaves_of_body, leaves, block) && has_digest(nodes_of_leaves, index.nodes, group));
  }
}

bool NaiveBlocks::MayBeRead(uint64_t offset, uint64_t length) const {
  const uint64_t start = offset - geometry_.body_offset;
  if (offset < geometry_.body_offset || Wide{start} + length > geometry_.body_bytes) return false;
  for (uint64_t at = start; at < start + length; at++) {
    if (!sound_[at / geometry_.block_bytes]) return false;
  }
  return true;
}

}  // namespace fuzz
}  // namespace exhibit_hash
