// SPDX-License-Identifier: MIT
// What the program says, results on stdout and everything else on stderr, and files of text.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace reel::cli {

// To be called first. A stream that is closed takes nothing, rather than the file that is opened next. A
// pipe that nobody reads becomes an error, where it would end the program.
void prepare_streams();

// Writes to stdout. Throws reel::error of code bad_file for what it does not take: the disk is full, or
// nobody reads the pipe.
void write_result(std::string_view text);
template <class... Args> void result(fmt::format_string<Args...> format, Args&&... args) {
  write_result(fmt::format(format, std::forward<Args>(args)...));
}
// Throws as write_result, for what is still in memory.
void flush_results();

// Writes to stderr. A note that stderr does not take is lost; no run fails because of it.
void write_note(std::string_view text) noexcept;
template <class... Args> void note(fmt::format_string<Args...> format, Args&&... args) {
  write_note(fmt::format(format, std::forward<Args>(args)...));
}

// Throws as write_text, before anything is written: for what is not worth computing in vain.
void check_writable(const std::string& path);

// A file is replaced at once or not at all; a device or a pipe is written to. Throws reel::error of code
// bad_file.
void write_text(const std::string& path, const std::string& text);

}  // namespace reel::cli
