// SPDX-License-Identifier: MIT
#include "output.hpp"

#include "io/atomic_file.hpp"

#include <reel/autodiff/error.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <span>
#include <system_error>
#include <unistd.h>

namespace reel::cli {

namespace {

[[noreturn]] void refused(int code) {
  throw error(errc::bad_file,
              fmt::format("standard output cannot be written: {}.", std::generic_category().message(code)));
}

[[noreturn]] void unwritable(const std::string& path, int code) {
  throw error(errc::bad_file,
              fmt::format("'{}' cannot be written: {}.", path, std::generic_category().message(code)));
}

// Whether this is a file, or will be one: not a device or a pipe. Throws for what cannot be written at all.
bool is_plain(const std::string& path) {
  using std::filesystem::file_type;
  std::error_code failed;
  const file_type what = std::filesystem::status(path, failed).type();
  if (what == file_type::none) unwritable(path, failed.value());
  if (what == file_type::directory) unwritable(path, EISDIR);
  return what == file_type::not_found || what == file_type::regular;
}

}  // namespace

void prepare_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  // open() takes the lowest number that is free. What is opened for reading refuses to be written.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) == -1)
      static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

void write_result(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) refused(errno);
}

void flush_results() {
  if (std::fflush(stdout) != 0) refused(errno);
}

void write_note(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void check_writable(const std::string& path) {
  if (is_plain(path)) detail::atomic_file file(path);
}

void write_text(const std::string& path, const std::string& text) {
  if (is_plain(path)) {
    detail::atomic_file file(path);
    file.write(std::as_bytes(std::span(text)));
    file.commit();
    return;
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) unwritable(path, errno);
}

}  // namespace reel::cli
