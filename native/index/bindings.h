// Puts the index class into the addon's exports.

#ifndef EXHIBIT_HASH_INDEX_BINDINGS_H_
#define EXHIBIT_HASH_INDEX_BINDINGS_H_

#include <napi.h>

namespace exhibit_hash {

void RegisterIndex(Napi::Env env, Napi::Object exports);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_INDEX_BINDINGS_H_
