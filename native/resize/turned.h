// Rows resized as columns of the turned plane: where an output has few weights, arms have nothing else to do side by
// side.

#ifndef EXHIBIT_HASH_RESIZE_TURNED_H_
#define EXHIBIT_HASH_RESIZE_TURNED_H_

#include <cstdint>

#include "resize/resize.h"

namespace exhibit_hash {

// What `arm.rows` writes, by whichever way is faster. May throw std::bad_alloc.
void ResizeRowsEitherWay(const ResizeArm& arm, const uint8_t* in, int64_t height, const ResizeAxis& axis, uint8_t* out);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RESIZE_TURNED_H_
