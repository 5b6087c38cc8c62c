// SPDX-License-Identifier: MIT
// States that are kept transposed: they look like any other, and results stay within the bound of another
// order of summation.
#include "ops/regression.hpp"

#include <cmath>
#include <functional>

using namespace reel;
using namespace reel::test;

BOOST_AUTO_TEST_SUITE(layouts)

BOOST_AUTO_TEST_CASE(a_transposed_state_looks_like_any_other) {
  for (const index_t rows : {1, 7, 300}) {
    regression r(rows, 100, 7);
    const program relaid = r.without({}), straight = r.without({"layout_assignment"});
    BOOST_TEST(explains(relaid, "2 narrow states") != explains(straight, "2 narrow states"));
    instance<float> start(relaid);
    BOOST_TEST((start.state(0) == r.w));
    const outcome a = three_steps(relaid, r), b = three_steps(straight, r);
    const double u = 0x1p-24;
    for (std::size_t i = 0; i < a.losses.size(); ++i)
      BOOST_TEST(std::fabs(a.losses[i] - b.losses[i]) <= 500 * u);
    for (std::size_t i = 0; i < a.w.size(); ++i) {
      BOOST_TEST(std::fabs(static_cast<double>(a.w.data()[i] - b.w.data()[i])) <= 500 * u);
      BOOST_TEST(std::fabs(static_cast<double>(a.v.data()[i] - b.v.data()[i])) <= 500 * u);
    }
    start.set_state(0, a.w);
    BOOST_TEST((start.state(0) == a.w));
  }
}

// As if there were more features that are always 0: not where these would make an update that is not.
BOOST_AUTO_TEST_CASE(rows_of_a_transposed_state_end_with_zeros_where_these_stay) {
  const auto w0 = filled({100, 5}, 1, 1), x0 = filled({3, 100}, 1, 2);
  const auto step = [&](const std::function<var(const var&, const var&)>& next) {
    tape t;
    const var w = t.state(w0), x = t.input(x0), loss = sum(square(matmul(x, w)));
    return freeze({.outputs = {loss}, .updates = {{w, next(w, grad(loss, w))}}, .inputs = {x}});
  };
  const program linear = step([](const var& w, const var& g) { return 0.9 * w - 0.1 * g; });
  const program root = step([](const var& w, const var& g) { return w - 0.1 * sqrt(g * g); });
  const program one = step([](const var& w, const var& g) { return w - 0.1 * exp(g); });
  const program undefined = step([](const var& w, const var& g) { return w - 1e-3 * g / abs(g); });
  BOOST_TEST(explains(linear, "[5x112]"));
  BOOST_TEST(explains(root, "[5x112]"));
  BOOST_TEST(explains(one, "[5x100]"));
  BOOST_TEST(explains(undefined, "[5x100]"));
  {
    tape t;
    const var w = t.state(w0), x = t.input(x0), p = t.input(shape{}), loss = sum(square(matmul(x, w)));
    const var power = 1e-3 * pow(square(w), broadcast_to(p, w.shape()));
    const program inverse = freeze({.outputs = {loss}, .updates = {{w, w - power}}, .inputs = {x, p}});
    BOOST_TEST(explains(inverse, "[5x100]"), inverse.explain());
  }
  for (const program* const p : {&linear, &root, &one, &undefined}) {
    instance<float> i(*p);
    BOOST_TEST((i.state(0) == w0));
    i.run(x0);
    BOOST_TEST(std::isfinite(i.item()));
    const auto after = i.state(0);
    i.set_state(0, after);
    BOOST_TEST((i.state(0) == after));
  }
}

BOOST_AUTO_TEST_CASE(a_state_that_something_reads_as_it_is_stays) {
  tape t;
  const var w = t.state(filled({100, 5}, 1, 1)), x = t.input(filled({3, 100}, 1, 2));
  const var y = matmul(x, w), next = w + 1.0;
  freeze_request request{.outputs = {sum(y)}, .updates = {{w, next}}, .inputs = {x}};
  BOOST_TEST(explains(freeze(request), "1 narrow states"));
  request.outputs.push_back(w);
  BOOST_TEST(explains(freeze(request), "0 narrow states"));
  request.outputs = {sum(y), sum(w, 0)};
  BOOST_TEST(explains(freeze(request), "0 narrow states"));
}

// Penalties, and gradients clipped to a length: sums of all, of parts, and what is put back around these.
BOOST_AUTO_TEST_CASE(a_transposed_state_is_summed_cut_and_put_together) {
  const auto w0 = filled({99, 5}, 0.5, 1), x0 = filled({3, 99}, 1, 2);
  const auto step = [&](const std::function<var(const var&)>& penalty, std::vector<std::string> off) {
    tape t;
    const var w = t.state(w0), x = t.input(x0);
    const var loss = mean(square(matmul(x, w))) + 0.1 * penalty(w), g = grad(loss, w);
    const var next = w - 0.1 * g / (1.0 + sqrt(sum(square(g))));
    return freeze(
        {.outputs = {loss}, .updates = {{w, next}}, .inputs = {x}, .disabled_passes = std::move(off)});
  };
  const auto compare = [&](const std::function<var(const var&)>& penalty, const std::string& layout) {
    const program relaid = step(penalty, {}), straight = step(penalty, {"layout_assignment"});
    BOOST_TEST(explains(relaid, layout), relaid.explain());
    BOOST_TEST(explains(straight, "state %1[99x5]"), straight.explain());
    instance<float> a(relaid), b(straight);
    for (int i = 0; i < 3; ++i) {
      a.run(x0), b.run(x0);
      BOOST_TEST(std::fabs(a.item() / b.item() - 1) <= 500 * 0x1p-24F);
      const auto of_a = a.state(0), of_b = b.state(0);
      for (std::size_t k = 0; k < of_a.size(); ++k)
        BOOST_TEST(std::fabs(of_a.data()[k] - of_b.data()[k]) <= 500 * 0x1p-24F);
    }
  };
  compare([](const var& w) { return sum(square(w)); }, "state %1[5x112]");
  compare([](const var& w) { return sum(square(slice(w, 0, 0, -1))); }, "state %1[5x99]");
  compare([](const var& w) { return sum(square(slice(w, -2, 2, 50))); }, "state %1[5x99]");
  compare([](const var& w) { return sum(square(slice(w, 1, 1, 4))); }, "state %1[5x99]");
  compare([](const var& w) { return sum(exp(slice(w, -1, 0, 2))); }, "state %1[5x99]");
  compare([](const var& w) { return sum(square(pad(slice(w, 0, 1, 90), 1, 2, 3))); }, "state %1[5x99]");
}

BOOST_AUTO_TEST_SUITE_END()
