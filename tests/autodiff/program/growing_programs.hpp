// SPDX-License-Identifier: MIT
// Programs of any length, each long in a way of its own: what takes time in proportion to the square of
// something takes it here.
#pragma once

#include <reel/autodiff.hpp>
#include <reel/ops.hpp>

#include <functional>
#include <string>
#include <vector>

namespace reel::test {

struct growing_program {
  const char* name;
  std::size_t length;  // where it has some ten thousand nodes
  std::function<freeze_request(tape&, std::size_t)> record;
};

namespace growing {

// Its value and slope in one scalar.
inline freeze_request slope_of(tape& t, const std::function<var(const var&)>& f) {
  const var x = t.input(array<double>(0.5)), y = f(x);
  return {.outputs = {y, grad(y, x)}, .inputs = {x}};
}

inline array<double> filled(const shape& s, double number) {
  array<double> a = make_array<double>(s);
  a.fill(number);
  return a;
}

// An op with an attribute that no one can look into.
class opaque_op {
 public:
  static constexpr auto name = "opaque";
  static constexpr bool elementwise = true;
  explicit opaque_op(double k = 1) : k_(k) {}
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * T(k_);
  }
  var vjp(var ybar, var, var) const { return ybar * k_; }
  bool operator==(const opaque_op& other) const { return k_ == other.k_; }

 private:
  double k_;
};

inline freeze_request layers(tape& t, std::size_t n, index_t rows, const shape& s) {
  var h = t.input({rows, s[0]});
  freeze_request r{.inputs = {h}};
  std::vector<var> w;
  for (std::size_t i = 0; i < n; ++i) {
    w.push_back(t.state(filled(s, 0.01)));
    h = tanh(s[0] == s[1] ? matmul(h, w.back()) : h + sum(matmul(h, w.back()), 1, keep));
  }
  const var loss = mean(square(h));
  r.outputs = {loss}, r.check_finite = {loss};
  const auto g = grad(loss, w);
  for (std::size_t i = 0; i < n; ++i) {
    r.updates.push_back({w[i], w[i] - 0.1 * g[i]});
    r.check_finite.push_back(g[i]);
  }
  return r;
}

// The determinant of a matrix by expansion along rows: a sum of products of smaller ones.
inline var determinant(const std::vector<std::vector<var>>& m) {
  if (m.size() == 1) return m[0][0];
  var sum;
  for (std::size_t c = 0; c < m.size(); ++c) {
    std::vector<std::vector<var>> minor;
    for (std::size_t r = 1; r < m.size(); ++r) {
      minor.push_back(m[r]);
      minor.back().erase(minor.back().begin() + static_cast<std::ptrdiff_t>(c));
    }
    const var term = m[0][c] * determinant(minor);
    sum = c == 0 ? term : c % 2 == 1 ? sum - term : sum + term;
  }
  return sum;
}

}  // namespace growing

inline freeze_request determinant_program(tape& t, std::size_t n) {
  return growing::slope_of(t, [n](const var& x) {
    std::vector<std::vector<var>> m(n, std::vector<var>(n));
    for (std::size_t r = 0; r < n; ++r)
      for (std::size_t c = 0; c < n; ++c) m[r][c] = x * (2.0 + static_cast<double>(r * r + 3 * c));
    return growing::determinant(m);
  });
}

inline std::vector<growing_program> growing_programs() {
  using namespace growing;
  return {
      {"a chain of tanh", 3000,
       [](tape& t, std::size_t n) {
         return slope_of(t, [n](var y) {
           for (std::size_t i = 0; i < n; ++i) y = tanh(y);
           return y;
         });
       }},
      {"logistic steps", 1000,
       [](tape& t, std::size_t n) {
         return slope_of(t, [n](const var& a) {
           var u = a;
           for (std::size_t i = 0; i < n; ++i) u = u + 0.001 * (a * u - u * u);
           return u;
         });
       }},
      {"a chain of vectors, op by op", 2000,
       [](tape& t, std::size_t n) {
         const var x = t.input(shape{3}), z = t.input(shape{3});
         var y = x;
         for (std::size_t i = 0; i < n; ++i) y = exp(y * z) - y;
         return freeze_request{.outputs = {y, grad(sum(y), x)},
                               .inputs = {x, z},
                               .disabled_passes = {"elementwise_fusion", "operand_reuse"}};
       }},
      {"a new constant in each term", 2000,
       [](tape& t, std::size_t n) {
         return slope_of(t, [n](const var& x) {
           var y = 0.0 * x;
           for (std::size_t i = 0; i < n; ++i) y = y + square(x * (1.0 / static_cast<double>(i + 2)));
           return y;
         });
       }},
      {"slices of one tensor", 2000,
       [](tape& t, std::size_t n) {
         const var x = t.input(shape{static_cast<index_t>(n), 2});
         var y = slice(x, 0, 0, 1);
         for (std::size_t i = 1; i < n; ++i)
           y = tanh(y + slice(x, 0, static_cast<index_t>(i), static_cast<index_t>(i + 1)));
         return freeze_request{.outputs = {y}, .inputs = {x}};
       }},
      {"ops whose attributes cannot be told apart", 4000,
       [](tape& t, std::size_t n) {
         const var x = t.input(shape{2});
         var y = x;
         for (std::size_t i = 0; i < n; ++i) y = y + apply(opaque_op(static_cast<double>(i)), x);
         return freeze_request{.outputs = {y}, .inputs = {x}};
       }},
      {"many outputs, some of them inputs", 2000,
       [](tape& t, std::size_t n) {
         const var x = t.input(shape{2});
         freeze_request r{.inputs = {x}};
         for (std::size_t i = 0; i < n; ++i) {
           r.outputs.push_back(i % 2 == 0 ? x * static_cast<double>(i) : x / 1.0);
           r.outputs.push_back(r.outputs.back());
         }
         return r;
       }},
      {"many inputs", 2000,
       [](tape& t, std::size_t n) {
         freeze_request r;
         var y = t.constant(shape{2}, 0.0);
         for (std::size_t i = 0; i < n; ++i) {
           r.inputs.push_back(t.input(shape{1, 2}));
           y = y + tanh(reshape(r.inputs.back(), {2}));
         }
         r.outputs = {y};
         return r;
       }},
      {"states that are checked and exchanged", 2000,
       [](tape& t, std::size_t n) {
         std::vector<var> s;
         for (std::size_t i = 0; i < n; ++i) s.push_back(t.state(filled({3}, 1)));
         freeze_request r{.outputs = {s[0]}};
         for (std::size_t i = 0; i < n; ++i) {
           r.updates.push_back({s[i], i % 3 == 0 ? s[(i + 1) % n] : s[i] * 0.5 + s[(i + 7) % n]});
           r.check_finite.push_back(r.updates.back().next);
         }
         return r;
       }},
      {"layers, their states updated where they are", 700,
       [](tape& t, std::size_t n) {
         return layers(t, n, 4, {64, 64});
       }},
      {"layers of narrow states", 600,
       [](tape& t, std::size_t n) {
         return layers(t, n, 4, {80, 3});
       }},
      {"softmax beside logsumexp", 700,
       [](tape& t, std::size_t n) {
         const var x = t.input(shape{2, 5});
         var y = x;
         for (std::size_t i = 0; i < n; ++i) y = y * reshape(logsumexp(y), {2, 1});
         return freeze_request{.outputs = {y, grad(sum(y), x)}, .inputs = {x}};
       }},
      {"what no one needs", 3000,
       [](tape& t, std::size_t n) {
         const var x = t.input(shape{2});
         var y = x;
         for (std::size_t i = 0; i < n; ++i) y = tanh(y) * x;
         return freeze_request{.outputs = {x + x}, .inputs = {x}, .disabled_passes = {"dead_code"}};
       }},
  };
}

}  // namespace reel::test
