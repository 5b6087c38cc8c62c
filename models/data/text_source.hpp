// SPDX-License-Identifier: MIT
// Text read piece by piece: a window onto what has been read and not yet consumed. What a reader of a
// text format stands on.
#pragma once

#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reel::detail {

class text_source {
 public:
  // A file. Throws bad_file if it cannot be opened or is a directory.
  explicit text_source(const std::string& path);
  // Text in memory.
  text_source(std::string_view text, std::string name);

  const std::string& name() const noexcept { return name_; }
  // The window; it may be written to. Valid until read_more().
  std::span<char> window() noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
  // Lengthens the window; false where there is no more. Throws bad_file if reading fails.
  bool read_more();
  // Takes bytes off the front of the window.
  void consume(std::size_t bytes) noexcept { begin_ += bytes; }

  // Skips a byte-order mark at the beginning, and refuses what is not text: parse_error.
  void begin_text();

 private:
  struct closer {
    void operator()(std::FILE* f) const noexcept { std::fclose(f); }
  };
  std::string name_;
  std::unique_ptr<std::FILE, closer> file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
};

// Throws parse_error "name:line:column: detail", both counted from 1.
[[noreturn]] void fail_at(const std::string& name, std::size_t line, std::size_t column,
                          const std::string& detail);

bool is_utf8(std::string_view text) noexcept;

// 'text', without control characters and not too long, for a message.
std::string quoted(std::string_view text);

}  // namespace reel::detail
