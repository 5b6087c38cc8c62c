// SPDX-License-Identifier: MIT
// Checks along directions: cheaper than entry by entry, and each blind to something. They stand beside
// check::vjp, not in its place.
#pragma once

#include <reel/autodiff/check.hpp>

namespace reel::check {

// Whether Jv, found by transposing the rule, is what values moved along v say, for `probes` random v.
report jvp(const subject& s, const options& o = {}, int probes = 2);

// Whether ⟨Jv, w⟩ = ⟨v, Jᵀw⟩ in float, double and 50 digits, up to what rounding does to both sides.
// Forward mode is the transpose of the rule, so a wrong rule passes: it says that transposing works.
report adjoint(const subject& s, const options& o = {});

// The remainder |F(x + hv) − F(x) − h⟨x̄, v⟩| of F = ⟨ȳ, y⟩ falls with h² where x̄ is the gradient, and
// with h where it is not.
struct remainder {
  double step, size;
};
struct taylor_report {
  verdict outcome = verdict::inconclusive;
  std::string subject = {}, reason = {};
  double rate = 0;                     // the exponent of h; infinite where nothing remains
  std::vector<remainder> window = {};  // the steps it was taken from: above the noise, and asymptotic
  std::uint64_t seed = 0;
  explicit operator bool() const noexcept { return outcome == verdict::pass; }
};
taylor_report taylor(const subject& s, const options& o = {});
std::string to_string(const taylor_report& r);
std::string to_json(const taylor_report& r);
std::ostream& operator<<(std::ostream& os, const taylor_report& r);

}  // namespace reel::check
