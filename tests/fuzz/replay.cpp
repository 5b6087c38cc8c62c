// SPDX-License-Identifier: MIT
// replay CORPUS…: gives each input of the files NAME.txt to the reader NAME. An input is a line, in which
// \n, \r, \t, \\ and \xNN stand for what they do in C.
#include "readers.hpp"

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace {

std::string unescaped(std::string_view line) {
  std::string bytes;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      bytes += line[i];
      continue;
    }
    const char c = ++i < line.size() ? line[i] : '\0';
    constexpr std::string_view letters = "nrt\\", meanings = "\n\r\t\\";
    if (const auto at = letters.find(c); at != letters.npos) {
      bytes += meanings[at];
      continue;
    }
    unsigned byte = 0;
    const std::string_view digits = line.substr(std::min(i + 1, line.size()), 2);
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (c != 'x' || code != std::errc{} || end != digits.data() + 2)
      throw std::runtime_error("no such escape: " + std::string(line.substr(i - 1)));
    bytes += static_cast<char>(byte);
    i += 2;
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const auto read = reel::fuzz::find_reader(std::filesystem::path(argv[i]).stem().string());
    std::ifstream corpus(argv[i]);
    std::string line;
    int inputs = 0;
    for (; read != nullptr && std::getline(corpus, line); ++inputs) read(unescaped(line));
    std::printf("%s: %d inputs\n", argv[i], inputs);
    if (inputs == 0) return 1;
  }
  return 0;
}
