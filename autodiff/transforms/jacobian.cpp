// SPDX-License-Identifier: MIT
// A Jacobian in numbers: one vjp is frozen and run with every unit seed. Rows by reverse mode, or
// columns by forward mode where there are fewer of them.
#include <reel/autodiff/transforms.hpp>

#include "tape/recording.hpp"

namespace reel::detail {

namespace {

shape joined(const shape& a, const shape& b) {
  std::vector<index_t> sizes(a.begin(), a.end());
  sizes.insert(sizes.end(), b.begin(), b.end());
  return shape(sizes);
}

}  // namespace

template <number T> array<T> jacobian_value(const var& y, const var& x) {
  const index_t rows = y.size(), columns = x.size();
  auto j = make_array<T>(joined(y.shape(), x.shape()));
  if (j.size() == 0) return j;
  const bool row_wise = rows <= columns;
  auto& r = y.recording();
  const var seed =
      r.append_leaf({tape::role::input, dtype::f64, row_wise ? y.shape() : x.shape(), nullptr}, y.where());
  const var pulled = row_wise ? vjp(y, x, seed) : jvp(y, x, seed);
  instance<T> run(freeze({.outputs = {pulled}, .inputs = {seed}}));
  auto unit = make_array<T>(seed.shape());
  std::fill_n(unit.data(), unit.size(), T(0));
  for (index_t i = 0; i < seed.size(); ++i) {
    unit.data()[i] = T(1);
    run.run(unit);
    unit.data()[i] = T(0);
    const auto part = run.view();
    for (index_t k = 0; k < static_cast<index_t>(part.size()); ++k)
      j.data()[row_wise ? i * columns + k : k * columns + i] = part[static_cast<std::size_t>(k)];
  }
  return j;
}

template array<float> jacobian_value(const var&, const var&);
template array<double> jacobian_value(const var&, const var&);
template array<real50> jacobian_value(const var&, const var&);
template array<complex> jacobian_value(const var&, const var&);

}  // namespace reel::detail
