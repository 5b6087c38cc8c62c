// SPDX-License-Identifier: MIT
// Fusions whose members are pipelines: what is held in registers, stored, read again and handed out.
#include "ops/filled.hpp"

#include <reel/autodiff/check/frozen.hpp>
#include <reel/autodiff/kernels.hpp>

#include <cstring>

using namespace reel;

namespace {

// The outputs of a recording, with fusion and without it, bit for bit.
template <class T> void check_fused(freeze_request request, const array<T>& a, const array<T>& b) {
  instance<T> fused(freeze(request));
  request.disabled_passes = {"elementwise_fusion"};
  instance<T> apart(freeze(request));
  fused.run(a, b);
  apart.run(a, b);
  for (std::size_t k = 0; k < request.outputs.size(); ++k) {
    const array<T> got = fused.output(k), expected = apart.output(k);
    BOOST_TEST((std::memcmp(got.data(), expected.data(), got.size() * sizeof(T)) == 0),
               "output " << k << " of " << got.size() << " elements");
  }
}

// A difference with stages for what registers hold, and none for what they keep.
struct held_only_op {
  static constexpr auto name = "held_only";
  static constexpr bool elementwise = true;
  shape infer(const shape& a, const shape&) const { return a; }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = a[i] - b[i];
  }
  template <std::floating_point T> const kernels::stages& stages() const {
    static const kernels::stages in_register{kernels::active<T>().sub.stages.in_register, {}};
    return in_register;
  }
  std::array<var, 2> vjp(var ybar, var, var, var) const { return {ybar, -ybar}; }
  bool operator==(const held_only_op&) const = default;
};

using vars = std::vector<var>;

template <class Record> void compare(const Record& record) {
  for (const index_t n : {1, 5, 16, 100, 1023, 1024, 1025, 5000}) {
    tape t;
    const var x = t.input({n}), y = t.input({n});
    const freeze_request request{.outputs = record(x, y), .inputs = {x, y}};
    check_fused(request, test::filled<float>({n}, 2, 1), test::filled<float>({n}, 3, 2));
    check_fused(request, test::filled<double>({n}, 2, 1), test::filled<double>({n}, 3, 2));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipelines)

BOOST_AUTO_TEST_CASE(a_value_that_is_read_again_is_stored) {
  compare([](const var& x, const var& y) {
    const var p = x * y, q = p + x, r = q - p;
    return vars{exp(r) * p, q};
  });
}

BOOST_AUTO_TEST_CASE(either_operand_may_be_in_registers_or_both) {
  compare([](const var& x, const var& y) {
    const var d = y - x * y, twice = d + d, product = twice * twice;
    return vars{x / product, square(square(x)) - y};
  });
}

BOOST_AUTO_TEST_CASE(masks_stay_in_registers_or_are_read_again) {
  compare([](const var& x, const var& y) {
    const var c = x < y, taken = where(c, x, y);
    return vars{where(c, taken, 0.0) + taken, where(x <= 0.0, x, x), relu(x - y) * where(c, 1.0, y)};
  });
}

// A mask takes a byte an element and a number more: a pipeline, which goes on by registers, must not write a
// number where masks of later elements stand, nor a mask over numbers that it has made.
BOOST_AUTO_TEST_CASE(masks_and_numbers_never_share_a_block) {
  compare([](const var& x, const var& y) {  // the mask comes from before the pipeline
    const var m = x == y, r = where(m, x, y), q = r * x;
    return vars{exp(q) * q};
  });
  compare([](const var& x, const var& y) {  // the mask is made in the pipeline
    const var c = x < y, t = where(c, x, y), u = where(c, t, x), v = u + t;
    return vars{pow(square(v), y)};
  });
}

// Powers have no stage, and connectives have none: what is before them and after them has.
BOOST_AUTO_TEST_CASE(ops_without_links_part_a_group_into_chains) {
  compare([](const var& x, const var& y) {
    const var p = square(x) + 1.0, q = pow(p, y), r = tanh(q * p) - q;
    return vars{where(x < y && !(r < 0.0), r, p) * q};
  });
}

// An operand of many members is kept beside the numbers that go on, whether it comes first, or alone, or from
// before the pipeline; and one that the pipeline itself makes is not.
BOOST_AUTO_TEST_CASE(an_operand_that_many_read_is_kept) {
  compare([](const var& x, const var& y) {
    var v = x, w = y;
    for (int i = 0; i < 5; ++i) v = v * x + y, w = x - relu(w * x);
    return vars{v, w, where(v < x, x * w, exp(x) / x)};
  });
  compare([](const var& x, const var& y) {
    const var p = pow(x, y);  // splits the fusion: p lies in a block
    var v = y;
    for (int i = 0; i < 5; ++i) v = p - v * p;
    return vars{v};
  });
  compare([](const var& x, const var& y) {
    const var p = x * y;
    var v = p + x;
    for (int i = 0; i < 5; ++i) v = v * p;
    return vars{v, square(p)};
  });
}

BOOST_AUTO_TEST_CASE(an_op_need_not_have_links_for_what_is_kept) {
  compare([](const var& x, const var& y) {
    return vars{apply(held_only_op{}, apply(held_only_op{}, x, y), y) * y};
  });
  BOOST_TEST(
      check::frozen(held_only_op{}, {test::filled<double>({5}, 2, 1), test::filled<double>({5}, 3, 2)}));
}

// Blocks begin at cache lines where they can: results do not depend on where operands begin.
BOOST_AUTO_TEST_CASE(operands_may_begin_anywhere) {
  constexpr index_t n = 3000;
  tape t;
  const var x = t.input({n}), y = t.input({n});
  var v = x;
  for (int i = 0; i < 4; ++i) v = v * x + y;
  detail::executor m(freeze({.outputs = {v, relu(v - y)}, .inputs = {x, y}}), dtype::f32, {});
  const array<float> a = test::filled<float>({n}, 2, 1), b = test::filled<float>({n}, 3, 2);
  m.run(std::vector<binding>{a, b});
  const auto results = [&] {
    std::vector<float> all;
    for (const std::size_t k : {0U, 1U}) {
      const auto* const numbers = static_cast<const float*>(m.output(k));
      all.insert(all.end(), numbers, numbers + n);
    }
    return all;
  };
  const std::vector<float> expected = results();
  for (const std::size_t i : {0U, 1U, 4U, 13U})
    for (const std::size_t j : {0U, 1U, 4U, 15U}) {
      std::vector<float> from(static_cast<std::size_t>(2 * n) + 64);
      std::vector<binding> inputs{a, b};
      float* const first = from.data() + i;
      float* const second = from.data() + n + 16 + j;
      std::ranges::copy(a, first);
      std::ranges::copy(b, second);
      inputs[0].data = first, inputs[1].data = second;
      m.run(inputs);
      BOOST_TEST((results() == expected), "beginning at " << i << " and " << j);
    }
}

BOOST_AUTO_TEST_CASE(groups_longer_than_a_chain) {
  compare([](const var& x, const var& y) {
    var v = x;
    for (int i = 0; i < 700; ++i) v = i % 3 == 0 ? v * 0.5 : i % 3 == 1 ? y - v : v + x;
    return vars{v};
  });
}

BOOST_AUTO_TEST_CASE(gradients_of_a_chain) {
  compare([](const var& x, const var& y) {
    var v = x;
    for (int i = 0; i < 20; ++i) v = i % 2 == 0 ? relu(v * y) : sigmoid(v) + x;
    const std::vector<var> slopes = grad(sum(v), vars{x, y});
    return vars{v, slopes[0], slopes[1]};
  });
}

// A bias fills blocks with its rows, and blocks are whole numbers of them.
BOOST_AUTO_TEST_CASE(rows_that_are_stretched) {
  tape t;
  const var x = t.input({300, 7}), b = t.input({7});
  check_fused({.outputs = {tanh(relu(x + b) * 2.0 - b)}, .inputs = {x, b}},
              test::filled<float>({300, 7}, 2, 1), test::filled<float>({7}, 1, 2));
}

BOOST_AUTO_TEST_SUITE_END()
