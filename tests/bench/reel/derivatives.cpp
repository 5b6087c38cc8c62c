// SPDX-License-Identifier: MIT
// What derivatives cost: Jv against the value, Hv against the gradient, and the check of a whole network.
#include "derivatives.hpp"

#include "functions.hpp"

#include <reel/autodiff/check.hpp>
#include <reel/ops.hpp>

#include <stdexcept>

namespace bench {

namespace {

using reel::array;
using reel::index_t;
using reel::tape;
using reel::var;
using vars = std::vector<var>;

array<double> spread(std::initializer_list<std::size_t> shape, double scale) {
  const typename array<double>::shape_type sizes(shape.begin(), shape.end());
  array<double> a(sizes);
  for (std::size_t i = 0; i < a.size(); ++i)
    a.data()[i] = scale * (static_cast<double>(i * 7919 % 2003) / 1001.5 - 1 + 1e-3);
  return a;
}

array<index_t> labels_of(std::size_t rows) {
  array<index_t> labels = xt::zeros<index_t>({rows});
  for (std::size_t i = 0; i < rows; ++i) labels(i) = static_cast<index_t>(i % 10);
  return labels;
}

// A function of parameters, which come first, and of data.
struct workload {
  const char* name;
  std::size_t size;
  std::function<var(const vars& x, const vars& indices)> loss;
  std::vector<array<double>> x;
  std::vector<array<index_t>> indices;
  std::size_t parameters;
};

workload network() {
  const std::size_t rows = 128;
  return {
      "MLP 784-128-10",
      rows,
      [](const vars& w, const vars& labels) {
        return mean(softmax_cross_entropy(matmul(tanh(matmul(w[4], w[0]) + w[1]), w[2]) + w[3], labels[0]));
      },
      {spread({784, 128}, 0.05), spread({128}, 0.1), spread({128, 10}, 0.1), spread({10}, 0.1),
       spread({rows, 784}, 1)},
      {labels_of(rows)},
      4};
}

workload chain() {
  const std::size_t n = 1000;
  return {"chain of 10 logsumexp",
          n,
          [](const vars& v, const vars&) {
            var y = v[0];
            for (int i = 0; i < 10; ++i) y = 0.1 * y * logsumexp(y);
            return logsumexp(y);
          },
          {spread({n}, 2)},
          {},
          1};
}

arguments<double> with_direction(const workload& w) {
  arguments<double> given{w.x, w.indices};
  for (std::size_t i = 0; i < w.parameters; ++i) given.reals.push_back(w.x[i] * 0.5);
  return given;
}

// Records what `make` does with the loss, its parameters and a direction.
template <class Make> contender timed(const char* name, const workload& w, const Make& make) {
  const auto count = static_cast<std::ptrdiff_t>(w.parameters);
  const recorder record = [=, loss = w.loss](tape&, const vars& reals, const vars& indices) {
    const vars parameters(reals.begin(), reals.begin() + count), along(reals.end() - count, reals.end());
    return make(loss(reals, indices), parameters, along);
  };
  contender c = frozen(name, record, with_direction(w));
  c.results = nullptr;  // each computes something else
  return c;
}

row jvp_row(const workload& w) {
  return {
      std::string(w.name) + ", value and Jv", w.size, "double", 1, [w](const choice&) {
        return contenders{
            timed("value", w, [](const var& y, const vars&, const vars&) { return vars{y}; }),
            timed("Jv", w, [](const var& y, const vars& x, const vars& v) { return jvp(vars{y}, x, v); })};
      }};
}

row hvp_row(const workload& w) {
  return {
      std::string(w.name) + ", gradient and Hv", w.size, "double", 1, [w](const choice&) {
        return contenders{
            timed("gradient", w, [](const var& y, const vars& x, const vars&) { return grad(y, x); }),
            timed("Hv", w, [](const var& y, const vars& x, const vars& v) { return jvp(grad(y, x), x, v); })};
      }};
}

// The check of a network must pass, and notice an error of 1e-6.
template <class F> contender checked(const char* name, const F& activation) {
  const auto loss = [=](const std::array<var, 2>& w, const var& x, const var& labels) {
    return mean(softmax_cross_entropy(matmul(activation(matmul(x, w[0])), w[1]), labels));
  };
  const std::array<array<double>, 2> weights{spread({784, 126}, 0.05), spread({126, 10}, 0.1)};
  const auto x = spread({16, 784}, 1);
  const auto labels = labels_of(16);
  return {name,
          maker::reel,
          [=] {
            const auto r = reel::check::function(loss, std::tuple(weights, x, labels));
            if (!r || r.detection_limit > 1e-6) throw std::runtime_error(to_string(r));
          },
          {}};
}

}  // namespace

std::vector<row> derivative_rows() {
  std::vector<row> rows;
  for (const workload& w : {network(), chain()}) rows.push_back(jvp_row(w)), rows.push_back(hvp_row(w));
  rows.push_back({"check::function, MLP of 100,044 parameters", 16, "double", 1, [](const choice&) {
                    return contenders{checked("tanh", [](const var& v) { return tanh(v); }),
                                      checked("relu", [](const var& v) { return relu(v); })};
                  }});
  return rows;
}

}  // namespace bench
