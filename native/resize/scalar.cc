// Pillow's resize compiled for the baseline of the processor.

#include "resize/generic.h"

namespace exhibit_hash {

const ResizeArm kResizeScalar = {LumaOfRgb, ResizeRows, ResizeColumns};

}  // namespace exhibit_hash
