// Turning costs two passes over memory, in blocks that stay in the first cache.

#include "resize/turned.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace exhibit_hash {
namespace {

// From so many weights an output on, an arm adds them side by side.
constexpr int64_t kManyWeights = 24;
constexpr int64_t kBlock = 32;
// Rows that are turned, resized and turned back together: both planes stay in the first caches, and are small enough
// for memory that is not given back to the system after each picture.
constexpr int64_t kStrip = 64;
// Bytes of a word, and words that are turned at once.
constexpr int64_t kWord = 8;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
constexpr bool kTurnsWords = false;
#else
constexpr bool kTurnsWords = true;
#endif

// Of the rows `kApart` apart, swaps what lies above in the one with what lies below in the other.
template <int kApart, uint64_t kMask>
void SwapHalves(uint64_t rows[kWord]) {
  for (int64_t i = 0; i < kWord; i++) {
    if ((i & kApart) != 0) continue;
    const uint64_t both = ((rows[i] >> (8 * kApart)) ^ rows[i + kApart]) & kMask;
    rows[i + kApart] ^= both;
    rows[i] ^= both << (8 * kApart);
  }
}

// Eight by eight bytes in words: bytes of pairs of rows change places, then pairs of bytes, then fours.
void TurnWords(const uint8_t* in, int64_t width, uint8_t* out, int64_t height) {
  uint64_t rows[kWord];
  for (int64_t i = 0; i < kWord; i++) std::memcpy(&rows[i], in + i * width, kWord);
  SwapHalves<1, 0x00ff00ff00ff00ff>(rows);
  SwapHalves<2, 0x0000ffff0000ffff>(rows);
  SwapHalves<4, 0x00000000ffffffff>(rows);
  for (int64_t i = 0; i < kWord; i++) std::memcpy(out + i * height, &rows[i], kWord);
}

struct Area {
  int64_t left, top, right, bottom;
};

void TurnBytes(const uint8_t* in, int64_t width, int64_t height, const Area& area, uint8_t* out) {
  for (int64_t x = area.left; x < area.right; x++) {
    for (int64_t y = area.top; y < area.bottom; y++) out[x * height + y] = in[y * width + x];
  }
}

void TurnBlock(const uint8_t* in, int64_t width, int64_t height, const Area& area, uint8_t* out) {
  if (!kTurnsWords) return TurnBytes(in, width, height, area, out);
  const int64_t right = area.right - (area.right - area.left) % kWord;
  const int64_t bottom = area.bottom - (area.bottom - area.top) % kWord;
  for (int64_t y = area.top; y < bottom; y += kWord) {
    for (int64_t x = area.left; x < right; x += kWord)
      TurnWords(in + y * width + x, width, out + x * height + y, height);
  }
  TurnBytes(in, width, height, {right, area.top, area.right, area.bottom}, out);
  TurnBytes(in, width, height, {area.left, bottom, right, area.bottom}, out);
}

// Columns of a plane become rows.
void Turn(const uint8_t* in, int64_t width, int64_t height, uint8_t* out) {
  for (int64_t top = 0; top < height; top += kBlock) {
    for (int64_t left = 0; left < width; left += kBlock) {
      const Area area = {left, top, std::min(left + kBlock, width), std::min(top + kBlock, height)};
      TurnBlock(in, width, height, area, out);
    }
  }
}

}  // namespace

void ResizeRowsEitherWay(const ResizeArm& arm, const uint8_t* in, int64_t height, const ResizeAxis& axis,
                         uint8_t* out) {
  if (axis.taps >= kManyWeights || height < kBlock) return arm.rows(in, height, axis, out);
  std::unique_ptr<uint8_t[]> turned(new uint8_t[static_cast<size_t>(axis.samples * kStrip)]);
  std::unique_ptr<uint8_t[]> resized(new uint8_t[static_cast<size_t>(axis.outputs * kStrip)]);
  for (int64_t top = 0; top < height; top += kStrip) {
    const int64_t rows = std::min(kStrip, height - top);
    Turn(in + top * axis.samples, axis.samples, rows, turned.get());
    arm.columns(turned.get(), rows, axis, resized.get());
    Turn(resized.get(), rows, axis.outputs, out + top * axis.outputs);
  }
}

}  // namespace exhibit_hash
