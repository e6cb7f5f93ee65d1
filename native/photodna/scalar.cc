// The scan of PhotoDNA values, compiled for any machine.

#include "photodna/generic.h"

namespace exhibit_hash {

void PhotoDnaScanScalar(const ScanInput& input, const HitSink& sink) { ScanValues(input, sink); }

}  // namespace exhibit_hash
