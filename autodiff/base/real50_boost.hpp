// SPDX-License-Identifier: MIT
// real50 as Boost's number and back, for the sources of this folder that compute with Boost.
#pragma once

#include <reel/autodiff/real50.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>

#include <cstring>

namespace reel {

namespace mp = boost::multiprecision;
using big = mp::number<mp::cpp_bin_float<50>, mp::et_off>;

struct real50_access {
  using category = real50::category;

  static big open(const real50& x) {
    big y;  // +0
    auto& b = y.backend();
    switch (x.category_) {
      case category::zero:
        break;
      case category::infinite:
        y = std::numeric_limits<big>::infinity();
        break;
      case category::nan:
        y = std::numeric_limits<big>::quiet_NaN();
        break;
      case category::finite:
        b.bits().resize(3, 3);
        std::memcpy(b.bits().limbs(), x.mantissa_.data(), sizeof x.mantissa_);
        b.bits().normalize();
        b.exponent() = x.exponent_;
    }
    b.sign() = x.negative_;
    return y;
  }

  // Of a finite number: an integer whose first bit is the same for all of them.
  static mp::cpp_int mantissa(const real50& x) {
    mp::cpp_int m = x.mantissa_[2];
    for (const std::uint64_t limb : {x.mantissa_[1], x.mantissa_[0]}) m = (m << 64) | limb;
    return m;
  }

  static real50 close(const big& y) {
    real50 x;
    const auto& b = y.backend();
    using backend = std::remove_cvref_t<decltype(b)>;
    x.negative_ = b.sign();
    if (b.exponent() == backend::exponent_zero) x.category_ = category::zero;
    else if (b.exponent() == backend::exponent_infinity) x.category_ = category::infinite;
    else if (b.exponent() == backend::exponent_nan) x.category_ = category::nan;
    else {
      static_assert(sizeof(mp::limb_type) == 8 && backend::bit_count <= 192);
      x.category_ = category::finite;
      x.exponent_ = b.exponent();
      std::memcpy(x.mantissa_.data(), b.bits().limbs(), b.bits().size() * sizeof(mp::limb_type));
    }
    return x;
  }
};

}  // namespace reel
