// A file mapped read-only into memory.

#ifndef EXHIBIT_HASH_INDEX_MAPPING_H_
#define EXHIBIT_HASH_INDEX_MAPPING_H_

#include <cstddef>
#include <cstdint>

namespace exhibit_hash {

class Mapping {
 public:
  // Maps the whole of an open file; the descriptor may be closed afterwards.
  // Throws std::runtime_error with the system's reason.
  explicit Mapping(int fd);
  ~Mapping();
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_INDEX_MAPPING_H_
