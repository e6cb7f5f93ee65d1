// Stands in for mmap and munmap of the code under test (linked with --wrap): a mapped file has inaccessible memory on
// both sides, and the address sanitizer watches the rest of its last page. A read outside the file cannot go unseen.

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace {

constexpr size_t kPage = 4096;
constexpr size_t kGuardBytes = 256 * kPage;

size_t WholePages(size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

}  // namespace

extern "C" {

void* __real_mmap(void* where, size_t bytes, int protection, int flags, int fd, off_t offset);
int __real_munmap(void* where, size_t bytes);

void* __wrap_mmap(void* where, size_t bytes, int protection, int flags, int fd, off_t offset) {
  const size_t pages = WholePages(bytes);
  constexpr int kReserve = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* reserved = __real_mmap(where, pages + 2 * kGuardBytes, PROT_NONE, kReserve, -1, 0);
  if (reserved == MAP_FAILED) return reserved;
  uint8_t* file = static_cast<uint8_t*>(reserved) + kGuardBytes;
  if (__real_mmap(file, bytes, protection, flags | MAP_FIXED, fd, offset) == MAP_FAILED) {
    __real_munmap(reserved, pages + 2 * kGuardBytes);
    return MAP_FAILED;
  }
  __asan_poison_memory_region(file + bytes, pages - bytes);
  return file;
}

int __wrap_munmap(void* where, size_t bytes) {
  const size_t pages = WholePages(bytes);
  __asan_unpoison_memory_region(where, pages);
  return __real_munmap(static_cast<uint8_t*>(where) - kGuardBytes, pages + 2 * kGuardBytes);
}

}  // extern "C"
