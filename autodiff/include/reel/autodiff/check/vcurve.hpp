// SPDX-License-Identifier: MIT
// The error of differences against their step: it falls with the step until rounding takes over, and
// rises again. How deep the V reaches is how well a method can check, in a number type.
#pragma once

#include <reel/autodiff/check.hpp>

namespace reel::check {

struct curve {
  std::string method = {};  // "forward", "central", "sixth order", "Ridders", "complex step"
  dtype number = dtype::f64;
  struct sample {
    double step, error;  // of the slope of ⟨ȳ, y⟩ along a direction, relative
  };
  std::vector<sample> points = {};
  sample best() const;  // the tip of the V
};

// Every method in every number type the subject has bodies for, against the oracle in 50 digits (in
// double, where there are none).
struct vcurves {
  std::string subject = {};
  std::vector<curve> curves = {};
  std::string reason = {};  // why some are missing: a refusal, or the work it would take
  std::uint64_t seed = 0;
};
vcurves vcurve(const subject& s, const options& o = {});

std::string to_string(const vcurves& v);  // drawn in 64 columns, with the tips
std::string to_csv(const vcurves& v);     // method,number,step,error
std::string to_json(const vcurves& v);
std::string to_svg(const vcurves& v);
std::ostream& operator<<(std::ostream& os, const vcurves& v);

}  // namespace reel::check
