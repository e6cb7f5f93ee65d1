// Puts the PDQ functions into the addon's exports.

#ifndef EXHIBIT_HASH_PDQ_BINDINGS_H_
#define EXHIBIT_HASH_PDQ_BINDINGS_H_

#include <napi.h>

namespace exhibit_hash {

void RegisterPdq(Napi::Env env, Napi::Object exports);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PDQ_BINDINGS_H_
