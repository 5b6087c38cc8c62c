// SPDX-License-Identifier: MIT
// Several of everything: updates of which one fails, states of which some have a second buffer, sums of odd
// counts that several workers share.
#include "ops/filled.hpp"

#include <cmath>
#include <limits>

using namespace reel;
using reel::test::check_error;
using reel::test::explains;
using reel::test::filled;

namespace {

constexpr std::size_t matrices = 4, vectors = 3;

// Matrices that are updated where they are, beside vectors that have two buffers. The rate of each is an
// input.
struct several {
  tape t;
  std::vector<var> states, inputs, next;
  freeze_request request;

  several() {
    const var x = t.input({2, 8}), v = t.input({5});
    inputs = {x, v};
    const auto rate = [&] { return inputs.emplace_back(t.input({})); };
    var loss = t.constant(0.0);
    for (std::size_t k = 0; k < matrices + vectors; ++k) {
      const bool matrix = k % 2 == 0 || k >= 2 * vectors;  // by turns
      const auto seed = static_cast<index_t>(k);
      states.push_back(matrix ? t.state(filled<double>({8, 9}, 1, seed))
                              : t.state(filled<double>({5}, 1, seed)));
      states.back().named("state " + std::to_string(k));
      loss = loss + (matrix ? sum(square(matmul(x, states.back()))) : sum(square(v * states.back())));
    }
    const auto g = grad(loss, states);
    for (std::size_t k = 0; k < states.size(); ++k) {
      next.push_back((states[k] - rate() * g[k]).named("next of " + std::to_string(k)));
      request.updates.push_back({states[k], next[k]});
    }
    request.outputs = {loss, next[1], states[0], loss};
    request.inputs = inputs;
  }
};

struct batch {
  array<float> x = filled<float>({2, 8}, 1, 50), v{3, -4, 5, 4, -3};
  std::vector<array<float>> rates = std::vector<array<float>>(matrices + vectors, array<float>(0.00390625F));

  void run(instance<float>& i) const {
    std::vector<binding> all{x, v};
    for (const auto& r : rates) all.emplace_back(r);
    i.run(all);
  }
};

std::vector<array<float>> states_of(const instance<float>& i) {
  std::vector<array<float>> all;
  for (std::size_t k = 0; k < i.source().states().size(); ++k) all.push_back(i.state(k));
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(several_of_everything)

// Checks in the order of the states and the other way round; each fails in turn, by an infinity, by a step
// beyond the largest number, and by a NaN.
BOOST_AUTO_TEST_CASE(whichever_update_fails_it_is_named_and_no_state_changes) {
  several s;
  for (const bool backwards : {false, true}) {
    s.request.check_finite = s.next;
    if (backwards) std::ranges::reverse(s.request.check_finite);
    const program p = freeze(s.request);
    BOOST_TEST(explains(p, "4 states are updated where they are"));
    for (const auto& w : {workers(), workers(2)})
      for (const float wrong : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::max(),
                                std::numeric_limits<float>::quiet_NaN()}) {
        instance<float> run(p, w), unharmed(p, w);
        for (std::size_t k = 0; k < matrices + vectors; ++k) {
          batch good;
          good.run(run), good.run(unharmed);
          const auto before = states_of(run);
          batch bad;
          bad.rates[k].fill(wrong);
          for (int again = 0; again < 3; ++again) {  // an odd number of refusals
            check_error(
                errc::non_finite, [&] { bad.run(run); }, "next of " + std::to_string(k) + " is",
                "no state has changed");
            BOOST_TEST((states_of(run) == before), "states changed when update " << k << " was refused");
          }
          good.run(run), good.run(unharmed);
          BOOST_TEST((states_of(run) == states_of(unharmed)));
          for (std::size_t o = 0; o < 4; ++o) BOOST_TEST((run.output(o) == unharmed.output(o)));
        }
      }
  }
}

// Of updates that are not to be checked, one that fails stops nothing; those that are to be checked still
// are.
BOOST_AUTO_TEST_CASE(only_what_is_to_be_finite_is_checked) {
  several s;
  s.request.outputs = {s.request.outputs[0]};
  for (std::size_t checked = 0; checked < matrices + vectors; ++checked) {
    s.request.check_finite = {s.next[checked]};
    instance<float> run(freeze(s.request));
    for (std::size_t k = 0; k < matrices + vectors; ++k) {
      for (std::size_t i = 0; i < matrices + vectors; ++i)
        run.set_state(i, array<float>(filled<float>(run.source().states()[i].shape, 1, 9)));
      batch bad;
      bad.rates[k].fill(std::numeric_limits<float>::infinity());
      if (k == checked)
        check_error(
            errc::non_finite, [&] { bad.run(run); }, "no state has changed");
      else bad.run(run);
    }
  }
}

// Gradients that are summed in chunks of rows, of an odd and an even count of numbers, few and many;
// positive, so that each sum is known to a few roundings.
BOOST_AUTO_TEST_CASE(sums_that_are_shared_have_all_their_numbers) {
  for (const shape& s :
       {shape{201, 1}, shape{73, 3}, shape{401, 5}, shape{1367, 3}, shape{1366, 3}, shape{4097, 1}}) {
    const index_t rows = 2048;
    constexpr float bound = 2 * 2048 * 0x1p-24F;  // of two sums of as many terms, in any order
    tape t;
    const var w = t.state(filled<double>(s, 0, 1)), x = t.input({rows, s[0]}),
              bias = t.state(filled<double>({s[1]}, 0, 2));
    const var loss = sum(exp(0.001 * (matmul(x, w) + bias)));
    const auto g = grad(loss, std::vector{w, bias});
    freeze_request request{.outputs = {loss, g[0], g[1]}, .inputs = {x}};
    const program p = freeze(request);
    BOOST_TEST(explains(p, "sums in splits of"));
    request.disabled_passes = {"row_tiling", "split_reductions"};
    instance<float> apart(freeze(request));
    array<float> numbers = filled<float>({rows, s[0]}, 1, 3);
    for (float& n : numbers) n = std::abs(n) + 0.25F;
    apart.run(numbers);
    std::optional<instance<float>> first;
    for (const int threads : {1, 2, 3, 5}) {
      instance<float> run(p, threads == 1 ? workers() : workers(threads));
      run.run(numbers);
      if (!first) first.emplace(std::move(run));
      instance<float>& compared = threads == 1 ? *first : run;
      for (const std::size_t o : {0U, 1U, 2U}) {
        const auto a = compared.view(o), b = apart.view(o), one = first->view(o);
        BOOST_TEST(std::equal(a.begin(), a.end(), one.begin()));
        for (std::size_t i = 0; i < a.size(); ++i)
          if (!(std::abs(a[i] - b[i]) <= bound * b[i]))
            BOOST_ERROR(to_string(s) << ", output " << o << ", number " << i << ": " << a[i] << " is not "
                                     << b[i]);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
