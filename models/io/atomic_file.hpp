// SPDX-License-Identifier: MIT
// A file that is replaced at once or not at all: written under another name, PATH.saving, until commit().
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace reel::detail {

class atomic_file {
 public:
  // Throws bad_file where the file cannot be written, is no regular file, or another saver is at work on it.
  explicit atomic_file(const std::string& path);
  // Without commit, what was written is gone.
  ~atomic_file();
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;

  // Throws bad_file.
  void write(std::span<const std::byte> bytes);
  // Returns when the disk has the file under its name. Throws bad_file, the old file still there.
  void commit();

 private:
  void open();
  bool is_in_place() const;
  void fail(const char* what) const;

  std::string path_, temporary_;
  int file_ = -1;
};

}  // namespace reel::detail
