// SPDX-License-Identifier: MIT
// A program that uses reel from outside: it derives, records its own op, and trains a model.
#include <reel/autodiff.hpp>
#include <reel/models.hpp>
#include <reel/ops.hpp>
#include <reel/optim.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>

namespace {

// y = x³
struct cube_op {
  static constexpr auto name = "cube";
  reel::shape infer(const reel::shape& x) const { return x; }
  template <class T> void eval(reel::out<T> y, reel::in<T> x) const {
    for (reel::index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i] * x[i];
  }
  reel::var vjp(reel::var ybar, reel::var, reel::var x) const { return ybar * 3 * square(x); }
  bool operator==(const cube_op&) const = default;
};

// The second derivative of Σx³ along (1, 1) is 6x.
bool differentiates() {
  const auto f = [](reel::var x) { return sum(reel::apply(cube_op{}, x)); };
  const reel::array<double> x{1, -2}, ones{1, 1};
  const reel::array<double> twice = reel::hvp(f)(x, ones);
  return twice(0) == 6 && twice(1) == -12;
}

// Four points in a plane, told apart without a mistake.
bool trains() {
  const reel::array<double> x{{-2, 1}, {-1, 0}, {1, 0}, {2, 1}};
  const reel::array<reel::index_t> labels{0, 0, 1, 1};
  reel::softmax_regression model(2, 2);
  reel::softmax_regression_options options;
  options.fit.epochs = 20;
  options.fit.batch = 2;
  model.fit(x, labels, options);
  return model.score(x, labels) == 1 && model.loss(x, labels) < std::log(2.0);
}

// A model that is saved comes back as it was.
bool keeps() {
  const auto path =
      std::filesystem::temp_directory_path() / ("reel" + std::to_string(std::random_device{}()));
  const auto model = reel::make_mlp({2, 3, 2}, 1);
  reel::save(path.string(), model);
  const auto back = reel::load<reel::mlp<reel::array<double>>>(path.string());
  std::filesystem::remove(path);
  return back.layers.size() == 2 && back.layers[1].W == model.layers[1].W;
}

bool refuses() {
  reel::tape t;
  try {
    t.variable(reel::array<double>{1, 2}) + t.variable(reel::array<double>{1, 2, 3});
  } catch (const reel::error& e) {
    return e.code() == reel::errc::shape_mismatch;
  }
  return false;
}

}  // namespace

int main() {
  const bool fine = differentiates() && trains() && keeps() && refuses();
  std::puts(fine ? "reel works here" : "reel does not work here");
  return fine ? 0 : 1;
}
