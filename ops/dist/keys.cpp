// SPDX-License-Identifier: MIT
#include "keys.hpp"

#include <reel/autodiff/special_functions.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/dist.hpp>
#include <reel/ops/elementary.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/ops/select.hpp>
#include <reel/ops/special.hpp>

#include <fmt/format.h>

#include <cmath>

namespace reel::dist {

words random_words(index_t key, index_t counter, purpose what) {
  const auto low = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
  const auto k = static_cast<std::uint64_t>(key), n = static_cast<std::uint64_t>(counter);
  words c{low(n), low(n >> 32), static_cast<std::uint32_t>(what), 0x7265656cu};  // apart from other users
  std::uint32_t k0 = low(k), k1 = low(k >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * c[0], b = std::uint64_t{0xCD9E8D57u} * c[2];
    c = {low(b >> 32) ^ c[1] ^ k0, low(b), low(a >> 32) ^ c[3] ^ k1, low(a)};
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  return c;
}

var key_beside(const var& beside, const operand& key) {
  if (!key.is_number()) return key.sibling(operand(beside)).variable();
  const double number = key.number();
  if (number != std::floor(number) || !(std::abs(number) <= 0x1p53))
    throw error(errc::invalid_argument,
                fmt::format("{} is no key: it is a whole number up to 2^53.", number));
  return scalar_constant(beside, number, kind::index, key.where());
}

namespace {

index_t new_key(const words& w) { return static_cast<index_t>(first_bits(w) >> 1); }

struct split_op {
  static constexpr auto name = "split_key";
  static constexpr bool analytic = true;
  index_t n = 0;
  shape infer(const shape& key) const {
    if (key.size() != 1) throw error(errc::shape_mismatch, fmt::format("{} is not one key.", to_string(key)));
    if (n < 0) throw error(errc::invalid_argument, fmt::format("{} keys.", n));
    return {n};
  }
  template <class T> void eval(out<index_t> y, in<index_t> key) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = new_key(random_words(key[0], i, purpose::split));
  }
  bool operator==(const split_op&) const = default;
};

struct fold_in_op {
  static constexpr auto name = "fold_in";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& key, const shape& number) const { return same_shape(key, number); }
  template <class T> void eval(out<index_t> y, in<index_t> key, in<index_t> number) const {
    for (index_t i = 0, n = y.size(); i < n; ++i)
      y[i] = new_key(random_words(key[i], number[i], purpose::fold_in));
  }
  bool operator==(const fold_in_op&) const = default;
};

// Which distribution is inverted, and of uniform numbers how they are rounded.
enum class draws { uniform, probability, normal, laplace, logistic, exponential, gumbel };

// Of a probability p in (0, 1), an odd multiple of 2^−53.
double inverse(draws what, double p) {
  switch (what) {
    case draws::normal:
      return num::ndtri(p);
    case draws::laplace:
      return p < 0.5 ? std::log(2 * p) : -std::log(2 * (1 - p));
    case draws::logistic:
      return std::log(p) - std::log1p(-p);
    case draws::exponential:
      return -std::log1p(-p);
    case draws::gumbel:
      return -std::log(-std::log(p));
    default:
      return p;
  }
}

// Random numbers of one key; computed in double, so that all number types draw the same.
struct draw_op {
  static constexpr auto name = "draw";
  static constexpr bool analytic = true;
  draws what = draws::uniform;
  reel::shape to;
  shape infer(const shape& key) const {
    if (key.size() != 1) throw error(errc::shape_mismatch, fmt::format("{} is not one key.", to_string(key)));
    return to;
  }
  template <class T> void eval(out<T> y, in<index_t> key) const {
    words w{};
    for (index_t i = 0, n = y.size(); i < n; ++i) {
      if (i % 2 == 0) w = random_words(key[0], i / 2, purpose::draw);
      const std::uint64_t bits = i % 2 == 0 ? first_bits(w) : second_bits(w);
      if (what != draws::uniform)
        y[i] = num::convert<T>(inverse(what, (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52));
      else if constexpr (std::same_as<T, float>) y[i] = static_cast<float>(bits >> 40) * 0x1p-24f;
      else y[i] = num::convert<T>(static_cast<double>(bits >> 11) * 0x1p-53);
    }
  }
  var vjp(var, var, var) const { return none; }
  bool operator==(const draw_op&) const = default;
};

var draw(draws what, const operand& key, const shape& s) { return apply(draw_op{what, s}, key); }

// True with probability p, decided in double.
struct coins_op {
  static constexpr auto name = "coins";
  static constexpr bool analytic = true;
  double p = 0;
  reel::shape to;
  shape infer(const shape& key) const {
    if (key.size() != 1) throw error(errc::shape_mismatch, fmt::format("{} is not one key.", to_string(key)));
    if (!(p >= 0 && p <= 1)) throw error(errc::invalid_argument, fmt::format("probability {}.", p));
    return to;
  }
  template <class T> void eval(out<bool> y, in<index_t> key) const {
    words w{};
    for (index_t i = 0, n = y.size(); i < n; ++i) {
      if (i % 2 == 0) w = random_words(key[0], i / 2, purpose::draw);
      y[i] = static_cast<double>((i % 2 == 0 ? first_bits(w) : second_bits(w)) >> 11) * 0x1p-53 < p;
    }
  }
  bool operator==(const coins_op&) const = default;
};

// The shape that some operands have together, and a var among them.
struct parameters {
  reel::shape shape;
  parameters(std::initializer_list<const operand*> all) {
    for (const operand* x : all) {
      if (x->is_number()) continue;
      shape = broadcast_shape(shape, x->variable().shape());
    }
  }
};

// location + scale·noise
var located(const char* name, draws what, operand key, operand location, operand scale) {
  return composed(name, {key, location, scale}, [&] {
    location = location.sibling(key), scale = scale.sibling(key);
    const var noise = draw(what, key, parameters({&location, &scale}).shape);
    return location + scale * noise;
  });
}

}  // namespace

var split(operand key, index_t n) { return apply(split_op{n}, key); }
var fold_in(operand key, operand number) {
  return composed(fold_in_op::name, {key, number}, [&] {
    const var& k = key.is_var() ? key.variable() : number.variable();
    return apply_broadcast(fold_in_op{}, operand(key_beside(k, key)), operand(key_beside(k, number)));
  });
}

var uniform(operand key, const shape& s) { return draw(draws::uniform, key, s); }
var normal(operand key, const shape& s) { return draw(draws::normal, key, s); }
var normal(operand key, operand mean, operand scale) {
  return located("normal", draws::normal, key, mean, scale);
}
var laplace(operand key, operand location, operand scale) {
  return located("laplace", draws::laplace, key, location, scale);
}
var logistic(operand key, operand location, operand scale) {
  return located("logistic", draws::logistic, key, location, scale);
}
var gumbel(operand key, operand location, operand scale) {
  return located("gumbel", draws::gumbel, key, location, scale);
}
var exponential(operand key, operand rate) {
  return composed("exponential", {key, rate}, [&] {
    rate = rate.sibling(key);
    return draw(draws::exponential, key, parameters({&rate}).shape) / rate;
  });
}
var weibull(operand key, operand shape, operand scale) {
  return composed("weibull", {key, shape, scale}, [&] {
    shape = shape.sibling(key), scale = scale.sibling(key);
    const var noise = draw(draws::exponential, key, parameters({&shape, &scale}).shape);
    const operand power = shape.is_number() ? operand(1 / shape.number()) : operand(1.0 / shape);
    return scale * pow(noise, power);
  });
}
var gamma(operand key, operand a, operand rate) {
  return composed("gamma", {key, a, rate}, [&] {
    a = a.sibling(key), rate = rate.sibling(key);
    const var p = draw(draws::probability, key, parameters({&a, &rate}).shape);
    return gammaincinv(a, p) / rate;
  });
}
var beta(operand key, operand a, operand b) {
  return composed("beta", {key, a, b}, [&] {
    a = a.sibling(key), b = b.sibling(key);
    const reel::shape s = parameters({&a, &b}).shape;
    const var x = gammaincinv(a, draw(draws::probability, fold_in(key, 1), s));
    const var y = gammaincinv(b, draw(draws::probability, fold_in(key, 2), s));
    return x / (x + y);
  });
}
var dirichlet(operand key, operand a) {
  return composed("dirichlet", {key, a}, [&] {
    a = a.sibling(key);
    const var x = gammaincinv(a, draw(draws::probability, key, a.variable().shape()));
    return x / sum(x, -1, keep);
  });
}
// A normal number over the root of a chi-square's mean, which is a gamma of a = df/2 over a.
var student_t(operand key, operand df, operand location, operand scale) {
  return composed("student_t", {key, df, location, scale}, [&] {
    df = df.sibling(key), location = location.sibling(key), scale = scale.sibling(key);
    const reel::shape s = parameters({&df, &location, &scale}).shape;
    const var p = draw(draws::probability, fold_in(key, 1), s),
              noise = draw(draws::normal, fold_in(key, 2), s);
    const var a = broadcast_to(0.5 * (df + zeros_like(p)), s);
    return location + scale * (noise * rsqrt(gammaincinv(a, p) / a));
  });
}
var bernoulli(operand key, double p, const shape& s) { return apply(coins_op{p, s}, key); }
var bernoulli(operand key, operand p) {
  return composed("bernoulli", {key, p}, [&] {
    p = p.sibling(key);
    return draw(draws::uniform, key, parameters({&p}).shape) < p;
  });
}
var categorical(operand key, operand logits) {
  return composed("categorical", {key, logits}, [&] {
    logits = logits.sibling(key);
    return argmax(logits + draw(draws::gumbel, key, logits.variable().shape()), -1);
  });
}

}  // namespace reel::dist
