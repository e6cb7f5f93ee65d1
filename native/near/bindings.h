// Puts the builder of tables for search by distance and the join into the addon's exports.

#ifndef EXHIBIT_HASH_NEAR_BINDINGS_H_
#define EXHIBIT_HASH_NEAR_BINDINGS_H_

#include <napi.h>

namespace exhibit_hash {

void RegisterNear(Napi::Env env, Napi::Object exports);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_NEAR_BINDINGS_H_
