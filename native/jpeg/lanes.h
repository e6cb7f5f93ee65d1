// Streams of blocks that are walked side by side: while one waits for memory, the others go on.

#ifndef EXHIBIT_HASH_JPEG_LANES_H_
#define EXHIBIT_HASH_JPEG_LANES_H_

#include <cstdint>
#include <vector>

#include "jpeg/scan_data.h"
#include "jpeg/steps.h"

namespace exhibit_hash {

// A part of a scan. One whose start is guessed forgets what it has found where that cannot be, and begins again a bit
// further on; its blocks are believed from the place on where a true stream meets them.
struct JpegJob {
  bool is_guess;
  // Where it begins, and where it may end: the first block that begins there is not walked.
  uint32_t start, stop;
  // Room behind `starts` for one more.
  uint32_t most_blocks;
  // Out: where the blocks begin that were walked, and behind them where the next one would, which is `end`.
  uint32_t* starts;
  uint32_t blocks, end;
};

// Walks all jobs. False where one that is no guess meets a code that is none, or a block that overruns.
bool JpegRunJobs(const JpegScanData& data, const JpegTables& tables, std::vector<JpegJob>& jobs);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_LANES_H_
