// Reads markers. Source: ITU-T T.81, Annex B. src/kernels/jpeg-markers.ts takes and refuses the same files.

#include "jpeg/markers.h"

#include <cstring>

#include "jpeg/jpeg.h"

namespace exhibit_hash {
namespace {

enum Marker : uint8_t {
  kSof0 = 0xc0,
  kSof1 = 0xc1,
  kSof2 = 0xc2,
  kDht = 0xc4,
  kSoi = 0xd8,
  kEoi = 0xd9,
  kSos = 0xda,
  kDqt = 0xdb,
  kDri = 0xdd,
  kApp0 = 0xe0,
  kApp14 = 0xee,
  kApp15 = 0xef,
  kComment = 0xfe
};

// The content of one segment, without its length.
struct Segment {
  const uint8_t* bytes;
  size_t size;
};

int Word(const uint8_t* bytes) { return bytes[0] << 8 | bytes[1]; }

bool TakeSegment(JpegReader& reader, Segment& segment) {
  if (reader.size - reader.at < 2) return false;
  const size_t length = static_cast<size_t>(Word(reader.bytes + reader.at));
  if (length < 2 || length > reader.size - reader.at) return false;
  segment = {reader.bytes + reader.at + 2, length - 2};
  reader.at += length;
  return true;
}

// Three components that are not luma and two chromas by their names.
bool IsNamedRgb(const JpegFrame& frame) {
  return frame.components[0].id == 'R' && frame.components[1].id == 'G' && frame.components[2].id == 'B';
}

// Luma leads, with one block of either chroma for each 1, 2 or 4 of luma.
bool IsUsualSampling(const JpegFrame& frame) {
  if (frame.component_count == 1) return true;
  for (int i = 1; i < 3; i++) {
    if (frame.components[i].h != 1 || frame.components[i].v != 1) return false;
  }
  const int h = frame.components[0].h, v = frame.components[0].v;
  return (h <= 2 && v <= 2) || (h == 4 && v == 1);
}

bool ReadFrame(const Segment& segment, bool is_progressive, JpegState& state) {
  JpegFrame& frame = state.frame;
  if (frame.is_defined || segment.size < 6 || segment.bytes[0] != 8) return false;
  frame.is_defined = true;
  frame.is_progressive = is_progressive;
  frame.height = Word(segment.bytes + 1);
  frame.width = Word(segment.bytes + 3);
  frame.component_count = segment.bytes[5];
  if (frame.component_count != 1 && frame.component_count != 3) return false;
  if (segment.size != 6 + 3 * static_cast<size_t>(frame.component_count)) return false;
  if (frame.width == 0 || frame.height == 0) return false;
  if (int64_t{frame.width} * frame.height > kJpegMaxPixels) return false;
  for (int i = 0; i < frame.component_count; i++) {
    const uint8_t* from = segment.bytes + 6 + 3 * i;
    const JpegComponent component = {from[0], static_cast<uint8_t>(from[1] >> 4), static_cast<uint8_t>(from[1] & 15),
                                     from[2]};
    if (component.h < 1 || component.h > 4 || component.v < 1 || component.v > 4) return false;
    if (component.quantisation >= kJpegTables) return false;
    for (int j = 0; j < i; j++) {
      if (frame.components[j].id == component.id) return false;
    }
    frame.components[i] = component;
  }
  if (frame.component_count == 3 && IsNamedRgb(frame)) return false;
  return IsUsualSampling(frame);
}

// Codes of each length follow one another; there must be as many as their bits allow.
bool IsPrefixCode(const uint8_t* counts) {
  int code = 0;
  for (int bits = 1; bits <= 16; bits++) {
    code += counts[bits - 1];
    if (code > 1 << bits) return false;
    code <<= 1;
  }
  return true;
}

bool ReadHuffman(const Segment& segment, JpegState& state) {
  size_t at = 0;
  while (at < segment.size) {
    if (segment.size - at < 17) return false;
    const uint8_t* from = segment.bytes + at;
    const int kind = from[0] >> 4, place = from[0] & 15;
    if (kind > 1 || place >= kJpegTables) return false;
    JpegHuffman& table = kind == 0 ? state.dc[place] : state.ac[place];
    std::memcpy(table.counts, from + 1, 16);
    size_t symbols = 0;
    for (uint8_t count : table.counts) symbols += count;
    if (symbols > 256 || segment.size - at - 17 < symbols || !IsPrefixCode(table.counts)) return false;
    std::memset(table.symbols, 0, sizeof table.symbols);
    std::memcpy(table.symbols, from + 17, symbols);
    table.is_defined = true;
    at += 17 + symbols;
  }
  return true;
}

bool ReadQuantisation(const Segment& segment, JpegState& state) {
  constexpr size_t kTableBytes = 1 + kJpegBlockSize;
  // Steps that change between scans, and steps of 16 bits, are nobody's.
  if (state.has_scan || segment.size % kTableBytes != 0) return false;
  for (size_t at = 0; at < segment.size; at += kTableBytes) {
    if (segment.bytes[at] >= kJpegTables) return false;
    JpegQuantisation& table = state.quantisation[segment.bytes[at]];
    std::memcpy(table.steps, segment.bytes + at + 1, kJpegBlockSize);
    table.is_defined = true;
  }
  return true;
}

bool ReadRestartInterval(const Segment& segment, JpegState& state) {
  if (segment.size != 2) return false;
  state.restart_interval = Word(segment.bytes);
  return true;
}

// Adobe's own segment: 0 says that three components are red, green and blue, 1 that they are luma and chroma.
bool ReadAdobe(const Segment& segment, JpegState& state) {
  constexpr size_t kTransform = 11;
  if (segment.size < 5 || std::memcmp(segment.bytes, "Adobe", 5) != 0) return true;
  if (segment.size <= kTransform) return false;
  state.has_untransformed_colours = segment.bytes[kTransform] != 1;
  return true;
}

bool ReadScan(const Segment& segment, JpegState& state, JpegScan& scan) {
  const JpegFrame& frame = state.frame;
  if (!frame.is_defined || segment.size < 1) return false;
  if (frame.component_count == 3 && state.has_untransformed_colours) return false;
  scan.component_count = segment.bytes[0];
  if (scan.component_count < 1 || scan.component_count > frame.component_count) return false;
  if (segment.size != 4 + 2 * static_cast<size_t>(scan.component_count)) return false;
  int from = 0;
  for (int i = 0; i < scan.component_count; i++) {
    const uint8_t* entry = segment.bytes + 1 + 2 * i;
    // In the order of the frame, so that none comes twice.
    while (from < frame.component_count && frame.components[from].id != entry[0]) from++;
    if (from == frame.component_count) return false;
    scan.component[i] = static_cast<uint8_t>(from++);
    scan.dc_table[i] = entry[1] >> 4;
    scan.ac_table[i] = entry[1] & 15;
    if (scan.dc_table[i] >= kJpegTables || scan.ac_table[i] >= kJpegTables) return false;
    if (!state.quantisation[frame.components[scan.component[i]].quantisation].is_defined) return false;
  }
  const uint8_t* end = segment.bytes + segment.size;
  scan.first = end[-3];
  scan.last = end[-2];
  scan.high = end[-1] >> 4;
  scan.low = end[-1] & 15;
  state.has_scan = true;
  return true;
}

// What any segment but a scan's header says.
bool ReadSegment(uint8_t marker, const Segment& segment, JpegState& state) {
  switch (marker) {
    case kSof0:
    case kSof1:
    case kSof2:
      return ReadFrame(segment, marker == kSof2, state);
    case kDht:
      return ReadHuffman(segment, state);
    case kDqt:
      return ReadQuantisation(segment, state);
    case kDri:
      return ReadRestartInterval(segment, state);
    case kApp14:
      return ReadAdobe(segment, state);
    default:
      return (marker >= kApp0 && marker <= kApp15) || marker == kComment;
  }
}

}  // namespace

bool JpegStart(JpegReader& reader) {
  if (reader.size < 2 || reader.bytes[0] != 0xff || reader.bytes[1] != kSoi) return false;
  reader.at = 2;
  return true;
}

JpegNext JpegReadMarkers(JpegReader& reader, JpegState& state, JpegScan& scan) {
  for (;;) {
    if (reader.at >= reader.size || reader.bytes[reader.at] != 0xff) return JpegNext::kRefused;
    // A marker may stand behind any number of FF.
    while (reader.at < reader.size && reader.bytes[reader.at] == 0xff) reader.at++;
    if (reader.at >= reader.size) return JpegNext::kRefused;
    const uint8_t marker = reader.bytes[reader.at++];
    if (marker == kEoi) return state.has_scan ? JpegNext::kEnd : JpegNext::kRefused;
    Segment segment;
    if (marker < kSof0 || marker == kSoi || !TakeSegment(reader, segment)) return JpegNext::kRefused;
    if (marker == kSos) return ReadScan(segment, state, scan) ? JpegNext::kScan : JpegNext::kRefused;
    if (!ReadSegment(marker, segment, state)) return JpegNext::kRefused;
  }
}

bool JpegSkipScan(JpegReader& reader) {
  while (reader.at < reader.size) {
    const void* found = std::memchr(reader.bytes + reader.at, 0xff, reader.size - reader.at);
    if (found == nullptr) return false;
    reader.at = static_cast<size_t>(static_cast<const uint8_t*>(found) - reader.bytes);
    if (reader.size - reader.at < 2) return false;
    const uint8_t next = reader.bytes[reader.at + 1];
    // A stuffed zero or a restart marker; of several FF the last one counts.
    if (next != 0x00 && (next & 0xf8) != 0xd0 && next != 0xff) return true;
    reader.at += next == 0xff ? 1 : 2;
  }
  return false;
}

}  // namespace exhibit_hash
