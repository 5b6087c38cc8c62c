// SPDX-License-Identifier: MIT
#pragma once

#include "check/rule.hpp"

namespace reel::check {

// F = ⟨ȳ, y⟩ moved along a line.
template <class T> class line_of {
 public:
  line_of(const rule& r, const point& v, const point& ybar) : r_(r), v_(v), ybar_(ybar), run_(r.y, r.x) {}
  T operator()(double h) { return at(convert(h)); }
  // At x + hv; h may be imaginary.
  T at(const T& h) {
    for (std::size_t i = 0; i < v_.size(); ++i)
      for (std::size_t k = 0; k < v_[i].size(); ++k) run_.given(i)[k] = T(r_.at[i][k]) + T(h) * T(v_[i][k]);
    run_.run();
    T sum(0);
    size_ = 0;
    for (std::size_t i = 0; i < ybar_.size(); ++i)
      for (std::size_t k = 0; k < ybar_[i].size(); ++k) {
        const T term = convert(ybar_[i][k]) * run_.result(i)[k];
        sum = sum + term;
        size_ += magnitude(term);
      }
    return sum;
  }
  double size() const { return size_; }  // of the terms

 private:
  static T convert(double x) { return num::convert<T>(x); }
  static double magnitude(const T& x) {
    if constexpr (std::same_as<T, complex>) return std::abs(x);
    else return std::abs(static_cast<double>(x));
  }

  const rule& r_;
  const point& v_;
  const point& ybar_;
  replay<T> run_;
  double size_ = 0;
};

}  // namespace reel::check
