// Fuzzes the digests: byte strings of any number and length as a batch, as streams cut anywhere, and SHA-256 alone,
// through every arm of this machine.

#include <cstring>

#include "digest/batch.h"
#include "digest/sha256.h"
#include "digest/stream.h"
#include "fuzz/naive_digests.h"
#include "fuzz/support.h"

namespace exhibit_hash {
namespace fuzz {
namespace {

using Bytes = std::vector<uint8_t>;

// More than two vectors of sixteen lanes, and of sixteen blocks a lane.
constexpr size_t kMaxFiles = 40, kMaxBytes = 2400;
constexpr size_t kMaxCuts = 60;

const char* NameOf(Isa isa, bool sha_ni) { return sha_ni ? "with the SHA extensions" : IsaName(isa); }

template <typename Run>
void ForEachArm(Run run) {
  ForEachIsa([&](Isa isa) {
    run(DigestArmOf(isa, false), NameOf(isa, false));
    if (DigestUsesShaNi(isa)) run(DigestArmOf(isa, true), NameOf(isa, true));
  });
}

void CheckBatch(const std::vector<Bytes>& files, const Bytes& expected) {
  ForEachArm([&](const DigestArm& arm, const char* name) {
    Bytes out(expected.size());
    std::vector<DigestJob> jobs;
    for (size_t i = 0; i < files.size(); i++) {
      jobs.push_back({files[i].data(), files[i].size(), out.data() + i * kDigestBytes});
    }
    DigestBatch(arm, jobs);
    Require(out == expected, "a batch has the digests of its files", name);
  });
}

void CheckStream(FuzzedDataProvider& input, const Bytes& file, const uint8_t* expected) {
  std::vector<size_t> cuts;
  for (size_t left = file.size(); left > 0 && cuts.size() < kMaxCuts;) {
    cuts.push_back(input.ConsumeIntegralInRange<size_t>(0, std::min<size_t>(left, 300)));
    left -= cuts.back();
  }
  ForEachArm([&](const DigestArm& arm, const char* name) {
    DigestParts stream(arm);
    size_t at = 0;
    // Each part is memory of its own, so that nothing before or after it can be read.
    auto update = [&](size_t size) {
      const Bytes part(file.begin() + at, file.begin() + at + size);
      stream.Update(part.data(), part.size());
      at += size;
    };
    for (const size_t size : cuts) update(size);
    update(file.size() - at);
    Bytes out(kDigestBytes);
    stream.Finish(out.data());
    Require(std::memcmp(out.data(), expected, kDigestBytes) == 0, "a stream has the digests of its bytes", name);
  });
}

void CheckSha256(const Bytes& file, const uint8_t* expected) {
  uint8_t plain[kSha256Bytes], fastest[kSha256Bytes];
  Sha256With(Sha256BlocksScalar, file.data(), file.size(), plain);
  Sha256(file.data(), file.size(), fastest);
  Require(std::memcmp(plain, expected, kSha256Bytes) == 0, "SHA-256 alone is right", "scalar");
  Require(std::memcmp(fastest, expected, kSha256Bytes) == 0, "SHA-256 alone is right", "the fastest arm");
}

void FuzzDigest(FuzzedDataProvider& input) {
  std::vector<Bytes> files(input.ConsumeIntegralInRange<size_t>(0, kMaxFiles));
  Bytes expected;
  for (Bytes& file : files) {
    const size_t limits[] = {70, 300, kMaxBytes};
    file = ManyBytes(input, input.ConsumeIntegralInRange<size_t>(0, input.PickValueInArray(limits)));
    const Bytes digests = NaiveDigests(file);
    expected.insert(expected.end(), digests.begin(), digests.end());
  }
  CheckBatch(files, expected);
  if (files.empty()) return;
  CheckStream(input, files[0], expected.data());
  CheckSha256(files[0], expected.data() + kMd5Bytes + kSha1Bytes);
}

}  // namespace
}  // namespace fuzz
}  // namespace exhibit_hash

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return exhibit_hash::fuzz::RunWithNoise(data, size, exhibit_hash::fuzz::FuzzDigest);
}
