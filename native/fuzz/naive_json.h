// JSON read by the book (RFC 8259), one byte after the other, and kept whole.

#ifndef EXHIBIT_HASH_FUZZ_NAIVE_JSON_H_
#define EXHIBIT_HASH_FUZZ_NAIVE_JSON_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace exhibit_hash {
namespace fuzz {

struct Json {
  // '{', '[', '"', '0' for a number, 't', 'f' or 'n'; 0 where it is no JSON.
  char kind = 0;
  // Of a string, decoded, with U+FFFD for any surrogate; of a number as it stands.
  std::string text;
  std::vector<std::pair<std::string, Json>> members;
};

class NaiveJson {
 public:
  explicit NaiveJson(const std::string& source) : source_(source) {}

  // The value at `at`, which then stands behind it.
  Json Value(size_t* at) {
    Space(at);
    Json json;
    if (*at >= source_.size()) return json;
    const char first = source_[*at];
    if (first == '{' || first == '[') return Members(at, first);
    if (first == '"') return String(at);
    for (const std::string word : {"true", "false", "null"}) {
      if (source_.compare(*at, word.size(), word) != 0) continue;
      *at += word.size();
      json.kind = first;
      return json;
    }
    return Number(at);
  }

  void Space(size_t* at) const {
    while (*at < source_.size() && std::string(" \t\r\n").find(source_[*at]) != std::string::npos) ++*at;
  }

 private:
  bool Take(size_t* at, char byte) const {
    if (*at >= source_.size() || source_[*at] != byte) return false;
    ++*at;
    return true;
  }

  Json Members(size_t* at, char open) {
    const char close = open == '{' ? '}' : ']';
    Json json;
    ++*at;
    Space(at);
    if (Take(at, close)) {
      json.kind = open;
      return json;
    }
    do {
      std::string key;
      Space(at);
      if (open == '{') {
        if (*at >= source_.size() || source_[*at] != '"') return Json();
        const Json name = String(at);
        Space(at);
        if (name.kind == 0 || !Take(at, ':')) return Json();
        key = name.text;
      }
      json.members.emplace_back(key, Value(at));
      if (json.members.back().second.kind == 0) return Json();
      Space(at);
    } while (Take(at, ','));
    if (!Take(at, close)) return Json();
    json.kind = open;
    return json;
  }

  Json String(size_t* at) {
    Json json;
    for (++*at; *at < source_.size(); ++*at) {
      const char byte = source_[*at];
      if (byte == '"') {
        ++*at;
        json.kind = '"';
        return json;
      }
      if (static_cast<unsigned char>(byte) < 0x20) return Json();
      if (byte != '\\') {
        json.text += byte;
        continue;
      }
      if (++*at >= source_.size()) return Json();
      const size_t simple = std::string("\"\\/bfnrt").find(source_[*at]);
      if (simple != std::string::npos) {
        json.text += "\"\\/\b\f\n\r\t"[simple];
        continue;
      }
      if (source_[*at] != 'u' || *at + 4 >= source_.size()) return Json();
      const std::string digits = source_.substr(*at + 1, 4);
      if (digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return Json();
      AddCharacter(std::stoi(digits, nullptr, 16), &json.text);
      *at += 4;
    }
    return Json();
  }

  static void AddCharacter(int unit, std::string* text) {
    if (unit >= 0xd800 && unit < 0xe000) unit = 0xfffd;
    if (unit < 0x80) {
      *text += static_cast<char>(unit);
    } else if (unit < 0x800) {
      *text += static_cast<char>(0xc0 | unit >> 6);
      *text += static_cast<char>(0x80 | unit % 64);
    } else {
      *text += static_cast<char>(0xe0 | unit >> 12);
      *text += static_cast<char>(0x80 | unit / 64 % 64);
      *text += static_cast<char>(0x80 | unit % 64);
    }
  }

  size_t Digits(size_t* at) const {
    const size_t start = *at;
    while (*at < source_.size() && source_[*at] >= '0' && source_[*at] <= '9') ++*at;
    return *at - start;
  }

  Json Number(size_t* at) {
    const size_t start = *at;
    Take(at, '-');
    if (!Take(at, '0') && Digits(at) == 0) return Json();
    if (Take(at, '.') && Digits(at) == 0) return Json();
    if (Take(at, 'e') || Take(at, 'E')) {
      if (!Take(at, '+')) Take(at, '-');
      if (Digits(at) == 0) return Json();
    }
    Json json;
    json.kind = '0';
    json.text = source_.substr(start, *at - start);
    return json;
  }

  const std::string& source_;
};

}  // namespace fuzz
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_FUZZ_NAIVE_JSON_H_
