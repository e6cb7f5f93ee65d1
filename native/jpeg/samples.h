// From coefficients to samples of luma: one, two by two, or eight by eight a block.

#ifndef EXHIBIT_HASH_JPEG_SAMPLES_H_
#define EXHIBIT_HASH_JPEG_SAMPLES_H_

#include <cstdint>

#include "jpeg/markers.h"

namespace exhibit_hash {

inline uint8_t JpegClamp(int32_t value) { return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value); }

// The mean of a block: libjpeg's sample at an eighth.
inline uint8_t JpegMean(int32_t dc, const JpegQuantisation& quantisation) {
  return JpegClamp(((dc * quantisation.steps[0] + 4) >> 3) + 128);
}

// Coefficients 0, 1, 2 and 4 of the file: the mean of a block and the lowest frequencies, across, down and both.
struct JpegLowest {
  int32_t mean, across, down, both;
};

// Two rows of two samples.
inline void JpegQuarters(const JpegLowest& lowest, const JpegQuantisation& quantisation, uint8_t* top,
                         uint8_t* bottom) {
  const uint8_t* const steps = quantisation.steps;
  const int32_t mean = lowest.mean * steps[0] + 4, across = lowest.across * steps[1];
  const int32_t down = lowest.down * steps[2], both = lowest.both * steps[4];
  top[0] = JpegClamp(((mean + across + down + both) >> 3) + 128);
  top[1] = JpegClamp(((mean - across + down - both) >> 3) + 128);
  bottom[0] = JpegClamp(((mean + across - down - both) >> 3) + 128);
  bottom[1] = JpegClamp(((mean - across - down + both) >> 3) + 128);
}

// The place of each coefficient of the file in a block, row by row.
constexpr uint8_t kJpegZigzag[kJpegBlockSize] = {0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                                                 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                                                 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                                                 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

// Eight rows of eight samples, `stride` bytes apart: libjpeg's accurate integer transform of coefficients times their
// steps, row by row, which it writes over.
void JpegSamples(uint32_t* block, uint8_t* out, int64_t stride);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_SAMPLES_H_
