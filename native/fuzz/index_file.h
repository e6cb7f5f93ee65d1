// Index files for fuzz targets: sound ones around any body, damaged ones, and bytes that never were an index.

#ifndef EXHIBIT_HASH_FUZZ_INDEX_FILE_H_
#define EXHIBIT_HASH_FUZZ_INDEX_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "fuzz/support.h"
#include "index/checked_file.h"

namespace exhibit_hash {
namespace fuzz {

using Bytes = std::vector<uint8_t>;

inline void Append(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

inline void AppendUint32(Bytes& to, uint32_t number) {
  for (int i = 0; i < 4; i++) to.push_back(static_cast<uint8_t>(number >> (8 * i)));
}

// What is handed to the code under test, and what is known about it.
struct IndexFile {
  // The file, and a copy from before it was damaged.
  Bytes bytes, written;
  IndexGeometry geometry{};
  Bytes nodes;
  // Geometry and nodes are those that belong to `written`: so whatever is found must be from there.
  bool is_described_truly = false;

  bool IsUndamaged() const { return is_described_truly && bytes == written; }
};

// A file as the builder of indexes would write it, but with any header and blocks of any size.
IndexFile SealedFile(FuzzedDataProvider& input, const Bytes& header, const Bytes& body, uint64_t block_bytes);

// Changes some of its bytes or all of them, or tells something wrong about it, or nothing. `hot` is where a wrong byte
// would do the most harm.
struct HotBytes {
  uint64_t start, count;
};
void Damage(FuzzedDataProvider& input, HotBytes hot, IndexFile& file);

// Through the code under test; nothing where it is refused. Ends the run where that should be otherwise.
std::shared_ptr<CheckedFile> OpenIndex(const IndexFile& file);

// What a call gives, or nothing where it finds damage. Anything else that is thrown ends the run.
template <typename Call>
auto UnlessDamaged(Call call) -> std::optional<decltype(call())> {
  try {
    return call();
  } catch (const IndexDamage&) {
    return std::nullopt;
  }
}

// Which blocks of the body show the digests that lead to them from the nodes; the plain form of the block check.
class NaiveBlocks {
 public:
  explicit NaiveBlocks(const IndexFile& index);

  // Do the parts lie inside the file, and do they fit each other?
  bool FitTheFile() const { return fit_; }
  bool IsSound(uint64_t block) const { return sound_[block]; }
  uint64_t count() const { return sound_.size(); }
  // May these bytes of the file be seen?
  bool MayBeRead(uint64_t offset, uint64_t length) const;

 private:
  IndexGeometry geometry_;
  bool fit_ = false;
  std::vector<bool> sound_;
};

}  // namespace fuzz
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_FUZZ_INDEX_FILE_H_
