// SPDX-License-Identifier: MIT
#include "check/differences.hpp"

#include "check/attempt.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace reel::check {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr int reach = 4;  // points on each side

template <class T> double magnitude(const T& x) { return std::abs(static_cast<double>(x)); }

// Steps are 2^−e of the smallest number moved.
template <class T> constexpr std::array<int, 7> exponents{3, 5, 7, 9, 12, 16, 21};
template <> constexpr std::array<int, 7> exponents<real50>{26, 20, 34, 44, 60, 80, 104};

// One output at the nine points around x.
template <class T> struct stencil {
  std::array<T, 2 * reach + 1> f;
  T step;

  const T& at(int j) const { return f[static_cast<std::size_t>(j + reach)]; }
  T pair(int j) const { return at(j) - at(-j); }
  T order8() const {
    return (T(672) * pair(1) - T(168) * pair(2) + T(32) * pair(3) - T(3) * pair(4)) / (T(840) * step);
  }
  T order6() const { return (T(45) * pair(1) - T(9) * pair(2) + pair(3)) / (T(60) * step); }
  bool finite() const {
    return std::ranges::all_of(f, [](const T& v) { return num::isfinite(v); });
  }
  double largest() const {
    double most = 0;
    for (const T& v : f) most = std::max(most, magnitude(v));
    return most;
  }
  // The standard deviation of the values' rounding errors, and no less than two roundings of the values.
  double noise() const {
    auto d = f;
    const double size = largest();
    if (size == 0) return 0;
    double worst = 0, gamma = 1;  // (k!)²/(2k)!
    for (std::size_t k = 1; k < f.size(); ++k) {
      double sum = 0;  // relative to the values, whose squares may be too large
      for (std::size_t i = 0; i + k < f.size(); ++i) {
        d[i] = d[i + 1] - d[i];
        sum += std::pow(magnitude(d[i]) / size, 2);
      }
      const auto kk = static_cast<double>(k);
      gamma *= kk / (2 * (2 * kk - 1));
      if (k >= 6) worst = std::max(worst, std::sqrt(gamma * sum / static_cast<double>(f.size() - k)));
    }
    return std::max(worst, 2 * unit_roundoff<T>) * size;
  }
  double bar() const {
    constexpr double weights = 2.1;  // Σ|w| of the difference of order 8
    return magnitude(order8() - order6()) + 6 * weights * noise() / magnitude(step);
  }
  // How much the values bend at point j.
  double bend(int j) const { return magnitude(at(j + 1) - at(j) - (at(j) - at(j - 1))); }
  // How much the slopes to the right and to the left differ over j steps, times the step.
  double jump(int j) const { return magnitude(at(j) - at(0) - (at(0) - at(-j))) / j; }
  // Bends that drown in rounding say nothing.
  bool tells() const { return bend(0) > 64 * unit_roundoff<T> * largest(); }
  bool kinked() const {
    const double sides = std::max({bend(2), bend(3), bend(-2), bend(-3)});
    return jump(reach) < 2 * jump(1) && sides < 0.5 * bend(0);
  }
};

}  // namespace

template <class T>
differences<T>::differences(std::span<const var> y, std::span<const var> x, const point& at)
    : run_(y, x), x_(at) {
  point nowhere;
  for (const reals& n : x_) nowhere.emplace_back(n.size(), 0.0);
  base_ = this->at(nowhere, 0);
}

template <class T> std::vector<T> differences<T>::at(const point& direction, double step) {
  for (std::size_t i = 0; i < x_.size(); ++i) {
    const auto to = run_.given(i);
    for (std::size_t k = 0; k < to.size(); ++k) {
      const double v = direction[i][k];
      to[k] = T(x_[i][k]);
      if (v != 0) to[k] = to[k] + T(step) * T(v);
    }
  }
  ++evaluations_;
  try {
    run_.run();
  } catch (const refusal& e) {
    if (base_.empty()) throw;  // at the point itself
    refused_ = e.what();
    return std::vector<T>(base_.size(), T(std::numeric_limits<double>::quiet_NaN()));
  }
  std::vector<T> y;
  for (std::size_t i = 0; i < run_.result_count(); ++i)
    y.insert(y.end(), run_.result(i).begin(), run_.result(i).end());
  return y;
}

// Fractions of the power of two below the smallest number moved, so that steps are exact; at first as if no
// number were below a floor, which rounding is better with.
template <class T> reals differences<T>::steps_along(const point& direction) const {
  constexpr double floor = std::same_as<T, real50> ? 0x1p-40 : 0x1p-8;
  double smallest = 1;
  for (std::size_t i = 0; i < x_.size(); ++i)
    for (std::size_t k = 0; k < x_[i].size(); ++k)
      if (direction[i][k] != 0 && x_[i][k] != 0)
        smallest = std::min(smallest, std::abs(x_[i][k] / direction[i][k]));
  reals steps;
  for (const double scale : {std::max(floor, smallest), smallest})
    for (const int e : exponents<T>) {
      const double step = std::ldexp(std::exp2(std::floor(std::log2(scale))), -e);
      if (step > 0 && (scale < floor || steps.size() < exponents<T>.size())) steps.push_back(step);
    }
  return steps;
}

template <class T> slopes<T> differences<T>::along(const point& direction, double goal) {
  const std::size_t n = base_.size();
  slopes<T> best{std::vector<T>(n, T(0)), reals(n, infinite), std::vector<char>(n, false)};
  std::vector<int> kinked(n, 0);  // of the smallest steps that tell, how many see a kink
  double size = 0;                // of slopes and values, the scale of `goal`
  std::array<std::vector<T>, 2 * reach + 1> f;
  f[reach] = base_;
  for (const double step : steps_along(direction)) {
    for (int j = 1; j <= reach; ++j) {
      f[static_cast<std::size_t>(reach + j)] = at(direction, j * step);
      f[static_cast<std::size_t>(reach - j)] = at(direction, -j * step);
    }
    bool done = true;
    for (std::size_t i = 0; i < n; ++i) {
      stencil<T> s{.f = {}, .step = T(step)};
      for (std::size_t p = 0; p < f.size(); ++p) s.f[p] = f[p][i];
      if (!s.finite()) {
        done = false;
        continue;
      }
      const T value = s.order8();
      const double bar = s.bar();
      if (s.tells()) kinked[i] = s.kinked() ? kinked[i] + 1 : 0;
      // Two steps that disagree by more than the better bar: trust neither further than that.
      const double apart = std::isinf(best.bar[i]) ? 0 : magnitude(value - best.value[i]);
      if (bar < best.bar[i]) {
        const double other = best.bar[i];
        best.bar[i] = std::max(bar, std::isinf(other) ? 0 : std::min(apart, other));
        best.value[i] = value;
      } else {
        best.bar[i] = std::max(best.bar[i], std::min(apart - bar, bar));
      }
      size = std::max({size, magnitude(value), 1e-3 * magnitude(base_[i])});
    }
    done = done && std::ranges::all_of(best.bar, [&](double b) { return b <= goal * size; });
    if (done) break;
  }
  for (std::size_t i = 0; i < n; ++i)
    best.kink[i] = kinked[i] >= 2 && std::isfinite(best.bar[i]) && best.bar[i] > 1e-4 * size;
  return best;
}

template <class T> slope<T> slope_at_zero(const std::function<T(double)>& f, double scale, double goal) {
  slope<T> best;
  const T start = f(0);
  for (const int e : exponents<T>) {
    const double h = std::ldexp(scale, -e);
    stencil<T> s{.f = {}, .step = T(h)};
    for (int j = -reach; j <= reach; ++j)
      s.f[static_cast<std::size_t>(reach + j)] = j == 0 ? start : f(j * h);
    if (!s.finite()) continue;
    if (const double bar = s.bar(); bar < best.bar) best = {s.order8(), bar};
    if (best.bar <= goal * std::max(magnitude(best.value), 1e-3 * magnitude(start))) break;
  }
  return best;
}
template slope<double> slope_at_zero(const std::function<double(double)>&, double, double);
template slope<real50> slope_at_zero(const std::function<real50(double)>&, double, double);

complex_steps::complex_steps(std::span<const var> y, std::span<const var> x, const point& at)
    : run_(y, x), x_(at) {
  point nowhere;
  for (const reals& n : x_) nowhere.emplace_back(n.size(), 0.0);
  for (const complex& v : this->at(nowhere, 0)) base_.push_back(v.real());
}

std::vector<complex> complex_steps::at(const point& direction, double step) {
  for (std::size_t i = 0; i < x_.size(); ++i)
    for (std::size_t k = 0; k < x_[i].size(); ++k)
      run_.given(i)[k] = complex(x_[i][k], step * direction[i][k]);
  ++evaluations_;
  try {
    run_.run();
  } catch (const refusal& e) {
    if (base_.empty()) throw;
    refused_ = e.what();
    return std::vector<complex>(base_.size(), complex(0, std::numeric_limits<double>::quiet_NaN()));
  }
  std::vector<complex> y;
  for (std::size_t i = 0; i < run_.result_count(); ++i)
    y.insert(y.end(), run_.result(i).begin(), run_.result(i).end());
  return y;
}

slopes<double> complex_steps::along(const point& direction, double) {
  const std::size_t n = base_.size();
  slopes<double> best{reals(n, 0.0), reals(n, infinite), std::vector<char>(n, false)};
  constexpr std::array<double, 4> steps{0x1p-70, 0x1.8p-71, 0x1.4p-72, 0x1.cp-73};
  std::array<reals, steps.size()> all;
  double size = 0;
  for (std::size_t s = 0; s < steps.size(); ++s)
    for (const complex& v : at(direction, steps[s])) {
      all[s].push_back(v.imag() / steps[s]);
      size = std::max(size, std::abs(all[s].back()));
    }
  for (std::size_t i = 0; i < n; ++i) {
    double low = infinite, high = -infinite;
    for (const reals& slope : all) low = std::min(low, slope[i]), high = std::max(high, slope[i]);
    if (!std::isfinite(low) || !std::isfinite(high)) continue;
    best.value[i] = all[0][i];
    best.bar[i] = 4 * (high - low) + 4 * unit_roundoff<double> * size;
  }
  return best;
}

template class differences<double>;
template class differences<real50>;

}  // namespace reel::check
