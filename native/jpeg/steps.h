// Many symbols a look-up: how far the next bits lead through a block, without the values of coefficients.

#ifndef EXHIBIT_HASH_JPEG_STEPS_H_
#define EXHIBIT_HASH_JPEG_STEPS_H_

#include <cstdint>
#include <memory>

#include "jpeg/huffman.h"
#include "jpeg/layout.h"

namespace exhibit_hash {

// One block of an MCU.
struct JpegPhase {
  // Two tables: from the start of a block, and behind them from within it.
  const JpegStep* steps;
  // The phase itself and the next one: which it is, within a block and at its end, is looked up and not asked.
  const JpegPhase* follows[2];
  const JpegCodes* dc;
  const JpegCodes* ac;
};

// All tables of a scan of baseline blocks.
class JpegTables {
 public:
  // False where the scan uses a table that the file has not defined.
  bool Build(const JpegState& state, const JpegLayout& layout);
  // After Build: for those who step through blocks without looking at them.
  void BuildSteps();

  const JpegStep* steps() const { return steps_.get(); }
  const JpegPhase& phase(int64_t block) const { return phases_[block]; }
  int phase_count() const { return phase_count_; }

  // True where blocks that follow one another from either phase on are read with the same tables: then nothing in the
  // data tells these phases apart, and nothing needs to.
  bool AreAlike(int64_t phase, int64_t other) const;

 private:
  struct Codes {
    JpegCodes dc[kJpegTables], ac[kJpegTables];
  };

  JpegLayout layout_;
  std::unique_ptr<Codes> codes_;
  std::unique_ptr<JpegStep[]> steps_;
  JpegPhase phases_[kJpegMostMcuBlocks];
  int phase_count_ = 0;
  bool is_alike_[kJpegMostMcuBlocks];
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_STEPS_H_
