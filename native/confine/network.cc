// Linux's seccomp: a filter that the kernel asks at every call of the system. It lets through what it does not name.
//
// Source: the kernel's Documentation/userspace-api/seccomp_filter.rst.

#include "confine/network.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#define EXHIBIT_HASH_HAS_SECCOMP 1
#else
#define EXHIBIT_HASH_HAS_SECCOMP 0
#endif

#if EXHIBIT_HASH_HAS_SECCOMP

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

namespace exhibit_hash {
namespace {

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#else
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

// Younger than the oldest headers that this is built with; the same number on every architecture.
constexpr uint32_t kIoUringSetup = 425, kPidfdGetfd = 438;
// Calls of x86-64 by 32-bit pointers, which have numbers of their own.
constexpr uint32_t kFirstX32 = 0x40000000;
// Not to slow this process down against attacks on branch prediction, as older kernels do for each filter.
constexpr unsigned long kAllThreads = 1, kSpeculationAllowed = 4;

// A pair of sockets has no other end than this process: that is how programs are started. io_uring makes sockets too.
constexpr uint32_t kDenied[] = {SYS_socket, kIoUringSetup,        kPidfdGetfd,
                                SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev};

void AddLoad(std::vector<sock_filter>& filter, uint32_t offset) {
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

// Refuses a call where what was loaded compares so.
void AddDenial(std::vector<sock_filter>& filter, uint16_t compare, uint32_t value, bool when) {
  const uint8_t denies = when ? 0 : 1, goes_on = when ? 1 : 0;
  filter.push_back(BPF_JUMP(static_cast<uint16_t>(BPF_JMP | BPF_K | compare), value, denies, goes_on));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES));
}

std::vector<sock_filter> Filter() {
  std::vector<sock_filter> filter;
  AddLoad(filter, offsetof(seccomp_data, arch));
  AddDenial(filter, BPF_JEQ, kArchitecture, false);
  AddLoad(filter, offsetof(seccomp_data, nr));
  AddDenial(filter, BPF_JGE, kFirstX32, true);
  for (uint32_t call : kDenied) AddDenial(filter, BPF_JEQ, call, true);
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return filter;
}

}  // namespace

bool CanDenyNetwork() { return true; }

bool DenyNetwork() {
  std::vector<sock_filter> filter = Filter();
  const sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};
  // Without it only an administrator may set a filter: nothing that is started may get more rights than this process.
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, kAllThreads | kSpeculationAllowed, &program) == 0;
}

}  // namespace exhibit_hash

#else

namespace exhibit_hash {

bool CanDenyNetwork() { return false; }

bool DenyNetwork() { return false; }

}  // namespace exhibit_hash

#endif
