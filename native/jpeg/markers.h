// What the markers of a JPEG say, read up to the next scan; anything irregular refuses the whole file.

#ifndef EXHIBIT_HASH_JPEG_MARKERS_H_
#define EXHIBIT_HASH_JPEG_MARKERS_H_

#include <cstddef>
#include <cstdint>

namespace exhibit_hash {

constexpr int kJpegTables = 4;
constexpr int kJpegBlockSize = 64;

// A Huffman table as a file defines it: how many codes have 1 to 16 bits, and their symbols in order.
struct JpegHuffman {
  bool is_defined;
  uint8_t counts[16];
  uint8_t symbols[256];
};

struct JpegQuantisation {
  bool is_defined;
  // In zigzag order, as coefficients come.
  uint8_t steps[kJpegBlockSize];
};

struct JpegComponent {
  uint8_t id, h, v, quantisation;
};

struct JpegFrame {
  bool is_defined;
  bool is_progressive;
  int width, height;
  int component_count;
  JpegComponent components[3];
};

// All that has been said so far.
struct JpegState {
  JpegFrame frame;
  JpegHuffman dc[kJpegTables], ac[kJpegTables];
  JpegQuantisation quantisation[kJpegTables];
  // MCUs between restart markers, 0 for none.
  int restart_interval;
  bool has_scan;
  // Adobe's segment says that the components are something else than luma and chroma.
  bool has_untransformed_colours;
};

struct JpegScan {
  int component_count;
  // Of each: its place in the frame, and its tables.
  uint8_t component[3], dc_table[3], ac_table[3];
  uint8_t first, last, high, low;
};

// A place in the bytes of a file; nothing is read beyond their end.
struct JpegReader {
  const uint8_t* bytes;
  size_t size;
  size_t at;
};

enum class JpegNext { kScan, kEnd, kRefused };

// The two bytes that every file begins with.
bool JpegStart(JpegReader& reader);

// Reads markers from the reader's place to the data of the next scan, or past the end of the picture.
JpegNext JpegReadMarkers(JpegReader& reader, JpegState& state, JpegScan& scan);

// Passes over a scan's data to the marker behind them; false where there is none.
bool JpegSkipScan(JpegReader& reader);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_MARKERS_H_
