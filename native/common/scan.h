// What a search by distance finds, and how an arm hands it over.

#ifndef EXHIBIT_HASH_COMMON_HITS_H_
#define EXHIBIT_HASH_COMMON_HITS_H_

#include <cstdint>

namespace exhibit_hash {

struct Hit {
  uint32_t query;
  uint32_t position;
  uint32_t distance;
};

// Arms call through a pointer and use no container: a template of the library that an arm
// instantiated under its own flags could be linked into code that runs on lesser machines.
struct HitSink {
  void (*add)(void* hits, const Hit& hit);
  void* hits;
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_COMMON_HITS_H_
