// Fills the tables of steps: for all bits in sight, symbol after symbol as long as their codes lie in them.

#include "jpeg/steps.h"

namespace exhibit_hash {
namespace {

// Symbols behind the first `used` of these bits. Bits past those in sight are unknown.
struct Sight {
  uint64_t bits;
  int used;
  int coefficients;

  // The next code, if all of it is in sight.
  JpegCode Next(const JpegCodes& codes) const {
    const JpegCode code = codes.Find(bits << used);
    return used + code.bits <= kJpegStepBits ? code : JpegCode{};
  }

  JpegStep Step(uint32_t ends) const {
    return static_cast<JpegStep>((static_cast<uint32_t>(coefficients) + ends) << 8 | static_cast<uint32_t>(used));
  }
};

// AC symbols until one is not in sight, or none of a picture. The value of the last one may reach out of sight.
JpegStep ChainAc(const JpegCodes& ac, Sight sight) {
  while (sight.used < kJpegStepBits) {
    const JpegCode code = sight.Next(ac);
    if (code.bits == 0) break;
    if (code.symbol == 0) {
      sight.used += code.bits;
      return sight.Step(kJpegStepEnds);
    }
    const int after = JpegAfterAc(sight.coefficients, code.symbol);
    // The last coefficient ends a block without a symbol that says so: such blocks are read code by code.
    if (after >= kJpegBlockSize) break;
    sight.used += code.bits + (code.symbol & 15);
    sight.coefficients = after;
  }
  return sight.used == 0 ? kJpegStepNone : sight.Step(0);
}

void FillWithin(const JpegCodes& ac, JpegStep* steps) {
  for (uint64_t i = 0; i < kJpegStepEntries; i++) steps[i] = ChainAc(ac, {i << (64 - kJpegStepBits), 0, 0});
}

void FillAtStart(const JpegCodes& dc, const JpegCodes& ac, JpegStep* steps) {
  for (uint64_t i = 0; i < kJpegStepEntries; i++) {
    Sight sight = {i << (64 - kJpegStepBits), 0, 1};
    const JpegCode code = sight.Next(dc);
    sight.used = code.bits + code.symbol;
    steps[i] = code.bits == 0 || code.symbol > kJpegMostDcBits ? kJpegStepNone : ChainAc(ac, sight);
  }
}

}  // namespace

bool JpegTables::Build(const JpegState& state, const JpegLayout& layout) {
  layout_ = layout;
  phase_count_ = layout.mcu_blocks;
  codes_.reset(new Codes);
  bool has_dc[kJpegTables] = {}, has_ac[kJpegTables] = {};
  for (int i = 0; i < phase_count_; i++) {
    const int dc = layout.dc_table[i], ac = layout.ac_table[i];
    if (!state.dc[dc].is_defined || !state.ac[ac].is_defined) return false;
    if (!has_dc[dc]) codes_->dc[dc].Build(state.dc[dc]);
    if (!has_ac[ac]) codes_->ac[ac].Build(state.ac[ac]);
    has_dc[dc] = has_ac[ac] = true;
    phases_[i] = {nullptr, {&phases_[i], &phases_[(i + 1) % phase_count_]}, &codes_->dc[dc], &codes_->ac[ac]};
  }
  return true;
}

void JpegTables::BuildSteps() {
  // Vectors read two at a time, and use one.
  steps_.reset(new JpegStep[2 * kJpegMostMcuBlocks * kJpegStepEntries + 1]);
  JpegStep* free = steps_.get();
  for (int i = 0; i < phase_count_; i++) {
    JpegPhase& phase = phases_[i];
    for (int j = 0; j < i; j++) {
      if (phases_[j].ac == phase.ac && phases_[j].dc == phase.dc) phase.steps = phases_[j].steps;
    }
    if (phase.steps != nullptr) continue;
    phase.steps = free;
    FillAtStart(*phase.dc, *phase.ac, free);
    FillWithin(*phase.ac, free + kJpegStepEntries);
    free += 2 * kJpegStepEntries;
  }
  for (int turn = 0; turn < phase_count_; turn++) {
    is_alike_[turn] = true;
    for (int i = 0; i < phase_count_; i++) {
      const JpegPhase &here = phases_[i], &there = phases_[(i + turn) % phase_count_];
      if (here.dc != there.dc || here.ac != there.ac) is_alike_[turn] = false;
    }
  }
}

bool JpegTables::AreAlike(int64_t phase, int64_t other) const {
  return is_alike_[(phase + phase_count_ - other) % phase_count_];
}

}  // namespace exhibit_hash
