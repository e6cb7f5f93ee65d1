// The rounds of MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4), written once for every arm.
//
// An arm is a class V of static functions over a register of V::kLanes words of 32 bits, one stream
// a lane; scalar_lane.h lists them in their simplest form. Included by files compiled for different
// instruction sets: so everything is in an anonymous namespace and nothing of the standard library
// is called.

#ifndef EXHIBIT_HASH_DIGEST_ROUNDS_H_
#define EXHIBIT_HASH_DIGEST_ROUNDS_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "digest/constants.h"

#if defined(_MSC_VER) && !defined(__clang__)
#define EXHIBIT_HASH_INLINE __forceinline
#define EXHIBIT_HASH_NOINLINE __declspec(noinline)
#else
#define EXHIBIT_HASH_INLINE inline __attribute__((always_inline))
#define EXHIBIT_HASH_NOINLINE __attribute__((noinline))
#endif

namespace exhibit_hash {
namespace {

// The place of a variable that moves on by one in every round, of `kCount` variables.
constexpr int Turned(int variable, int round, int kCount) { return (variable + kCount * 16 - round % kCount) % kCount; }

// Step 0 … 63 of MD5. `m` is any container of the block's sixteen words.
template <class V, int kStep, class Message>
EXHIBIT_HASH_INLINE void Md5Step(typename V::Reg s[4], const Message& m) {
  constexpr int kRound = kStep / 16;
  constexpr int kShifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  constexpr int kFactor[4] = {1, 5, 3, 7}, kFirst[4] = {0, 1, 5, 0};
  constexpr int kWord = (kFactor[kRound] * kStep + kFirst[kRound]) % 16;
  auto& a = s[Turned(0, kStep, 4)];
  const auto b = s[Turned(1, kStep, 4)], c = s[Turned(2, kStep, 4)], d = s[Turned(3, kStep, 4)];
  // b is the last to be known, so it comes in last.
  auto sum = V::Add(a, V::Add(m[kWord], V::Set1(kMd5Constants[kStep])));
  if constexpr (kRound == 0) sum = V::Add(sum, V::Choose(b, c, d));
  if constexpr (kRound == 1) sum = V::AddChoice(sum, d, b, c);
  if constexpr (kRound == 2) sum = V::Add(sum, V::Parity(b, c, d));
  if constexpr (kRound == 3) sum = V::Add(sum, V::OrNotXor(b, d, c));
  a = V::Add(b, V::template RotateLeft<kShifts[kRound][kStep % 4]>(sum));
}

// The next word of a schedule in the place of the word sixteen before it, w[i].
template <class V>
EXHIBIT_HASH_INLINE void Sha1Expand(typename V::Reg w[16], int i) {
  const auto three = V::Parity(w[i], w[(i + 2) % 16], w[(i + 8) % 16]);
  w[i] = V::template RotateLeft<1>(V::Xor(three, w[(i + 13) % 16]));
}
template <class V>
EXHIBIT_HASH_INLINE void Sha256Expand(typename V::Reg w[16], int i) {
  const auto x = w[(i + 1) % 16], y = w[(i + 14) % 16];
  const auto s0 =
      V::Parity(V::template RotateRight<7>(x), V::template RotateRight<18>(x), V::template ShiftRight<3>(x));
  const auto s1 =
      V::Parity(V::template RotateRight<17>(y), V::template RotateRight<19>(y), V::template ShiftRight<10>(y));
  w[i] = V::Add(V::Add(w[i], w[(i + 9) % 16]), V::Add(s0, s1));
}

// Round 0 … 79 of SHA-1; `w` holds the last sixteen words of the schedule.
template <class V, int kRound>
EXHIBIT_HASH_INLINE void Sha1Round(typename V::Reg s[5], typename V::Reg w[16]) {
  constexpr int i = kRound % 16;
  constexpr int kPart = kRound / 20;
  if constexpr (kRound >= 16) Sha1Expand<V>(w, i);
  const auto a = s[Turned(0, kRound, 5)], c = s[Turned(2, kRound, 5)], d = s[Turned(3, kRound, 5)];
  auto& b = s[Turned(1, kRound, 5)];
  auto& e = s[Turned(4, kRound, 5)];
  const auto known = V::Add(e, V::Add(w[i], V::Set1(kSha1Constants[kPart])));
  typename V::Reg sum;
  if constexpr (kPart == 0) sum = V::Add(known, V::Choose(b, c, d));
  if constexpr (kPart == 1 || kPart == 3) sum = V::Add(known, V::Parity(b, c, d));
  if constexpr (kPart == 2) sum = V::Add(known, V::Majority(b, c, d));
  e = V::Add(sum, V::template RotateLeft<5>(a));
  b = V::template RotateLeft<30>(b);
}

// Round kRound of sixteen of SHA-256, whose constants are `k`; `w` as for SHA-1.
template <class V, int i, bool kExpand>
EXHIBIT_HASH_INLINE void Sha256Round(typename V::Reg s[8], typename V::Reg w[16], const uint32_t* k) {
  using Reg = typename V::Reg;
  if constexpr (kExpand) Sha256Expand<V>(w, i);
  const Reg a = s[Turned(0, i, 8)], b = s[Turned(1, i, 8)], c = s[Turned(2, i, 8)];
  const Reg e = s[Turned(4, i, 8)], f = s[Turned(5, i, 8)], g = s[Turned(6, i, 8)];
  Reg& d = s[Turned(3, i, 8)];
  Reg& h = s[Turned(7, i, 8)];
  const Reg s1 =
      V::Parity(V::template RotateRight<6>(e), V::template RotateRight<11>(e), V::template RotateRight<25>(e));
  const Reg s0 =
      V::Parity(V::template RotateRight<2>(a), V::template RotateRight<13>(a), V::template RotateRight<22>(a));
  const Reg known = V::Add(h, V::Add(w[i], V::Set1(k[i])));
  const Reg t1 = V::Add(V::Add(known, V::Choose(e, f, g)), s1);
  d = V::Add(d, t1);
  h = V::Add(V::Add(t1, V::Majority(a, b, c)), s0);
}

// Rounds one after the other, each compiled for its own number, so that the arrays can live in
// registers.
template <class V, class Message, int... kSteps>
EXHIBIT_HASH_INLINE void Md5Steps(typename V::Reg s[4], const Message& m, std::integer_sequence<int, kSteps...>) {
  (Md5Step<V, kSteps>(s, m), ...);
}
template <class V, int... kRounds>
EXHIBIT_HASH_INLINE void Sha1Rounds(typename V::Reg s[5], typename V::Reg w[16],
                                    std::integer_sequence<int, kRounds...>) {
  (Sha1Round<V, kRounds>(s, w), ...);
}
template <class V, bool kExpand, int... kRounds>
EXHIBIT_HASH_INLINE void Sha256Rounds(typename V::Reg s[8], typename V::Reg w[16], const uint32_t* k,
                                      std::integer_sequence<int, kRounds...>) {
  (Sha256Round<V, kRounds, kExpand>(s, w, k), ...);
}

// One block into the state; the SHA functions leave the end of the schedule in `w`.
template <class V, class Message>
EXHIBIT_HASH_INLINE void Md5Block(typename V::Reg s[4], const Message& m) {
  const typename V::Reg before[4] = {s[0], s[1], s[2], s[3]};
  Md5Steps<V>(s, m, std::make_integer_sequence<int, 64>());
  for (int i = 0; i < 4; i++) s[i] = V::Add(s[i], before[i]);
}
template <class V>
EXHIBIT_HASH_INLINE void Sha1Block(typename V::Reg s[5], typename V::Reg w[16]) {
  const typename V::Reg before[5] = {s[0], s[1], s[2], s[3], s[4]};
  Sha1Rounds<V>(s, w, std::make_integer_sequence<int, 80>());
  for (int i = 0; i < 5; i++) s[i] = V::Add(s[i], before[i]);
}
template <class V>
EXHIBIT_HASH_INLINE void Sha256Block(typename V::Reg s[8], typename V::Reg w[16]) {
  constexpr auto kSixteen = std::make_integer_sequence<int, 16>();
  typename V::Reg before[8];
  for (int i = 0; i < 8; i++) before[i] = s[i];
  Sha256Rounds<V, false>(s, w, kSha256Constants, kSixteen);
  for (int done = 16; done < 64; done += 16) Sha256Rounds<V, true>(s, w, kSha256Constants + done, kSixteen);
  for (int i = 0; i < 8; i++) s[i] = V::Add(s[i], before[i]);
}

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_DIGEST_ROUNDS_H_
