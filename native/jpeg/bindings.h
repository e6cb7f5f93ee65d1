// Puts the JPEG functions into the addon's exports.

#ifndef EXHIBIT_HASH_JPEG_BINDINGS_H_
#define EXHIBIT_HASH_JPEG_BINDINGS_H_

#include <napi.h>

namespace exhibit_hash {

void RegisterJpeg(Napi::Env env, Napi::Object exports);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_JPEG_BINDINGS_H_
