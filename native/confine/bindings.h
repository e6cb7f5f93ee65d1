// Puts the confinement of a process into the addon's exports.

#ifndef EXHIBIT_HASH_CONFINE_BINDINGS_H_
#define EXHIBIT_HASH_CONFINE_BINDINGS_H_

#include <napi.h>

namespace exhibit_hash {

void RegisterConfine(Napi::Env env, Napi::Object exports);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_CONFINE_BINDINGS_H_
