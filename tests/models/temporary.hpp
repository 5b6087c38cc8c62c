// SPDX-License-Identifier: MIT
// A directory of a test's own, gone with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace reel::test {

class temporary_directory {
 public:
  temporary_directory() : path_((std::filesystem::temp_directory_path() / "reel_XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  }
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::string& path() const noexcept { return path_; }
  // The path of a file in it, written anew.
  std::string file(const std::string& name, std::string_view text) const {
    const std::string where = path_ + '/' + name;
    std::ofstream(where, std::ios::binary) << text;
    return where;
  }

 private:
  std::string path_;
};

}  // namespace reel::test
