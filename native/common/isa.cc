// Asks the processor (CPUID) and the operating system (XGETBV) which arms can run.

#include "common/isa.h"

#if EXHIBIT_HASH_X86_ARMS
#include <cstdint>
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#endif

namespace exhibit_hash {
namespace {

struct X86Support {
  bool avx2 = false;
  bool avx512 = false;
};

#if EXHIBIT_HASH_X86_ARMS

struct CpuidLeaf {
  uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

CpuidLeaf Cpuid(uint32_t leaf) {
  CpuidLeaf r;
#if defined(_MSC_VER)
  int regs[4];
  __cpuidex(regs, static_cast<int>(leaf), 0);
  r.eax = static_cast<uint32_t>(regs[0]);
  r.ebx = static_cast<uint32_t>(regs[1]);
  r.ecx = static_cast<uint32_t>(regs[2]);
  r.edx = static_cast<uint32_t>(regs[3]);
#else
  __cpuid_count(leaf, 0, r.eax, r.ebx, r.ecx, r.edx);
#endif
  return r;
}

// The register state that the operating system saves; may be asked only where OSXSAVE is set.
uint64_t EnabledState() {
#if defined(_MSC_VER)
  return _xgetbv(0);
#else
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<uint64_t>(high) << 32) | low;
#endif
}

bool AllBits(uint64_t value, uint64_t mask) { return (value & mask) == mask; }

X86Support DetectX86() {
  // Bit numbers: Intel SDM volume 2, CPUID; volume 1, 13.2 and 15.2 for XCR0.
  constexpr uint64_t kXmmYmm = 0x6, kXmmYmmZmm = 0xe6;
  X86Support support;
  if (Cpuid(0).eax < 7) return support;
  const CpuidLeaf basic = Cpuid(1);
  constexpr uint32_t kOsxsaveAvx = (1u << 27) | (1u << 28);
  if (!AllBits(basic.ecx, kOsxsaveAvx)) return support;
  const uint64_t state = EnabledState();
  const CpuidLeaf extended = Cpuid(7);
  constexpr uint32_t kAvx2 = 1u << 5;
  support.avx2 = AllBits(state, kXmmYmm) && AllBits(extended.ebx, kAvx2);
  // F, DQ, BW, VL in EBX, VBMI in ECX: what the AVX-512 arms are compiled for.
  constexpr uint32_t kFDqBwVl = (1u << 16) | (1u << 17) | (1u << 30) | (1u << 31);
  constexpr uint32_t kVbmi = 1u << 1;
  support.avx512 =
      support.avx2 && AllBits(state, kXmmYmmZmm) && AllBits(extended.ebx, kFDqBwVl) && AllBits(extended.ecx, kVbmi);
  return support;
}

#else

X86Support DetectX86() { return X86Support(); }

#endif

}  // namespace

const char* IsaName(Isa isa) {
  switch (isa) {
    case Isa::kScalar:
      return "scalar";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvx512:
      return "avx512";
    case Isa::kNeon:
      return "neon";
  }
  return "unknown";
}

bool IsaAvailable(Isa isa) {
  static const X86Support x86 = DetectX86();
  switch (isa) {
    case Isa::kScalar:
      return true;
    case Isa::kAvx2:
      return x86.avx2;
    case Isa::kAvx512:
      return x86.avx512;
    case Isa::kNeon:
      // Every 64-bit ARM processor has it.
      return EXHIBIT_HASH_NEON_ARM != 0;
  }
  return false;
}

}  // namespace exhibit_hash
