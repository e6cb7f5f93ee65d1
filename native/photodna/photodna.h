// Sum of squared byte differences of PhotoDNA values, by brute force.

#ifndef EXHIBIT_HASH_PHOTODNA_PHOTODNA_H_
#define EXHIBIT_HASH_PHOTODNA_PHOTODNA_H_

#include "common/isa.h"
#include "common/scan.h"

namespace exhibit_hash {

constexpr size_t kPhotoDnaBytes = 144;

// Items of kPhotoDnaBytes.
void PhotoDnaScanScalar(const ScanInput& input, const HitSink& sink);
#if EXHIBIT_HASH_X86_ARMS
void PhotoDnaScanAvx2(const ScanInput& input, const HitSink& sink);
void PhotoDnaScanAvx512(const ScanInput& input, const HitSink& sink);
#endif

// The arm of an available instruction set.
Scan PhotoDnaScanOf(Isa isa);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PHOTODNA_PHOTODNA_H_
