// The arm without intrinsics: one stream, plain C++, what the others answer to.

#include "digest/digest.h"
#include "digest/lanes.h"
#include "digest/scalar_lane.h"

namespace exhibit_hash {

const DigestArm kDigestScalar = {1, 1, AdvanceLanes<ScalarLane>, AdvanceLanes<ScalarLane>};

}  // namespace exhibit_hash
