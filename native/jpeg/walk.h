// Finds where every block of a scan begins. A scan is accepted here or refused: everything later relies on it.

#ifndef EXHIBIT_HASH_JPEG_WALK_H_
#define EXHIBIT_HASH_JPEG_WALK_H_

#include <cstdint>

#include "jpeg/scan_data.h"
#include "jpeg/steps.h"
#include "jpeg/wide.h"

namespace exhibit_hash {

// In lanes, so many jobs that the last ones do not run alone for long; in an arm's, one job each.
inline uint32_t JpegMostJobs(const JpegArm* arm) { return arm == nullptr ? 32 : kJpegWideLanes; }
// A join costs about a thousand bits.
inline uint32_t JpegLeastJobBits(const JpegArm* arm) { return arm == nullptr ? 1 << 16 : 1 << 14; }

// Fills `starts`, one bit position for each block of the layout and room for one more. False where a code is none, a
// block overruns, the number of blocks is not right, or more than padding is left before a marker. JpegHasIntervals.
bool JpegFindBlocks(const JpegScanData& data, const JpegTables& tables, const JpegLayout& layout, int restart_interval,
                    const JpegArm* arm, uint32_t least_job_bits, uint32_t* starts);

// Blocks between restart markers, the same for all intervals but the last: false where there are other numbers of
// intervals.
bool JpegHasIntervals(const JpegScanData& data, const JpegLayout& layout, int restart_interval);

// The end of the block of a phase that begins `at`, code by code; false where a code is none or the block overruns.
bool JpegSkipBlock(const JpegScanData& data, const JpegPhase& phase, uint32_t& at);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_WALK_H_
