// SPDX-License-Identifier: MIT
// How near the arena of a program is to the smallest that its order of instructions admits: the most bytes
// that are alive at a time.
#include "program/ir.hpp"

#include "support.hpp"

#include <reel/ops.hpp>

#include <algorithm>

using namespace reel;

namespace {

// Storages take whole cache lines, and an elementwise op may write over an input that dies with it.
std::size_t smallest_arena(const detail::program_ir& c) {
  const auto in_arena = [](const detail::storage& s) {
    return s.where == detail::home::arena || s.where == detail::home::instance_constant;
  };
  const auto bytes = [](const detail::storage& s) {
    return std::max<std::size_t>(64, (static_cast<std::size_t>(s.size) * sizeof(float) + 63) / 64 * 64);
  };
  std::vector<char> written(c.storages.size());
  for (const auto& i : c.instructions)
    for (const detail::value_id v : outputs_of(i)) written[c.values[v].storage] = true;
  std::size_t most = 0;
  for (std::uint32_t t = 0; t < c.instructions.size(); ++t) {
    std::size_t alive = 0;
    for (std::size_t n = 0; n < c.storages.size(); ++n) {
      const detail::storage& s = c.storages[n];
      if (written[n] && in_arena(s) && s.first <= t && t <= s.last) alive += bytes(s);
    }
    const auto& i = c.instructions[t];
    const detail::storage& y = c.storages[c.values[i.output].storage];
    const bool may = i.rows == nullptr && in_arena(y) &&
                     (i.fused != nullptr ? i.fused->outputs.size() == 1 : i.op.type->elementwise);
    const bool over = may && std::ranges::any_of(i.inputs, [&](detail::value_id v) {
                        const detail::storage& x = c.storages[c.values[v].storage];
                        return in_arena(x) && x.last == t && x.size == y.size && x.kind == y.kind;
                      });
    most = std::max(most, over ? alive - bytes(y) : alive);
  }
  return most;
}

array<float> numbers(const shape& s) {
  auto a = make_array<float>(s);
  for (index_t i = 0; i < s.size(); ++i) a.data()[i] = static_cast<float>(i % 13) / 16 - 0.4F;
  return a;
}

// A training step of a perceptron with layers of these widths.
freeze_request step(tape& t, index_t rows, const std::vector<index_t>& widths) {
  const var x = t.input(shape{rows, widths[0]}), labels = t.input(shape{rows}, kind::index);
  std::vector<var> parameters;
  var h = x;
  for (std::size_t k = 1; k < widths.size(); ++k) {
    parameters.push_back(t.state(numbers({widths[k - 1], widths[k]})));
    parameters.push_back(t.state(numbers({widths[k]})));
    h = matmul(k == 1 ? h : tanh(h), parameters[2 * k - 2]) + parameters[2 * k - 1];
  }
  const var loss = mean(softmax_cross_entropy(h, labels));
  freeze_request request{.outputs = {loss}, .inputs = {x, labels}, .check_finite = {loss}};
  const auto g = grad(loss, parameters);
  for (std::size_t k = 0; k < parameters.size(); ++k)
    request.updates.push_back({parameters[k], parameters[k] - 0.1 * g[k]});
  return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(arena)

const std::vector<std::vector<index_t>> networks{
    {785, 10}, {784, 512, 10}, {100, 300, 200, 100, 10}, {20, 64, 64, 64, 64, 64, 3}, {50, 7, 90, 3}};

// Of all those networks' steps at some sizes, the largest ratio of two of their figures.
template <class F> double worst_ratio(F ratio_of) {
  double worst = 0;
  for (const auto& widths : networks)
    for (const index_t rows : {1, 8, 32, 64, 96, 128, 129, 512, 1000}) {
      tape t;
      worst = std::max(worst, ratio_of(step(t, rows, widths)));
    }
  return worst;
}
double bytes_of(const program& p) { return static_cast<double>(p.arena_bytes(dtype::f32)); }
double least_of(const program& p) { return static_cast<double>(smallest_arena(p.ir())); }

BOOST_AUTO_TEST_CASE(is_near_the_smallest_for_its_order_of_instructions) {
  const double worst = worst_ratio([](freeze_request step) {
    const program p = freeze(step);
    return bytes_of(p) / least_of(p);
  });
  const double op_by_op = worst_ratio([](freeze_request step) {
    step.disabled_passes = {"elementwise_fusion", "row_tiling"};
    const program p = freeze(step);
    return bytes_of(p) / least_of(p);
  });
  BOOST_TEST_MESSAGE("arena / smallest: at most " << worst << ", op by op " << op_by_op);
  BOOST_TEST(worst >= 1);
  BOOST_TEST(worst <= 1.1);
  BOOST_TEST(op_by_op <= 1.15);
}

BOOST_AUTO_TEST_CASE(is_no_larger_than_op_by_op_would_do) {
  const double worst = worst_ratio([](freeze_request step) {
    const program planned = freeze(step);
    step.disabled_passes = {"elementwise_fusion", "row_tiling", "in_place_updates", "layout_assignment"};
    return bytes_of(planned) / least_of(freeze(step));
  });
  BOOST_TEST_MESSAGE("arena / smallest op by op: at most " << worst);
  BOOST_TEST(worst <= 1.1);
}

BOOST_AUTO_TEST_SUITE_END()
