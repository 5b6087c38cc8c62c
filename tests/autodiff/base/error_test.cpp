// SPDX-License-Identifier: MIT
// The one family of errors: every kind has a name of its own, and messages follow one pattern.
#include "support.hpp"

#include <reel/ops.hpp>

#include <set>

using namespace reel;
using reel::test::check_error;

BOOST_AUTO_TEST_SUITE(error_messages)

BOOST_AUTO_TEST_CASE(every_kind_has_a_name_of_its_own) {
  std::set<std::string> names;
  for (int code = 0; code <= static_cast<int>(errc::usage); ++code) {
    const std::string text(name(static_cast<errc>(code)));
    BOOST_TEST(text != "Error");
    BOOST_TEST(names.insert(text).second, text << " twice");
    BOOST_TEST(std::isupper(static_cast<unsigned char>(text[0])));
  }
  BOOST_TEST(name(static_cast<errc>(1000)) == "Error");
}

BOOST_AUTO_TEST_CASE(a_message_has_kind_context_place_and_detail) {
  const source_location where{"src/models/train.cpp", 41};
  const error bare(errc::shape_mismatch, "sizes differ.");
  BOOST_TEST(bare.what() == "ShapeMismatch: sizes differ.");
  BOOST_TEST(!bare.has_context());
  const error full(errc::shape_mismatch, "matmul", where, "sizes differ.");
  BOOST_TEST(full.what() == "ShapeMismatch in matmul (train.cpp:41): sizes differ.");
  BOOST_TEST((full.code() == errc::shape_mismatch && full.where() == where && full.has_context()));
  BOOST_TEST(full.detail() == "sizes differ.");
  BOOST_TEST(error(errc::usage, "reel", source_location{}, "no command.").what() ==
             "Usage in reel: no command.");
  const error told(errc::non_finite, where, "backward of log gave NaN.");
  BOOST_TEST(told.what() == "NonFinite: backward of log gave NaN.");
  BOOST_TEST((told.where() == where && told.has_context()));
}

BOOST_AUTO_TEST_CASE(an_error_is_caught_as_a_runtime_error) {
  tape t;
  BOOST_CHECK_THROW(t.variable(1.0).item<bool>(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_line_of_the_call_whatever_is_nested_in_it) {
  tape t;
  const var a = t.variable(array<double>::from_shape({32, 784})),
            b = t.variable(array<double>::from_shape({10, 784}));
  const unsigned line = __LINE__ + 2;
  check_error(
      errc::shape_mismatch, [&] { matmul(a, b); },
      "ShapeMismatch in matmul (error_test.cpp:" + std::to_string(line) +
          "): [32x784] · [10x784]: inner sizes 784 and 10 differ. Did you mean transpose(b)?");
}

BOOST_AUTO_TEST_CASE(what_a_rule_records_fails_at_the_line_of_the_forward_op) {
  tape t;
  const var x = t.input(array<double>{0, 1});
  const unsigned line = __LINE__ + 1;
  const var y = log(x);
  const var g = grad(sum(y), x).named("gradient");
  instance<double> run(freeze({.outputs = {g}, .check_finite = {g}}));
  check_error(
      errc::non_finite,
      [&] {
        run.run(array<double>{0, 1});
      },
      "backward of log", "error_test.cpp:" + std::to_string(line), "inf at [0]", "gradient is not finite");
}

BOOST_AUTO_TEST_SUITE_END()
