// The scan of PhotoDNA values, compiled for AVX2.

#include "photodna/generic.h"

namespace exhibit_hash {

void PhotoDnaScanAvx2(const ScanInput& input, const HitSink& sink) { ScanValues(input, sink); }

}  // namespace exhibit_hash
