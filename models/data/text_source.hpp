// SPDX-License-Identifier: MIT
// Text read piece by piece: a window onto what has been read and not yet consumed. What a reader of a
// text format stands on.
#pragma once

#include "byte_source.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reel::detail {

class text_source {
 public:
  explicit text_source(byte_source bytes) : bytes_(std::move(bytes)) {}

  const std::string& name() const noexcept { return bytes_.name(); }
  // The window; it may be written to. Valid until read_more().
  std::span<char> window() noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
  // Lengthens the window; false where there is no more. Throws as byte_source::read.
  bool read_more();
  // Takes bytes off the front of the window.
  void consume(std::size_t bytes) noexcept { begin_ += bytes; }

  // Skips a byte-order mark at the beginning, and refuses what is not text: parse_error.
  void begin_text();

 private:
  byte_source bytes_;
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
