// Pillow's resize compiled for NEON.

#include "resize/generic.h"

namespace exhibit_hash {

const ResizeArm kResizeNeon = {LumaOfRgb, ResizeRows, ResizeColumns};

}  // namespace exhibit_hash
