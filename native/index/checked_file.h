// An index file of which no byte is used before its block has been checked against the digest tree.

#ifndef EXHIBIT_HASH_INDEX_CHECKED_FILE_H_
#define EXHIBIT_HASH_INDEX_CHECKED_FILE_H_

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "index/checked_view.h"
#include "index/mapping.h"

namespace exhibit_hash {

// Where the parts lie, in bytes from the start of the file.
struct IndexGeometry {
  uint64_t body_offset;
  uint64_t body_bytes;
  uint64_t leaves_offset;
  uint64_t leaf_count;
  uint64_t block_bytes;
};

struct ByteRange {
  uint64_t offset;
  uint64_t length;
};

// A block without its digest, or a reference that leads outside the body.
class IndexDamage : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Shared by all threads of the process; safe to use from all of them at once.
class CheckedFile {
 public:
  // `nodes` are digests of groups of leaves, already checked against the root.
  // Throws IndexDamage where the geometry does not fit the file.
  CheckedFile(int fd, const IndexGeometry& geometry, std::vector<uint8_t> nodes);

  // The file of that identity that this process has mapped already, or a new one.
  static std::shared_ptr<CheckedFile> Open(const std::string& identity, int fd, const IndexGeometry& geometry,
                                           const std::vector<uint8_t>& nodes);

  // Checked bytes of the body. Throws IndexDamage.
  const uint8_t* Bytes(uint64_t offset, uint64_t length);

  // Throws IndexDamage unless all of it lies within the body.
  void RequireInside(uint64_t offset, uint64_t length) const;

  // For a loop of about so many reads within these ranges of the body. Where all of their blocks have been checked
  // before, and to ask for that costs next to nothing beside the reads, the loop asks no more. Throws IndexDamage where
  // a range is not within the body or blocks are of no power of two.
  CheckedView View(std::initializer_list<ByteRange> ranges, uint64_t reads);

  // Checks blocks whatever was checked before; the first damaged one, or -1.
  int64_t CheckAfresh(uint64_t first, uint64_t count) const;

 private:
  bool AllChecked(const ByteRange& range) const;
  void CheckBlock(uint64_t block);
  bool BlockIsSound(uint64_t block) const;
  bool LeavesAreSound(uint64_t group) const;

  Mapping mapping_;
  IndexGeometry geometry_;
  std::vector<uint8_t> nodes_;
  std::unique_ptr<std::atomic<uint8_t>[]> block_checked_;
  std::unique_ptr<std::atomic<uint8_t>[]> leaves_checked_;
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_INDEX_CHECKED_FILE_H_
