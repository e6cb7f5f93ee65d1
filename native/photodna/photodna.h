// Sum of squared byte differences of PhotoDNA values: of a pair, and of every pair of a part of a table.

#ifndef EXHIBIT_HASH_PHOTODNA_PHOTODNA_H_
#define EXHIBIT_HASH_PHOTODNA_PHOTODNA_H_

#include "common/isa.h"
#include "common/scan.h"
#include "photodna/sketch.h"

namespace exhibit_hash {

constexpr size_t kPhotoDnaBytes = 144;

using PhotoDnaDistance = uint32_t (*)(const uint8_t* a, const uint8_t* b);

// What an instruction set does with values. The functions of all arms give the same numbers.
struct PhotoDnaArm {
  // Items of kPhotoDnaBytes.
  Scan scan;
  PhotoDnaDistance distance;
  SketchFilter filter;
};

PhotoDnaArm PhotoDnaArmScalar();
#if EXHIBIT_HASH_X86_ARMS
PhotoDnaArm PhotoDnaArmAvx2();
PhotoDnaArm PhotoDnaArmAvx512();
#endif

// The arm of an available instruction set.
PhotoDnaArm PhotoDnaArmOf(Isa isa);

inline Scan PhotoDnaScanOf(Isa isa) { return PhotoDnaArmOf(isa).scan; }

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PHOTODNA_PHOTODNA_H_
