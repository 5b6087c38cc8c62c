// SPDX-License-Identifier: MIT
// What a chapter prints is kept, and held against the block that shows it.
#pragma once

#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace docs {

// While it lives, std::cout writes here.
class printed {
 public:
  printed() : console_(std::cout.rdbuf(text_.rdbuf())) {}
  printed(const printed&) = delete;
  printed& operator=(const printed&) = delete;
  ~printed() { std::cout.rdbuf(console_); }

  // Throws unless what was printed since the last call is `shown`, in which … stands for any text.
  void is(std::string_view shown, const char* file, int line) {
    const std::string text = text_.str();
    text_.str({});
    if (!matches(text, shown))
      throw std::runtime_error(std::string(file) + ":" + std::to_string(line) + ": this was printed:\n" +
                               text + "but the chapter shows:\n" + std::string(shown));
  }

 private:
  static bool matches(std::string_view text, std::string_view shown) {
    constexpr std::string_view any = "…";
    auto gap = shown.find(any);
    if (gap == shown.npos) return text == shown;
    if (!text.starts_with(shown.substr(0, gap))) return false;
    text.remove_prefix(gap);
    for (shown.remove_prefix(gap + any.size()); (gap = shown.find(any)) != shown.npos;
         shown.remove_prefix(gap + any.size())) {
      const auto at = text.find(shown.substr(0, gap));
      if (at == text.npos) return false;
      text.remove_prefix(at + gap);
    }
    return text.ends_with(shown);
  }

  std::ostringstream text_;
  std::streambuf* console_;
};

}  // namespace docs
