// SPDX-License-Identifier: MIT
// Normalization and dropout.
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/dist.hpp>
#include <reel/ops/elementary.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/neural.hpp>
#include <reel/ops/select.hpp>

#include <fmt/format.h>

namespace reel {
namespace {

operand at(const operand& x, const var& v) { return operand(v, x.where().file, x.where().line); }

// A number per channel as a factor of x [n, c, …].
var per_channel(const var& v, const shape& x) {
  if (v.shape() != shape{x[1]})
    throw error(errc::shape_mismatch,
                fmt::format("{} where a number for each of the {} channels of {} is needed.",
                            to_string(v.shape()), x[1], to_string(x)));
  std::vector<index_t> sizes(x.rank() - 1, 1);
  sizes[0] = x[1];
  return reshape(v, shape(sizes));
}
void check_channels(const shape& x) {
  if (x.rank() < 2)
    throw error(errc::shape_mismatch,
                fmt::format("{} has no axis of channels: it is [n, c, …].", to_string(x)));
}
axis_list all_but_channels(const shape& x) {
  axis_list axes{0};
  for (std::size_t i = 2; i < x.rank(); ++i) axes.axes.push_back(static_cast<int>(i));
  return axes;
}

// x less its mean, and 1/√(mean of its square + eps).
struct centred {
  var x, variance, rate;
  centred(const operand& v, const axis_list& axes, double eps)
      : x(v - mean(v, axes, keep)), variance(mean(square(x), axes, keep)), rate(rsqrt(variance + eps)) {}
};

void check_eps(double eps) {
  if (!(eps >= 0)) throw error(errc::invalid_argument, fmt::format("eps {}: it is from 0 on.", eps));
}

}  // namespace

var layer_norm(operand x, operand scale, operand shift, const axis_list& axes, double eps) {
  return composed("layer_norm", {x, scale, shift}, [&] {
    check_eps(eps);
    const centred c(x, axes, eps);
    return at(x, c.x * c.rate) * scale + shift;
  });
}

var rms_norm(operand x, operand scale, const axis_list& axes, double eps) {
  return composed("rms_norm", {x, scale}, [&] {
    check_eps(eps);
    return at(x, x * rsqrt(mean(square(x), axes, keep) + eps)) * scale;
  });
}

var group_norm(operand x, index_t groups, operand scale, operand shift, double eps) {
  return composed("group_norm", {x, scale, shift}, [&] {
    check_eps(eps);
    const shape s = x.variable().shape();
    check_channels(s);
    if (groups < 1 || s[1] % groups != 0)
      throw error(errc::invalid_argument,
                  fmt::format("{} groups do not divide the {} channels of {}.", groups, s[1], to_string(s)));
    scale = scale.sibling(x), shift = shift.sibling(x);
    const index_t each = groups * s[0] == 0 ? 0 : s.size() / (groups * s[0]);
    const centred c(at(x, reshape(x, shape{s[0], groups, each})), 2, eps);
    const var y = reshape(at(x, c.x * c.rate), s);
    return at(x, y * per_channel(scale.variable(), s)) + per_channel(shift.variable(), s);
  });
}

batch_normalized batch_norm(operand x, operand scale, operand shift, const batch_statistics& running,
                            const batch_norm_options& o) {
  batch_statistics next;
  const var y = composed("batch_norm", {x, scale, shift, running.mean, running.variance}, [&] {
    check_eps(o.eps);
    if (!(o.momentum >= 0 && o.momentum <= 1))
      throw error(errc::invalid_argument, fmt::format("momentum {}: it is from 0 to 1.", o.momentum));
    const shape s = x.variable().shape();
    check_channels(s);
    const index_t n = s[1] == 0 ? 0 : s.size() / s[1];
    if (n < 2)
      throw error(errc::invalid_argument,
                  fmt::format("{} has {} numbers per channel: a variance needs two.", to_string(s), n));
    scale = scale.sibling(x), shift = shift.sibling(x);
    const centred c(x, all_but_channels(s), o.eps);
    const auto update = [&](const var& old, const var& now) {
      return detach((1 - o.momentum) * old + o.momentum * reshape(at(x, now), shape{s[1]}));
    };
    const auto size = static_cast<double>(n);
    next.mean = update(running.mean, mean(x, all_but_channels(s), keep));
    next.variance = update(running.variance, c.variance * (size / (size - 1)));
    return at(x, c.x * c.rate) * per_channel(scale.variable(), s) + per_channel(shift.variable(), s);
  });
  return {y, next};
}

var batch_norm_by(operand x, operand scale, operand shift, const batch_statistics& running, double eps) {
  return composed("batch_norm_by", {x, scale, shift, running.mean, running.variance}, [&] {
    check_eps(eps);
    const shape s = x.variable().shape();
    check_channels(s);
    scale = scale.sibling(x), shift = shift.sibling(x);
    const var rate = rsqrt(running.variance + eps);
    return (x - per_channel(running.mean, s)) * per_channel(rate * scale, s) +
           per_channel(shift.variable(), s);
  });
}

// y = x/(1 − p) where a coin says so, else 0
var dropout(operand x, operand key, operand step, double p) {
  return composed("dropout", {x, key, step}, [&] {
    if (!(p >= 0 && p < 1)) throw error(errc::invalid_argument, fmt::format("p = {}: it is in [0, 1).", p));
    const var& v = x.variable();
    const var use = dist::fold_in(dist::key_beside(v, key), dist::key_beside(v, step));
    return where(dist::bernoulli(use, 1 - p, v.shape()), x / (1 - p), 0.0);
  });
}

}  // namespace reel
