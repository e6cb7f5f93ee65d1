// Three vectors of sixteen lanes: while one waits for what it gathers, the others go on.

#include <immintrin.h>

#include "common/bits.h"
#include "jpeg/wide.h"

namespace exhibit_hash {
namespace {

constexpr int kVectorLanes = 16;
// Ends of blocks are kept together until there are so many, or a lane must know where its own go.
constexpr int kMostKept = 512;

__m512i All(int value) { return _mm512_set1_epi32(value); }

// Of each place, counted in bits, the bits from there on: 25 or more from the highest one down.
__m512i BitsAt(const uint8_t* bytes, __m512i at) {
  const __m512i swap = _mm512_broadcast_i32x4(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
  const __m512i read = _mm512_shuffle_epi8(_mm512_i32gather_epi32(_mm512_srli_epi32(at, 3), bytes, 1), swap);
  return _mm512_sllv_epi32(read, _mm512_and_si512(at, All(7)));
}

template <int kVectors>
class Wide {
 public:
  Wide(const JpegWideScan& scan, JpegWideCursors& cursors, JpegWideRefusal refusal)
      : scan_(scan),
        cursors_(cursors),
        refusal_(refusal),
        tables_(_mm512_loadu_si512(scan.tables)),
        next_(_mm512_loadu_si512(scan.next)) {}

  bool Advance(uint32_t steps) {
    // Of the last vector some lanes may be idle.
    const __mmask16 last = static_cast<__mmask16>(0xffff >> (kVectors * kVectorLanes - cursors_.count));
    Lanes lanes[kVectors];
    for (int v = 0; v < kVectors; v++) lanes[v] = Load(v);
    bool goes_on = true;
    for (; steps > 0 && goes_on; steps--) {
      __mmask16 refused[kVectors];
      for (int v = 0; v < kVectors; v++) {
        lanes[v].bits = BitsAt(scan_.bytes, lanes[v].at);
        lanes[v].used = _mm512_and_si512(lanes[v].at, All(7));
      }
      for (int v = 0; v < kVectors; v++) refused[v] = Look(lanes[v], v, v + 1 == kVectors ? last : 0xffff);
      for (int v = 0; v < kVectors; v++) {
        // A second look where enough of the 32 bits are left.
        const __mmask16 looks = _mm512_cmple_epu32_mask(lanes[v].used, All(32 - kJpegStepBits));
        const __mmask16 others = static_cast<__mmask16>(~refused[v] & (v + 1 == kVectors ? last : 0xffff));
        refused[v] = static_cast<__mmask16>(refused[v] | Look(lanes[v], v, looks & others));
      }
      for (int v = 0; v < kVectors; v++) {
        if (refused[v] != 0) goes_on = StepRefused(lanes[v], v, refused[v]) && goes_on;
      }
      if (kept_ > kMostKept) HandOut();
    }
    for (int v = 0; v < kVectors; v++) Store(lanes[v], v);
    HandOut();
    return goes_on;
  }

 private:
  struct Lanes {
    __m512i at, coefficient, phase;
    // What has been read and is still to be looked at, and how many of its 32 bits are gone.
    __m512i bits, used;
  };

  Lanes Load(int v) const {
    const int first = v * kVectorLanes;
    return {_mm512_loadu_si512(cursors_.at + first), _mm512_loadu_si512(cursors_.coefficient + first),
            _mm512_loadu_si512(cursors_.phase + first), _mm512_setzero_si512(), _mm512_setzero_si512()};
  }

  void Store(const Lanes& lanes, int v) {
    const int first = v * kVectorLanes;
    _mm512_storeu_si512(cursors_.at + first, lanes.at);
    _mm512_storeu_si512(cursors_.coefficient + first, lanes.coefficient);
    _mm512_storeu_si512(cursors_.phase + first, lanes.phase);
  }

  // As many symbols as are in sight, in the lanes that look. Those that are refused, which it returns, do not move.
  __mmask16 Look(Lanes& lanes, int v, __mmask16 looks) {
    const __mmask16 is_within = _mm512_test_epi32_mask(lanes.coefficient, lanes.coefficient);
    const __m512i table = _mm512_permutexvar_epi32(lanes.phase, tables_);
    const __m512i place = _mm512_add_epi32(table, _mm512_srli_epi32(lanes.bits, 32 - kJpegStepBits));
    const __m512i entry = _mm512_mask_add_epi32(place, is_within, place, All(kJpegStepEntries));
    const __m512i step = _mm512_i32gather_epi32(entry, scan_.steps, sizeof *scan_.steps);
    const __m512i taken = _mm512_and_si512(step, All(255));
    const __m512i made = _mm512_and_si512(_mm512_srli_epi32(step, 8), All(255));
    const __m512i after = _mm512_add_epi32(lanes.coefficient, made);
    const __mmask16 moves = _mm512_mask_testn_epi32_mask(looks, after, All(kJpegStepRefused));
    const __mmask16 ends = _mm512_mask_test_epi32_mask(moves, after, All(kJpegStepEnds));
    lanes.at = _mm512_mask_add_epi32(lanes.at, moves, lanes.at, taken);
    lanes.used = _mm512_add_epi32(lanes.used, taken);
    lanes.bits = _mm512_sllv_epi32(lanes.bits, taken);
    lanes.coefficient = _mm512_mask_mov_epi32(lanes.coefficient, moves, after);
    lanes.coefficient = _mm512_mask_mov_epi32(lanes.coefficient, ends, _mm512_setzero_si512());
    lanes.phase = _mm512_mask_permutexvar_epi32(lanes.phase, ends, lanes.phase, next_);
    Keep(lanes.at, v, ends);
    return static_cast<__mmask16>(looks & ~moves);
  }

  void Keep(__m512i at, int v, __mmask16 ends) {
    const __m512i numbers = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i lane = _mm512_add_epi32(numbers, All(v * kVectorLanes));
    _mm512_storeu_si512(kept_ends_ + kept_, _mm512_maskz_compress_epi32(ends, at));
    _mm512_storeu_si512(kept_lanes_ + kept_, _mm512_maskz_compress_epi32(ends, lane));
    kept_ += static_cast<int>(_mm_popcnt_u32(ends));
  }

  void HandOut() {
    for (int i = 0; i < kept_; i++) *cursors_.end[kept_lanes_[i]]++ = kept_ends_[i];
    kept_ = 0;
  }

  bool StepRefused(Lanes& lanes, int v, uint32_t refused) {
    HandOut();
    Store(lanes, v);
    for (; refused != 0; refused &= refused - 1) {
      const int lane = v * kVectorLanes + static_cast<int>(LowestBit(refused));
      if (!refusal_.step(refusal_.owner, cursors_, lane)) return false;
    }
    lanes = Load(v);
    return true;
  }

  const JpegWideScan& scan_;
  JpegWideCursors& cursors_;
  const JpegWideRefusal refusal_;
  const __m512i tables_, next_;
  int kept_ = 0;
  // With room for the ends of one step more, and for a whole vector where some are written.
  uint32_t kept_ends_[kMostKept + (2 * kVectors + 1) * kVectorLanes];
  uint32_t kept_lanes_[kMostKept + (2 * kVectors + 1) * kVectorLanes];
};

bool Advance(const JpegWideScan& scan, uint32_t steps, JpegWideCursors& cursors, JpegWideRefusal refusal) {
  if (cursors.count > 2 * kVectorLanes) return Wide<3>(scan, cursors, refusal).Advance(steps);
  if (cursors.count > kVectorLanes) return Wide<2>(scan, cursors, refusal).Advance(steps);
  return Wide<1>(scan, cursors, refusal).Advance(steps);
}

JpegUnstuffed Unstuff(JpegUnstuffed place, const uint8_t* end) {
  constexpr int kBytes = 64;
  // One more, for what stands behind an FF.
  while (end - place.from > kBytes) {
    const __m512i bytes = _mm512_loadu_si512(place.from);
    const __mmask64 marks = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(-1));
    _mm512_storeu_si512(place.to, bytes);
    const unsigned clear = marks == 0 ? kBytes : LowestBit(marks);
    place = {place.from + clear, place.to + clear};
    if (marks == 0) continue;
    if (place.from[1] != 0x00) break;
    place = {place.from + 2, place.to + 1};
  }
  return place;
}

// As JpegValue, of sixteen at once: `size` bits from the highest one down.
__m512i Values(__m512i bits, __m512i size) {
  const __m512i value = _mm512_srlv_epi32(_mm512_srli_epi32(bits, 1), _mm512_sub_epi32(All(31), size));
  const __m512i least = _mm512_sub_epi32(_mm512_sllv_epi32(All(1), size), All(1));
  const __mmask16 is_negative = _mm512_cmpge_epi32_mask(bits, _mm512_setzero_si512());
  return _mm512_mask_sub_epi32(value, is_negative, value, least);
}

// Sixteen codes, each with the bits behind it.
struct Codes {
  __m512i bits, symbol, advance;
  // In which there is a short one.
  __mmask16 found;
  // How many bits it and its value have, and that value.
  __m512i all_bits, value;
};

Codes CodesAt(const uint8_t* bytes, const JpegCode* codes, __m512i at, __m512i size_mask) {
  static_assert(sizeof(JpegCode) == 4, "a code is gathered whole: bits, symbol, all its bits, advance");
  const __m512i read = BitsAt(bytes, at);
  const __m512i code = _mm512_i32gather_epi32(_mm512_srli_epi32(read, 32 - kJpegShortBits), codes, sizeof *codes);
  Codes found;
  found.bits = _mm512_and_si512(code, All(255));
  found.symbol = _mm512_and_si512(_mm512_srli_epi32(code, 8), All(255));
  found.advance = _mm512_srli_epi32(code, 24);
  found.found = _mm512_test_epi32_mask(found.bits, found.bits);
  const __m512i size = _mm512_and_si512(found.symbol, size_mask);
  found.all_bits = _mm512_add_epi32(found.bits, size);
  found.value = Values(_mm512_sllv_epi32(read, found.bits), size);
  return found;
}

// The symbol of a DC difference is its size; that of an AC coefficient has it in the low four bits.
__m512i DcSize() { return All(255); }
__m512i AcSize() { return All(15); }

__mmask16 LanesOf(int64_t left) { return static_cast<__mmask16>(left < kVectorLanes ? (1 << left) - 1 : 0xffff); }

// Those of differences: found where their size is one of a picture too.
Codes DcCodesAt(const uint8_t* bytes, const JpegCode* codes, __m512i at) {
  Codes dc = CodesAt(bytes, codes, at, DcSize());
  dc.found = _mm512_mask_cmple_epu32_mask(dc.found, dc.symbol, All(kJpegMostDcBits));
  return dc;
}

void StoreDifferences(int32_t* out, __mmask16 lanes, __mmask16 is_sound, __m512i values) {
  _mm512_mask_storeu_epi32(out, lanes, _mm512_mask_mov_epi32(All(kJpegNoDifference), is_sound, values));
}

void Differences(const uint8_t* bytes, const JpegCode* codes, const uint32_t* at, int64_t count, int32_t* out) {
  for (int64_t i = 0; i < count; i += kVectorLanes) {
    const __mmask16 lanes = LanesOf(count - i);
    const Codes dc = DcCodesAt(bytes, codes, _mm512_maskz_loadu_epi32(lanes, at + i));
    StoreDifferences(out + i, lanes, dc.found, dc.value);
  }
}

void Quarters(const uint8_t* bytes, const JpegCode* dc_codes, const JpegCode* ac_codes, const uint32_t* at,
              int64_t count, int32_t* out) {
  constexpr int kLast = 4;
  for (int64_t i = 0; i < count; i += kVectorLanes) {
    const __mmask16 lanes = LanesOf(count - i);
    __m512i place = _mm512_maskz_loadu_epi32(lanes, at + i);
    const Codes dc = DcCodesAt(bytes, dc_codes, place);
    __mmask16 is_sound = dc.found;
    __mmask16 reads = is_sound & lanes;
    __m512i next = All(1), first = _mm512_setzero_si512(), second = first, fourth = first;
    place = _mm512_add_epi32(place, dc.all_bits);
    while (reads != 0) {
      // Those that are done stay where they are.
      const Codes ac = CodesAt(bytes, ac_codes, place, AcSize());
      const __mmask16 is_left = reads & ~ac.found;
      const __mmask16 is_none = _mm512_mask_cmpeq_epi32_mask(reads, ac.advance, All(kJpegNoSymbol));
      is_sound = static_cast<__mmask16>(is_sound & ~(is_left | is_none));
      const __mmask16 ends = _mm512_mask_cmpeq_epi32_mask(reads, ac.advance, All(kJpegEndOfBlock));
      reads = static_cast<__mmask16>(reads & is_sound & ~ends);
      place = _mm512_mask_add_epi32(place, reads, place, ac.all_bits);
      next = _mm512_mask_add_epi32(next, reads, next, ac.advance);
      // Without a value it is a run of zeros, and the value is 0.
      first = _mm512_mask_mov_epi32(first, _mm512_mask_cmpeq_epi32_mask(reads, next, All(2)), ac.value);
      second = _mm512_mask_mov_epi32(second, _mm512_mask_cmpeq_epi32_mask(reads, next, All(3)), ac.value);
      fourth = _mm512_mask_mov_epi32(fourth, _mm512_mask_cmpeq_epi32_mask(reads, next, All(5)), ac.value);
      reads = _mm512_mask_cmple_epi32_mask(reads, next, All(kLast));
    }
    StoreDifferences(out + i, lanes, is_sound, dc.value);
    _mm512_mask_storeu_epi32(out + count + i, lanes, first);
    _mm512_mask_storeu_epi32(out + 2 * count + i, lanes, second);
    _mm512_mask_storeu_epi32(out + 3 * count + i, lanes, fourth);
  }
}

void Follow(const uint32_t* next, uint32_t* places, int looks) {
  __m512i at = _mm512_loadu_si512(places);
  for (int i = 0; i < looks; i++) at = _mm512_i32gather_epi32(at, next, sizeof *next);
  _mm512_storeu_si512(places, at);
}

}  // namespace

const JpegArm kJpegAvx512 = {Unstuff, Advance, Differences, Quarters, Follow};

}  // namespace exhibit_hash
