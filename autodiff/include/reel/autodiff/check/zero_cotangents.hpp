// SPDX-License-Identifier: MIT
// Where reverse mode may be silent: a cotangent that is 0 by arithmetic and meets an infinite slope. The
// product is taken as 0, as for what a where() did not take; the right derivative may be another one.
#pragma once

#include <reel/autodiff/check/subject.hpp>

#include <iosfwd>

namespace reel::check {

struct zero_cotangent {
  std::string op = {};           // whose rule multiplies
  source_location where = {};    // the line it was recorded on
  std::vector<index_t> at = {};  // the first element at which it happens
  double cotangent = 0, slope = 0;
  std::size_t elements = 0;  // at how many it does
};

// All of them in the derivative of the sum of a subject's outputs by its inputs, in the order they were
// recorded; none where that derivative can be trusted. A training step can be watched for the same:
// watch_zero_cotangents() of <reel/autodiff/zero_cotangents.hpp>, which also says which zeros are let pass.
std::vector<zero_cotangent> zero_cotangents(const subject& s);

// "sqrt (model.cpp:12): the cotangent is 0 and the slope inf at [3], and at 2 more elements"
std::string to_string(const zero_cotangent& z);
std::ostream& operator<<(std::ostream& os, const zero_cotangent& z);

}  // namespace reel::check
