// The scan of PhotoDNA values, compiled for AVX512.

#include "photodna/generic.h"

namespace exhibit_hash {

void PhotoDnaScanAvx512(const ScanInput& input, const HitSink& sink) { ScanValues(input, sink); }

}  // namespace exhibit_hash
