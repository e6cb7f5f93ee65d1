// Hamming distance by brute force: the oracle of every index, and the engine for small sets.

#ifndef EXHIBIT_HASH_HAMMING_HAMMING_H_
#define EXHIBIT_HASH_HAMMING_HAMMING_H_

#include "common/isa.h"
#include "common/scan.h"

namespace exhibit_hash {

// Items of 8 or 32 bytes.
void HammingScanScalar(const ScanInput& input, const HitSink& sink);
#if EXHIBIT_HASH_X86_ARMS
// POPCNT, which every processor with AVX2 has.
void HammingScanAvx2(const ScanInput& input, const HitSink& sink);
#endif
#if EXHIBIT_HASH_NEON_ARM
void HammingScanNeon(const ScanInput& input, const HitSink& sink);
#endif

// The arm of an available instruction set.
Scan HammingScanOf(Isa isa);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_HAMMING_HAMMING_H_
