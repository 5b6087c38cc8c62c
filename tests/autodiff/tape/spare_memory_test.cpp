// SPDX-License-Identifier: MIT
// A tape that ends leaves its memory to the next one of its thread, and nothing else.
#include "support.hpp"

#include "tape/recording.hpp"

#include <reel/ops.hpp>

#include <thread>
#include <vector>

using namespace reel;
using reel::test::check_error;

namespace {

double cube_at(double x) {
  tape t("cube");
  const var v = t.variable(x).named("v");
  return (v * v * v).item();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(spare_memory)

BOOST_AUTO_TEST_CASE(the_next_tape_knows_nothing_of_the_one_before) {
  var old;
  {
    tape t("first");
    old = (t.variable(array<double>{1.0, 2.0}).named("x") * 3.0).named("y");
    BOOST_TEST((old.value() == array<double>{3.0, 6.0}));
  }
  tape t("second");
  BOOST_TEST(t.name() == "second");
  BOOST_TEST(t.size() == 0u);
  BOOST_TEST(t.bytes() == 0u);
  check_error(
      errc::stale_variable, [&] { old.value(); }, "a tape that was destroyed");
  const var x = t.variable(array<double>{5.0, 7.0}), y = x * 3.0;  // nodes of the numbers that those had
  BOOST_TEST(x.name().empty());
  BOOST_TEST((y.value() == array<double>{15.0, 21.0}));
  BOOST_TEST((y.value<float>() == array<float>{15.0F, 21.0F}));
  BOOST_TEST((grad(sum(y), x).value() == array<double>{3.0, 3.0}));
  check_error(
      errc::stale_variable, [&] { x + old; }, "a tape that was destroyed");
}

BOOST_AUTO_TEST_CASE(tapes_that_live_together_are_apart) {
  cube_at(2);
  tape a("a");
  const var x = a.variable(2.0);
  {
    tape b("b");
    const var y = b.variable(3.0);
    BOOST_TEST((x * x).item() + (y * y).item() == 13);
    tape c(std::move(b));
    BOOST_TEST((y * y * y).item() == 27);
    c = tape("another");
    check_error(
        errc::stale_variable, [&] { y.value(); }, "a tape that was destroyed");
    BOOST_TEST(c.constant(4.0).item() == 4);
  }
  BOOST_TEST(cube_at(3) == 27);
  BOOST_TEST((x * x * x).item() == 8);
}

BOOST_AUTO_TEST_CASE(a_recording_that_was_refused_leaves_no_trace) {
  const auto misfit = [](const var& x) { return sum(x + constant(array<double>{1.0, 2.0, 3.0})); };
  check_error(
      errc::shape_mismatch,
      [&] {
        grad(misfit)(array<double>{1.0, 2.0});
      },
      "[2]", "[3]");
  BOOST_TEST(
      (grad([](const var& x) { return sum(x * x); })(array<double>{1.0, 2.0}) == array<double>{2.0, 4.0}));
}

BOOST_AUTO_TEST_CASE(every_thread_has_its_own) {
  std::vector<double> results(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i)
    threads.emplace_back([&results, i] {
      double sum = 0;
      for (int n = 0; n < 200; ++n) sum += cube_at(static_cast<double>(i));
      results[i] = sum;
    });
  for (auto& t : threads) t.join();
  for (std::size_t i = 0; i < results.size(); ++i)
    BOOST_TEST(results[i] == 200 * static_cast<double>(i) * static_cast<double>(i) * static_cast<double>(i));
}

BOOST_AUTO_TEST_CASE(a_tape_may_end_in_another_thread) {
  auto t = std::make_unique<tape>("passed on");
  const var x = t->variable(2.0);
  BOOST_TEST((x * x).item() == 4);
  std::thread([&t] { t.reset(); }).join();
  check_error(
      errc::stale_variable, [&] { x.value(); }, "a tape that was destroyed");
  BOOST_TEST(cube_at(2) == 8);
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_bounded) {
  {
    tape t("large");
    const var x = t.variable(make_array<double>({1 << 20}));
    var y = x * 0.0;
    for (int i = 0; i < 8; ++i) y = y + 1.0;
    BOOST_TEST(y.value()(7) == 8);
    BOOST_TEST(t.recording().held() > detail::most_kept);
  }
  auto kept = detail::begin_recording("next");
  BOOST_TEST(kept->held() <= detail::most_kept);
  detail::end_recording(std::move(kept));
  {
    tape t("moderate");
    const var x = t.variable(make_array<double>({1 << 17}));
    (x + 1.0).value();
  }
  kept = detail::begin_recording("next");
  BOOST_TEST(kept->held() >= std::size_t{1} << 20);
  BOOST_TEST(kept->bytes() == 0u);
  detail::end_recording(std::move(kept));
}

BOOST_AUTO_TEST_CASE(clearing_keeps_the_memory_and_releasing_gives_it_back) {
  tape t;
  const var x = t.variable(make_array<double>({1 << 17}));
  (x + 1.0).value();
  const std::size_t held = t.recording().held();
  BOOST_TEST(held >= std::size_t{1} << 20);
  t.clear();
  BOOST_TEST(t.recording().held() == held);
  BOOST_TEST(t.bytes() == 0u);
  t.release();
  BOOST_TEST(t.recording().held() < held);
}

BOOST_AUTO_TEST_SUITE_END()
