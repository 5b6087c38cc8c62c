// SPDX-License-Identifier: MIT
// reading [ROWS [COLUMNS [FILE]]]: how fast a CSV file of numbers and a class is read, a million rows of 20
// columns unless told otherwise, and how much memory that takes at its peak; beside it, reading the bytes
// alone. The table stays where a FILE is named, for `reel train FILE --epochs 1 --json`.
#include <reel/models/csv.hpp>

#include <fmt/format.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace {

struct closer {
  void operator()(std::FILE* f) const noexcept { std::fclose(f); }
};
using file = std::unique_ptr<std::FILE, closer>;

// Numbers as programs write them: six significant digits, of either sign, between 1e-3 and 1e3.
void write_table(const std::string& path, long rows, long columns) {
  const file out(std::fopen(path.c_str(), "wb"));
  std::uint64_t state = 1;
  const auto next = [&] { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 33; };
  std::string line;
  for (long j = 1; j < columns; ++j) line += fmt::format("x{},", j);
  line += "class\n";
  for (long i = 0; i < rows; ++i) {
    for (long j = 1; j < columns; ++j) {
      const double sign = next() % 2 == 0 ? 1 : -1;
      line += fmt::format("{:.6g},",
                          sign * static_cast<double>(next() % 1'000'000) / (next() % 2 == 0 ? 1e3 : 1e6));
    }
    line += fmt::format("{}\n", next() % 3);
    if (line.size() > 1 << 16 || i + 1 == rows) {
      std::fwrite(line.data(), 1, line.size(), out.get());
      line.clear();
    }
  }
}

double read_bytes(const std::string& path) {
  const file in(std::fopen(path.c_str(), "rb"));
  std::vector<char> piece(1 << 16);
  double sum = 0;
  while (const std::size_t n = std::fread(piece.data(), 1, piece.size(), in.get())) sum += piece[n - 1];
  return sum;
}

template <class F> double best_seconds(const F& f) {
  double best = 1e300;
  for (int i = 0; i < 3; ++i) {
    const auto began = std::chrono::steady_clock::now();
    f();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  return best;
}

double peak_mebibytes() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_maxrss) / 1024;
}

void run(long rows, long columns, std::string path) {
  const bool stays = !path.empty();
  if (!stays)
    path = (std::filesystem::temp_directory_path() / fmt::format("reel_reading_{}.csv", getpid())).string();
  const auto remove = [stays](const std::string* p) { stays ? 0 : std::remove(p->c_str()); };
  const std::unique_ptr<const std::string, decltype(remove)> removed(&path, remove);
  write_table(path, rows, columns);
  const double bytes = static_cast<double>(std::filesystem::file_size(path));
  const double alone = best_seconds([&] { read_bytes(path); });
  const double before = peak_mebibytes();
  reel::read_csv(path);
  const double peak = peak_mebibytes();
  const double seconds = best_seconds([&] { reel::read_csv(path); });
  const auto n = static_cast<double>(rows);
  fmt::print(
      "{} rows of {} columns, {:.1f} MB: {:.3f} s, {:.0f} rows/s, {:.0f} ns a row, {:.0f} MB/s (bytes alone "
      "{:.0f} MB/s)\n",
      rows, columns, bytes / 1e6, seconds, n / seconds, seconds / n * 1e9, bytes / seconds / 1e6,
      bytes / alone / 1e6);
  fmt::print(
      "peak memory {:.0f} MiB in the first reading, {:.0f} in four, of them {:.0f} before; the features take "
      "{:.0f}\n",
      peak, peak_mebibytes(), before, n * static_cast<double>(columns - 1) * 8 / (1 << 20));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 ? std::atol(argv[1]) : 1'000'000, argc > 2 ? std::atol(argv[2]) : 20,
        argc > 3 ? argv[3] : "");
    return 0;
  } catch (const std::exception& e) {
    fmt::print(stderr, "reading: {}\n", e.what());
    return 1;
  }
}
