// Pillow's resize compiled for AVX-512.

#include "resize/generic.h"

namespace exhibit_hash {

const ResizeArm kResizeAvx512 = {LumaOfRgb, ResizeRows, ResizeColumns};

}  // namespace exhibit_hash
