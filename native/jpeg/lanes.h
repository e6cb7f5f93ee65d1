// Streams of blocks that are walked side by side: while one waits for memory, the others go on.

#ifndef EXHIBIT_HASH_JPEG_LANES_H_
#define EXHIBIT_HASH_JPEG_LANES_H_

#include <vector>

#include "jpeg/lane.h"
#include "jpeg/wide.h"

namespace exhibit_hash {

// Walks all jobs: four at a time, or in the vectors of an arm where there is one and they are many enough. False where
// one that is no guess meets a code that is none, or a block that overruns.
bool JpegRunJobs(const JpegScanData& data, const JpegTables& tables, const JpegArm* arm, std::vector<JpegJob>& jobs);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_LANES_H_
