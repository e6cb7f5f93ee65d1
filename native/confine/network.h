// Takes from this process, its threads and whatever it starts the ways to other machines and other processes.

#ifndef EXHIBIT_HASH_CONFINE_NETWORK_H_
#define EXHIBIT_HASH_CONFINE_NETWORK_H_

namespace exhibit_hash {

// True where the system of this build can do it: 64-bit Linux.
bool CanDenyNetwork();

// For good: from here on no socket can be made, not even by programs started, and no other process looked into. False
// where the system refuses, and then nothing has changed.
bool DenyNetwork();

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_CONFINE_NETWORK_H_
