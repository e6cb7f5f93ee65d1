// Progressive pictures: only the scans of DC values are read, which come first and are a tenth of the file.

#ifndef EXHIBIT_HASH_JPEG_PROGRESSIVE_H_
#define EXHIBIT_HASH_JPEG_PROGRESSIVE_H_

#include "jpeg/jpeg.h"
#include "jpeg/markers.h"

namespace exhibit_hash {

// Reads from the data of the first scan to the end of the picture, and writes the luma at an eighth.
bool JpegReadProgressive(JpegReader& reader, JpegState& state, JpegScan& scan, uint8_t* out);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_PROGRESSIVE_H_
