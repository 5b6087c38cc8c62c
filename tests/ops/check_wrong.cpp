// SPDX-License-Identifier: MIT
// The verb `check` for a table of three ops: one is right, one is wrong, one is tried where nothing shows.
#include "verbs.hpp"

#include <reel/autodiff/op.hpp>
#include <reel/ops/arithmetic.hpp>

#include <limits>
#include <vector>

namespace {

using reel::index_t;
using reel::var;
using vars = std::span<const var>;

template <int factor> struct square_like_op {
  static constexpr auto name = "square_like";
  reel::shape infer(const reel::shape& x) const { return x; }
  template <class T> void eval(reel::out<T> y, reel::in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const { return static_cast<double>(factor) * x * ybar; }
  bool operator==(const square_like_op&) const = default;
};

reel::op_row row(const char* name, var (*record)(vars), double at) {
  return {.name = name,
          .family = "test",
          .record = record,
          .samples = {{{.shape = {2}, .numbers = {at, 2 * at}}}},
          .analytic = false};
}

}  // namespace

int main(int argc, char** argv) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<reel::op_row> table{
      row(
          "right", [](vars x) { return apply(square_like_op<2>{}, x[0]); }, 0.75),
      row(
          "wrong", [](vars x) { return apply(square_like_op<3>{}, x[0]); }, 0.75),
      row(
          "undecided", [](vars x) { return apply(square_like_op<2>{}, x[0]); }, nan)};
  CLI::App program;
  reel::cli::action chosen;
  reel::cli::add_check_of(table, program, chosen);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return program.exit(e);
  }
  return chosen();
}
