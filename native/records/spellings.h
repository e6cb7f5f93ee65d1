// Spellings → codes, as JavaScript has learned them: a short list, asked for in nearly the same order again and again.

#ifndef EXHIBIT_HASH_RECORDS_SPELLINGS_H_
#define EXHIBIT_HASH_RECORDS_SPELLINGS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace exhibit_hash {

class Spellings {
 public:
  static constexpr size_t kMost = 256;
  static constexpr int kUnknown = -1;

  // Forgets what comes after the first kMost, and what JSON would have to escape: it stands otherwise in its bytes.
  void Learn(const std::string& spelling, int code) {
    for (char each : spelling) {
      if (each == '"' || each == '\\' || static_cast<unsigned char>(each) < 0x20) return;
    }
    if (entries_.size() == kMost) return;
    const std::string quoted = spelling + '"';
    entries_.push_back(Entry{quoted, WordsOf(quoted), code, 0});
  }

  // The code of the string that begins at `at`; moves `at` behind its closing quote.
  int Take(const uint8_t** at, const uint8_t* end) {
    if (entries_.empty()) return kUnknown;
    // What followed the last one when it was taken before most probably follows it again.
    size_t guess = entries_[last_].next;
    if (!Stands(entries_[guess], *at, end)) {
      guess = 0;
      while (guess < entries_.size() && !Stands(entries_[guess], *at, end)) guess++;
      if (guess == entries_.size()) return kUnknown;
      entries_[last_].next = guess;
    }
    last_ = guess;
    *at += entries_[guess].quoted.size();
    return entries_[guess].code;
  }

 private:
  struct Entry {
    // With the closing quote, so that no other spelling begins with it.
    std::string quoted;
    // The same in pieces of eight bytes, the last filled up with zeros.
    std::vector<uint64_t> words;
    int code;
    size_t next;
  };

  static std::vector<uint64_t> WordsOf(const std::string& text) {
    std::vector<uint64_t> words((text.size() + 7) / 8);
    std::memcpy(words.data(), text.data(), text.size());
    return words;
  }

  // Asked of every key of every record, so without a call where there are bytes to spare.
  static bool Stands(const Entry& entry, const uint8_t* at, const uint8_t* end) {
    const size_t size = entry.quoted.size();
    const size_t count = entry.words.size();
    const size_t left = static_cast<size_t>(end - at);
    if (left < 8 * count) return left >= size && std::memcmp(at, entry.quoted.data(), size) == 0;
    for (size_t i = 0; i + 1 < count; i++) {
      if (WordAt(at + 8 * i) != entry.words[i]) return false;
    }
    const uint8_t* last = at + 8 * (count - 1);
    const size_t rest = size - 8 * (count - 1);
    return (WordAt(last) & FirstBytes(rest)) == entry.words[count - 1];
  }

  static uint64_t WordAt(const uint8_t* at) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    return word;
  }

  // A mask of the first 1 to 8 bytes of a word in little-endian order, as every machine that has an addon is.
  static uint64_t FirstBytes(size_t count) { return ~uint64_t{0} >> (64 - 8 * count); }

  std::vector<Entry> entries_;
  size_t last_ = 0;
};

}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_RECORDS_SPELLINGS_H_
