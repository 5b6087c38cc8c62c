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

// The smallest number moved; 1 if all are 0.
template <class T> double differences<T>::scale_of(const point& direction) const {
  double smallest = infinite;
  for (std::size_t i = 0; i < x_.size(); ++i)
    for (std::size_t k = 0; k < x_[i].size(); ++k)
      if (direction[i][k] != 0 && x_[i][k] != 0)
        smallest = std::min(smallest, std::abs(x_[i][k] / direction[i][k]));
  return std::isinf(smallest) ? 1 : smallest;
}

namespace {

// What a sequence of ever other steps says of one output.
template <class T> class best_slope {
 public:
  T value{0};
  double bar = infinite;

  void add(const stencil<T>& s) {
    const T v = s.order8();
    const double b = s.bar(), h = magnitude(s.step), apart = magnitude(v - value);
    const bool is_first = std::isinf(bar), smaller = h < step_;
    if (h < smallest_step_ && s.tells()) {
      smallest_step_ = h;
      kinks_ = s.kinked() ? kinks_ + 1 : 0;
    }
    if (!is_first && apart > bar + b) {  // of two that contradict each other, a large step is wrong
      if (smaller) *this = with(v, b, h);
    } else if (b < bar) {
      *this = with(v, is_first ? b : std::max(b, std::min(apart, bar)), h);
    } else if (!is_first) {
      bar = std::max(bar, std::min(apart - b, b));
    }
  }
  // Steps of another scale follow. They decide anew, if they tell anything.
  void another_scale() {
    kinks_before_ = seen_kink();
    kinks_ = 0;
    smallest_step_ = infinite;
  }
  bool seen_kink() const { return smallest_step_ < infinite ? kinks_ >= least_kinks : kinks_before_; }

 private:
  static constexpr int least_kinks = 2;

  best_slope with(const T& v, double b, double h) const {
    best_slope other = *this;
    other.value = v, other.bar = b, other.step_ = h;
    return other;
  }
  double step_ = infinite, smallest_step_ = infinite;
  int kinks_ = 0;  // of the smallest steps that tell, how many see a kink
  bool kinks_before_ = false;
};

}  // namespace

template <class T> slopes<T> differences<T>::along(const point& direction, double goal) {
  constexpr double floor = std::same_as<T, real50> ? 0x1p-40 : 0x1p-8;
  const std::size_t n = base_.size();
  std::vector<best_slope<T>> best(n);
  double slopes_size = 0, values_size = 0;  // the scale of `goal`
  for (const T& y : base_) values_size = std::max(values_size, magnitude(y));
  std::array<std::vector<T>, 2 * reach + 1> f;
  f[reach] = base_;
  const double scale = scale_of(direction), moderate = std::clamp(scale, floor, 1.0);
  // Whether all are as good as wanted, after steps that are fractions of a power of two, so that they are
  // exact.
  const auto is_done = [&](double of) {
    for (const int e : exponents<T>) {
      const double step = std::ldexp(std::exp2(std::floor(std::log2(of))), -e);
      if (step == 0 || !std::isfinite(reach * step)) continue;
      for (int j = 1; j <= reach; ++j) {
        f[static_cast<std::size_t>(reach + j)] = at(direction, j * step);
        f[static_cast<std::size_t>(reach - j)] = at(direction, -j * step);
      }
      bool done = true;
      for (std::size_t i = 0; i < n; ++i) {
        stencil<T> s{.f = {}, .step = T(step)};
        for (std::size_t p = 0; p < f.size(); ++p) s.f[p] = f[p][i];
        if (s.finite()) best[i].add(s), slopes_size = std::max(slopes_size, magnitude(best[i].value));
        else done = false;
      }
      const double size = std::max(slopes_size, 1e-3 * values_size / std::max(scale, 1.0));
      if (done && std::ranges::all_of(best, [&](const auto& b) { return b.bar <= goal * size; })) return true;
    }
    return false;
  };
  // Moderate steps are better for rounding; numbers far below or above them need their own.
  if (!is_done(moderate) && scale != moderate) {
    for (auto& b : best) b.another_scale();
    is_done(scale);
  }
  slopes<T> all;
  for (const auto& b : best) {
    all.value.push_back(b.value);
    all.bar.push_back(b.bar);
    all.kink.push_back(b.seen_kink() && std::isfinite(b.bar) && b.bar > 1e-4 * slopes_size);
  }
  return all;
}

template <class T> slope<T> slope_at_zero(const std::function<T(double)>& f, double scale, double goal) {
  best_slope<T> best;
  const T start = f(0);
  for (const int e : exponents<T>) {
    const double h = std::ldexp(scale, -e);
    stencil<T> s{.f = {}, .step = T(h)};
    for (int j = -reach; j <= reach; ++j)
      s.f[static_cast<std::size_t>(reach + j)] = j == 0 ? start : f(j * h);
    if (!s.finite()) continue;
    best.add(s);
    if (best.bar <= goal * std::max(magnitude(best.value), 1e-3 * magnitude(start))) break;
  }
  return {best.value, best.bar};
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
