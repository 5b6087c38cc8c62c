// SPDX-License-Identifier: MIT
// The oracle: derivatives from values alone. Along a direction the function is evaluated at nine points
// x + jhv, j = −4 … 4. They give the central difference of order 8; its distance from that of order 6
// bounds what cutting the series costs, their sixth to eighth differences measure the noise of the values
// (Moré & Wild, 2011), and both make the error bar. Of several steps the one with the smallest bar is
// kept. One-sided slopes that differ by as much at every step, between sides that are smooth, are a kink.
#pragma once

#include "check/replay.hpp"

namespace reel::check {

template <class T> constexpr double unit_roundoff = std::numeric_limits<T>::epsilon() / 2;
template <> inline constexpr double unit_roundoff<real50> = 0x1p-167;

using point = std::vector<reals>;  // an array of numbers per input

template <class T> struct slopes {
  std::vector<T> value;    // per element of all outputs, one after another
  reals bar;               // by how much it may be off; infinite where values are not finite
  std::vector<char> kink;  // whether there is none, because the slopes on the two sides differ
};

template <class T> class differences {
 public:
  differences(std::span<const var> y, std::span<const var> x, const point& at);

  // The slopes along a direction. `goal` is the relative error below which no further step is tried.
  slopes<T> along(const point& direction, double goal);
  const std::vector<T>& base() const { return base_; }  // the values at the point
  double cost() const { return run_.cost(); }           // the work of one evaluation, in seconds
  // What an op said that refused numbers beside the point; empty if none did. Where it does there are no
  // values, as at the edge of a domain.
  const std::string& refused() const { return refused_; }
  std::size_t evaluations() const { return evaluations_; }
  std::size_t outputs() const { return base_.size(); }

 private:
  std::vector<T> at(const point& direction, double step);
  double scale_of(const point& direction) const;

  replay<T> run_;
  point x_;
  std::vector<T> base_;
  std::string refused_;
  std::size_t evaluations_ = 0;
};

// The slope at 0 of a function of one number, and by how much it may be off.
template <class T> struct slope {
  T value{0};
  double bar = std::numeric_limits<double>::infinity();
};
template <class T> slope<T> slope_at_zero(const std::function<T(double)>& f, double scale, double goal);

// Im y(x + ihv)/h in double: no difference is taken, so h can be as small as one likes. What rounding
// does to it shows between steps that are no powers of two apart.
class complex_steps {
 public:
  complex_steps(std::span<const var> y, std::span<const var> x, const point& at);
  slopes<double> along(const point& direction, double goal);
  const reals& base() const { return base_; }
  double cost() const { return run_.cost(); }
  const std::string& refused() const { return refused_; }
  std::size_t evaluations() const { return evaluations_; }
  std::size_t outputs() const { return base_.size(); }

 private:
  std::vector<complex> at(const point& direction, double step);

  replay<complex> run_;
  point x_;
  reals base_;
  std::string refused_;
  std::size_t evaluations_ = 0;
};

}  // namespace reel::check
