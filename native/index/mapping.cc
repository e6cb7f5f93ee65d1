// A file mapped read-only into memory, on POSIX systems and on Windows.

#include "index/mapping.h"

#include <stdexcept>
#include <string>
#include <system_error>

#ifdef _WIN32
#include <windows.h>

#include <uv.h>
#else
#include <cerrno>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace exhibit_hash {
namespace {

[[noreturn]] void Fail(const char* what, int code) {
  throw std::runtime_error(std::string(what) + ": " + std::system_category().message(code));
}

#ifndef _WIN32

// A look-up reads places that have nothing to do with each other, and with small pages each costs a walk through the
// tables of addresses besides. A place that is not in memory comes with the megabytes around it then, also on
// file systems that know small pages only; that would be for nothing where the file does not fit memory.
void AskForLargePages([[maybe_unused]] void* data, [[maybe_unused]] size_t size) {
#ifdef MADV_HUGEPAGE
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page_bytes = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page_bytes > 0 && size / static_cast<size_t>(page_bytes) <= static_cast<size_t>(pages) / 2) {
    madvise(data, size, MADV_HUGEPAGE);
  }
#endif
}

#endif

}  // namespace

#ifdef _WIN32

Mapping::Mapping(int fd) {
  // The descriptor belongs to Node's C runtime, so Node must translate it.
  HANDLE file = reinterpret_cast<HANDLE>(uv_get_osfhandle(fd));
  LARGE_INTEGER size;
  if (!GetFileSizeEx(file, &size)) Fail("size of the index", static_cast<int>(GetLastError()));
  HANDLE section = CreateFileMappingW(file, nullptr, PAGE_READONLY, 0, 0, nullptr);
  if (section == nullptr) Fail("mapping the index", static_cast<int>(GetLastError()));
  data_ = static_cast<const uint8_t*>(MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0));
  const DWORD error = GetLastError();
  CloseHandle(section);
  if (data_ == nullptr) Fail("mapping the index", static_cast<int>(error));
  size_ = static_cast<size_t>(size.QuadPart);
}

Mapping::~Mapping() { UnmapViewOfFile(data_); }

#else

Mapping::Mapping(int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0) Fail("size of the index", errno);
  if (status.st_size <= 0) Fail("mapping the index", EINVAL);
  size_ = static_cast<size_t>(status.st_size);
  void* data = mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) Fail("mapping the index", errno);
  data_ = static_cast<const uint8_t*>(data);
  AskForLargePages(data, size_);
}

Mapping::~Mapping() { munmap(const_cast<uint8_t*>(data_), size_); }

#endif

}  // namespace exhibit_hash
