// The mapped file as the innermost loops see it: bytes, and for every block whether it has been checked.

#ifndef EXHIBIT_HASH_INDEX_CHECKED_VIEW_H_
#define EXHIBIT_HASH_INDEX_CHECKED_VIEW_H_

#include <cstdint>

namespace exhibit_hash {

// Plain data, so that arms compiled for other processors can hold it: see common/scan.h on arms and the library.
struct CheckedView {
  // Of the whole file.
  const uint8_t* data;
  // One a block of the body, 1 once it has been checked; null where all that are read have been.
  const uint8_t* checked;
  uint64_t body_offset;
  uint32_t block_shift;
  // Checks a block. Throws IndexDamage.
  void (*check)(void* file, uint64_t block);
  void* file;
};

template <typename T>
inline T LoadAcquire(const T* flags) {
#if defined(__GNUC__)
  return __atomic_load_n(flags, __ATOMIC_ACQUIRE);
#else
  // MSVC's volatile reads are acquiring on x64.
  return *static_cast<const volatile T*>(flags);
#endif
}

// The byte at an offset that is known to lie inside the body; what is read from it must end within the same block.
inline const uint8_t* CheckedAt(const CheckedView& view, uint64_t offset) {
  if (view.checked != nullptr) {
    const uint64_t block = (offset - view.body_offset) >> view.block_shift;
    if (LoadAcquire(view.checked + block) == 0) view.check(view.file, block);
  }
  return view.data + offset;
}

// The same of bytes that may lie in several blocks; the last of them, too, is known to lie inside the body.
inline const uint8_t* CheckedAt(const CheckedView& view, uint64_t offset, uint64_t bytes) {
  if (view.checked == nullptr) return view.data + offset;
  const uint64_t block_bytes = uint64_t{1} << view.block_shift;
  const uint64_t last = offset + bytes - 1;
  for (uint64_t at = offset;
       (at - view.body_offset) >> view.block_shift < (last - view.body_offset) >> view.block_shift; at += block_bytes) {
    CheckedAt(view, at);
  }
  CheckedAt(view, last);
  return view.data + offset;
}

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_INDEX_CHECKED_VIEW_H_
