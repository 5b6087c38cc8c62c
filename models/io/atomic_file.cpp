// SPDX-License-Identifier: MIT
#include "atomic_file.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace reel::detail {

namespace fs = std::filesystem;

void atomic_file::fail(const char* what) const {
  const int code = errno;
  throw error(errc::bad_file,
              fmt::format("'{}' {}: {}.", path_, what, std::generic_category().message(code)));
}

atomic_file::atomic_file(const std::string& path) : path_(path) {
  std::error_code ignored;
  if (fs::is_symlink(path, ignored)) path_ = fs::weakly_canonical(path, ignored).string();
  const auto what = fs::status(path_, ignored).type();
  if (what != fs::file_type::not_found && what != fs::file_type::regular)
    throw error(errc::bad_file, fmt::format("'{}' is no regular file: name another to save to.", path));
  temporary_ = path_ + ".saving";
  open();
}

// The lock is gone with the process that holds it, so that what a killed one left is taken over. Between
// open and lock, another saver may have put the file in its place: then it is no longer the temporary one.
void atomic_file::open() {
  do {
    if (file_ != -1) ::close(file_);
    file_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (file_ == -1) fail("cannot be saved");
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      ::close(file_);
      file_ = -1;
      throw error(errc::bad_file, fmt::format("'{}' is being saved by another program: wait for it.", path_));
    }
  } while (!is_in_place());
  struct stat old {};
  const bool has_old = ::stat(path_.c_str(), &old) == 0;
  if (::ftruncate(file_, 0) != 0 || (has_old && ::fchmod(file_, old.st_mode & 0777) != 0)) {
    const int code = errno;
    ::close(file_);
    errno = code;
    fail("cannot be saved");
  }
}

bool atomic_file::is_in_place() const {
  struct stat opened {
  }, named{};
  return ::fstat(file_, &opened) == 0 && ::lstat(temporary_.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

atomic_file::~atomic_file() {
  if (file_ == -1) return;
  ::unlink(temporary_.c_str());
  ::close(file_);
}

void atomic_file::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file_, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) fail("cannot be written");
    if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void atomic_file::commit() {
  if (::fsync(file_) != 0) fail("cannot be written");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot be given its name");
  ::close(file_);
  file_ = -1;
  const fs::path parent = fs::path(path_).parent_path();
  const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder == -1) fail("is saved, but its directory cannot be opened to make that last");
  const bool done = ::fsync(folder) == 0 || errno == EINVAL;  // EINVAL: a file system that has no such thing
  const int code = errno;
  ::close(folder);
  errno = code;
  if (!done) fail("is saved, but its directory cannot be written");
}

}  // namespace reel::detail
