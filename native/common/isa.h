// Which instruction sets this build has arms for, and which of them this machine and its system can run.

#ifndef EXHIBIT_HASH_COMMON_ISA_H_
#define EXHIBIT_HASH_COMMON_ISA_H_

namespace exhibit_hash {

enum class Isa { kScalar = 0, kAvx2 = 1, kAvx512 = 2, kNeon = 3 };

constexpr Isa kIsasBestFirst[] = {Isa::kAvx512, Isa::kAvx2, Isa::kNeon, Isa::kScalar};

// The name that EXHIBIT_HASH_ISA and doctor use.
const char* IsaName(Isa isa);

// Built in, supported by the processor, and its registers saved by the operating system. Asked once a process.
bool IsaAvailable(Isa isa);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_COMMON_ISA_H_
