// SPDX-License-Identifier: MIT
// The kernels that a program chooses when it starts, beside the same source compiled for this processor.
#include "machine.hpp"

#include <reel/autodiff/kernels.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

namespace reel::kernels::native {
extern const dispatch_table<float> of_float;
extern const dispatch_table<double> of_double;
}  // namespace reel::kernels::native

namespace {

using reel::index_t;
using reel::kernels::dispatch_table;

// Of runs of some milliseconds, in microseconds.
template <class F> double one_run(const F& f) {
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  int times = 0;
  auto now = begin;
  for (; now - begin < std::chrono::milliseconds(4); now = clock::now())
    for (int i = 0; i < 5; ++i, ++times) f();
  return std::chrono::duration<double, std::micro>(now - begin).count() / times;
}

template <class T> class comparison {
 public:
  comparison(const char* number, const dispatch_table<T>& chosen, const dispatch_table<T>& native)
      : number_(number), chosen_(chosen), native_(native) {
    for (std::size_t i = 0; i < x_.size(); ++i)
      x_[i] = T(0.1) + T(i % 97) / 97, y_[i] = T(0.2) + T(i % 89) / 89;
  }

  void run() {
    row("exp", [&](const dispatch_table<T>& s) { s.exp(z(), x(), n); });
    row("log", [&](const dispatch_table<T>& s) { s.log(z(), x(), n); });
    row("tanh", [&](const dispatch_table<T>& s) { s.tanh(z(), x(), n); });
    row("sigmoid", [&](const dispatch_table<T>& s) { s.sigmoid(z(), x(), n); });
    row("add", [&](const dispatch_table<T>& s) { s.add(z(), x(), y(), n); });
    row("scale", [&](const dispatch_table<T>& s) { s.scale(z(), x(), y(), n); });
    row("scale_bytes",
        [&](const dispatch_table<T>& s) { s.scale_bytes(z(), bytes_.data(), T(0.25), T(1e-9), n); });
    row("sum", [&](const dispatch_table<T>& s) { z_[0] = s.sum(x(), n); });
    row("softmax, 128 rows of 10", [&](const dispatch_table<T>& s) { s.softmax(z(), x(), 128, 10, 1); });
    row("logsumexp of 40000", [&](const dispatch_table<T>& s) { s.logsumexp(z(), x(), 1, 40'000, 1); });
    row("cross-entropy, 128 of 10", [&](const dispatch_table<T>& s) {
      s.cross_entropy(z(), z() + 128, x(), labels_.data(), y(), 128, 10);
    });
    product("128x784 by 784x512", {false, false, 128, 512, 784});
    product("32x785 by (10x785)'", {false, true, 32, 10, 785});
    product("(32x10)' by 32x785", {true, false, 10, 785, 32});
  }

 private:
  static constexpr index_t n = 4096;
  T* z() { return z_.data(); }
  const T* x() const { return x_.data(); }
  const T* y() const { return y_.data(); }

  void product(const char* name, const reel::kernels::gemm_shape& shape) {
    row(name, [&](const dispatch_table<T>& s) { s.gemm(shape, x(), y(), z(), false); });
  }
  // The best of several runs in turn: what disturbs one of them only makes it slower.
  template <class F> void row(const char* name, const F& f) {
    double mine = std::numeric_limits<double>::infinity(), native = mine;
    for (int repetition = 0; repetition < 9; ++repetition) {
      mine = std::min(mine, one_run([&] { f(chosen_); }));
      native = std::min(native, one_run([&] { f(native_); }));
    }
    fmt::print("| {:<6} | {:<24} | {:>8.2f} | {:>8.2f} | {:>14.2f} |\n", number_, name, mine, native,
               native / mine);
  }

  const char* number_;
  const dispatch_table<T>&chosen_, &native_;
  std::vector<T> x_ = std::vector<T>(785 * 512), y_ = x_, z_ = x_;
  std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(n, 7);
  std::vector<index_t> labels_ = std::vector<index_t>(128, 3);
};

}  // namespace

int main() {
  fmt::print("{}: kernels of the set {}, microseconds\n\n", bench::processor(),
             reel::kernels::active<float>().name);
  fmt::print("| {:<6} | {:<24} | {:>8} | {:>8} | {:>14} |\n", "", "", "chosen", "native", "speed / native");
  fmt::print("|:-------|:-------------------------|---------:|---------:|---------------:|\n");
  comparison<float>("float", reel::kernels::active<float>(), reel::kernels::native::of_float).run();
  comparison<double>("double", reel::kernels::active<double>(), reel::kernels::native::of_double).run();
}
