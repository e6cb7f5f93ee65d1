// Puts the resize functions into the addon's exports.

#ifndef EXHIBIT_HASH_RESIZE_BINDINGS_H_
#define EXHIBIT_HASH_RESIZE_BINDINGS_H_

#include <napi.h>

namespace exhibit_hash {

void RegisterResize(Napi::Env env, Napi::Object exports);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RESIZE_BINDINGS_H_
