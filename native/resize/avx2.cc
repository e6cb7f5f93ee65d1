// Pillow's resize compiled for AVX2.

#include "resize/generic.h"

namespace exhibit_hash {

const ResizeArm kResizeAvx2 = {LumaOfRgb, ResizeRows, ResizeColumns};

}  // namespace exhibit_hash
