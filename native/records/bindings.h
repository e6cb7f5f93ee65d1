#ifndef EXHIBIT_HASH_RECORDS_BINDINGS_H_
#define EXHIBIT_HASH_RECORDS_BINDINGS_H_

#include <napi.h>

namespace exhibit_hash {

// RecordScanner
void RegisterRecords(Napi::Env env, Napi::Object exports);

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RECORDS_BINDINGS_H_
