#ifndef EXHIBIT_HASH_PHOTODNA_BINDINGS_H_
#define EXHIBIT_HASH_PHOTODNA_BINDINGS_H_

#include <napi.h>

namespace exhibit_hash {

void RegisterPhotoDna(Napi::Env env, Napi::Object exports);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PHOTODNA_BINDINGS_H_
