// SPDX-License-Identifier: MIT
// The bytes of a file or of memory in order, unpacked where they are gzip: what every reader stands on.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace reel::detail {

enum class packed { unpack, as_is };

class byte_source {
 public:
  // Throws bad_file if the file cannot be opened or is a directory.
  explicit byte_source(const std::string& path, packed gzip = packed::unpack);
  // Bytes in memory, which must stay; `name` stands for the file in messages.
  byte_source(std::string_view bytes, std::string name, packed gzip = packed::unpack);
  ~byte_source();
  byte_source(byte_source&&) noexcept;

  const std::string& name() const noexcept { return name_; }

  // Fills `to`, or as much of it as there are bytes. Throws bad_file where reading fails, parse_error for
  // gzip data that are damaged or end too early.
  std::size_t read(std::span<char> to);

  // The next bytes, fewer where the source ends, which the next read gives again. Throws as read.
  std::string_view peek(std::size_t bytes);

  // No more than this many bytes are still to come: what a header claims can be compared with it before
  // memory is allocated. Throws bad_file for a pipe, whose length nobody knows.
  std::uint64_t bytes_left() const;

 private:
  struct closer {
    void operator()(std::FILE* f) const noexcept { std::fclose(f); }
  };
  struct inflater;

  void look_for_gzip();
  std::size_t read_raw(std::span<char> to);
  std::size_t read_on(std::span<char> to);

  std::string name_;
  std::unique_ptr<std::FILE, closer> file_;
  std::string_view memory_;  // not yet read, where there is no file
  std::string start_;        // raw bytes read to see what they are
  std::string ahead_;        // bytes that were peeked at
  std::uint64_t size_ = 0;   // of the raw bytes
  std::uint64_t read_ = 0;   // how many bytes were handed on
  bool has_size_ = true;
  std::unique_ptr<inflater> inflater_;
};

// Throws parse_error "name: byte N: detail".
[[noreturn]] void fail_at_byte(const std::string& name, std::uint64_t byte, const std::string& detail);

}  // namespace reel::detail
