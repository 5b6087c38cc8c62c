// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/zero_cotangents.hpp>

#include <reel/autodiff/zero_cotangents.hpp>

#include <reel/autodiff/node.hpp>
#include <reel/autodiff/sweep.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <ostream>

namespace reel::check {

namespace {

std::vector<index_t> position(const shape& s, index_t i) {
  std::vector<index_t> at(s.rank());
  for (std::size_t k = s.rank(); k-- > 0; i /= s[k]) at[k] = i % s[k];
  return at;
}

}  // namespace

std::vector<zero_cotangent> zero_cotangents(const subject& s) {
  std::vector<var> ones;
  for (const var& y : s.outputs()) ones.push_back(ones_like(y));
  const std::vector<var> xbar = reel::vjp(s.outputs(), s.inputs(), ones);
  std::vector<zero_cotangent> found;
  for (const detail::zero_product& p : detail::zero_products(xbar)) {
    const array<double> product = p.product.value(), cotangent = p.cotangent.value(), slope = p.slope.value();
    const array<bool> open = p.open.value<bool>();
    zero_cotangent z;
    for (index_t i = 0; i < p.product.shape().size(); ++i) {
      const double a = cotangent.data()[i], d = slope.data()[i];
      if (!open.data()[i] || product.data()[i] != 0 || (std::isfinite(a) && std::isfinite(d))) continue;
      if (z.elements++ > 0) continue;
      z.at = position(p.product.shape(), i), z.cotangent = a + 0.0, z.slope = d + 0.0;
    }
    if (z.elements == 0) continue;
    const node_info node = node_at(s.tape(), p.node);
    z.op = node_at(s.tape(), node.origin).op;
    z.where = node.where;
    found.push_back(std::move(z));
  }
  return found;
}

std::string to_string(const zero_cotangent& z) {
  const std::string where = reel::to_string(z.where);
  const std::string at = z.at.empty() ? "" : fmt::format(" at [{}]", fmt::join(z.at, ", "));
  const std::string more = z.elements == 1 ? "" : fmt::format(", and at {} more elements", z.elements - 1);
  return fmt::format("{}{}: the cotangent is {} and the slope {}{}{}", z.op,
                     where.empty() ? "" : " (" + where + ")", z.cotangent, z.slope, at, more);
}
std::ostream& operator<<(std::ostream& os, const zero_cotangent& z) { return os << to_string(z); }

}  // namespace reel::check
