// SPDX-License-Identifier: MIT
// How long it takes to freeze programs and to make an instance of them, by their length: nanoseconds a node.
#include "../autodiff/program/growing_programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>

namespace {

using namespace reel;

double now() {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct cost {
  std::size_t nodes;
  double freezing, instantiating;  // nanoseconds
};

// The least of a few, of which each has memory of its own.
cost measure(const std::function<freeze_request(tape&)>& record) {
  tape t;
  const freeze_request request = record(t);
  cost least{t.size(), 1e300, 1e300};
  const int repetitions = t.size() < 200'000 ? 5 : 2;
  for (int i = 0; i < repetitions; ++i) {
    const double before = now();
    const program p = freeze(request);
    const double between = now();
    const instance<float> made(p);
    const double after = now();
    least.freezing = std::min(least.freezing, between - before);
    least.instantiating = std::min(least.instantiating, after - between);
  }
  return least;
}

void print(const char* name, const cost& c) {
  const double nodes = static_cast<double>(c.nodes);
  fmt::print("{:<44} {:>9} {:>9.0f} {:>9.0f} {:>9.0f}\n", name, c.nodes, c.freezing / nodes,
             c.instantiating / nodes, (c.freezing + c.instantiating) / nodes);
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  const double most = count > 1 ? std::atof(arguments[1]) : 1e6;  // nodes
  fmt::print("nanoseconds a node\n{:<44} {:>9} {:>9} {:>9} {:>9}\n", "program", "nodes", "freeze", "instance",
             "together");
  for (const test::growing_program& p : test::growing_programs()) {
    double nodes = 0;
    for (std::size_t length = p.length; nodes * 4 <= most; length *= 4) {
      const cost c = measure([&](tape& t) { return p.record(t, length); });
      nodes = static_cast<double>(c.nodes);
      print(p.name, c);
    }
  }
  for (std::size_t n = 5; n <= 8; ++n)
    print(fmt::format("the determinant of {0}x{0}", n).c_str(),
          measure([&](tape& t) { return test::determinant_program(t, n); }));
}
