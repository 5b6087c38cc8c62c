// SPDX-License-Identifier: MIT
// Parts of the program whose numbers depend on time, or on a terminal, when they are seen from outside.
#include "../support.hpp"

#include "arguments.hpp"
#include "chart.hpp"
#include "report.hpp"
#include "terminal.hpp"
#include "timed_trial.hpp"

using namespace reel;
using namespace reel::cli;

BOOST_AUTO_TEST_CASE(a_target_is_reached_between_two_points) {
  const trial t{8, 0.1, {{0, 0, 3, 4}, {2, 1, 2, 3}, {6, 3, 2.5, 1}, {10, 5, 1, 2}}};
  BOOST_TEST(t.seconds_to(5) == 0);
  BOOST_TEST(t.seconds_to(3) == 0);
  BOOST_TEST(t.seconds_to(2.75) == 0.5);
  BOOST_TEST(t.seconds_to(2) == 2);
  BOOST_TEST(t.seconds_to(1.75) == 8);
  BOOST_TEST(t.seconds_to(1) == 10);
  BOOST_TEST(std::isinf(t.seconds_to(0.5)));
  BOOST_TEST(t.final_loss() == 1);
  trial diverged = t;
  diverged.diverged = true;
  BOOST_TEST(std::isinf(diverged.final_loss()));
}

BOOST_AUTO_TEST_CASE(durations_have_three_digits) {
  BOOST_TEST(duration_text(1.284) == "1.28 s");
  BOOST_TEST(duration_text(0) == "0 s");
  BOOST_TEST(duration_text(1) == "1 s");
  BOOST_TEST(duration_text(0.0615) == "61.5 ms");
  BOOST_TEST(duration_text(0.001) == "1 ms");
  BOOST_TEST(duration_text(8.03e-6) == "8.03 µs");
}

BOOST_AUTO_TEST_CASE(losses_have_four_digits) {
  BOOST_TEST(loss_text(0.51236) == "0.5124");
  BOOST_TEST(loss_text(12) == "12.0000");
  BOOST_TEST(loss_text(999999.5) == "999999.5000");
  BOOST_TEST(loss_text(4.3252e36) == "4.325e+36");
  BOOST_TEST(loss_text(INFINITY) == "inf");
}

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest) {
  BOOST_TEST(table({{"a", "bcd"}, {"µµµ", "1"}}) == "a    bcd\nµµµ    1\n");
}

BOOST_AUTO_TEST_CASE(many_classes_are_told_by_their_worst_pairs) {
  array<index_t> confusion = make_array<index_t>({13, 13});
  confusion.fill(0);
  std::vector<std::string> names;
  for (int i = 0; i < 13; ++i) names.push_back("k" + std::to_string(i));
  for (std::size_t i = 0; i < 13; ++i) confusion(i, i) = 100;
  confusion(2, 5) = 3;
  confusion(5, 2) = 7;
  confusion(0, 12) = 7;
  BOOST_TEST(confusion_text(confusion, names) ==
             "confused most often\n"
             "true  predicted  samples\n"
             "k0          k12        7\n"
             "k5           k2        7\n"
             "k2           k5        3\n");
  names.pop_back();
  array<index_t> twelve = make_array<index_t>({12, 12});
  twelve.fill(7);
  BOOST_TEST(confusion_text(twelve, names).starts_with("true \\ predicted"));
  const array<index_t> two{{4, 1}, {2, 3}};
  BOOST_TEST(confusion_text(two, {"yes", "a name of many letters"}) ==
             "true \\ predicted  yes  a name of ma…\n"
             "yes                 4              1\n"
             "a name of ma…       2              3\n");
}

BOOST_AUTO_TEST_CASE(an_axis_ends_a_little_beyond_its_numbers) {
  const axis a({10, 20, NAN, INFINITY}, false);
  BOOST_TEST(std::abs(a.at(9.6)) < 1e-12);
  BOOST_TEST(std::abs(a.at(20.4) - 1) < 1e-12);
  BOOST_TEST((a.ticks() == std::vector<double>{10, 12, 14, 16, 18, 20}));
  BOOST_TEST(axis({0.1, 10}, false).at(0) == 0);
  const axis powers({1, 10000, -3, 0}, true);
  BOOST_TEST((!powers.shows(0) && !powers.shows(-3) && powers.shows(5)));
  BOOST_TEST(std::abs(powers.at(100) - 0.5) < 1e-12);
  BOOST_TEST((powers.ticks() == std::vector<double>{1, 10, 100, 1000, 10000}));
  BOOST_TEST((axis({1, 50}, true).ticks() == std::vector<double>{1, 2, 5, 10, 20, 50}));
  BOOST_TEST((axis({}, false).at(0) == 0 && axis({}, false).at(1) == 1));
}

BOOST_AUTO_TEST_CASE(a_chart_shows_every_line) {
  const chart c{"up & down",
                "epoch",
                "loss",
                {{"first", {{1, 4}, {2, 2}, {3, 1}}}, {"second", {{1, 1}, {3, 4}}, true}}};
  const std::string text = to_text(c, 20, 5);
  BOOST_TEST(text.starts_with("up & down\n            a first   b second\n"));
  BOOST_TEST(text.find("  epoch\n") != text.npos);
  const auto row = [&](int n) {
    std::size_t from = 0;
    for (int i = 0; i < n; ++i) from = text.find('\n', from) + 1;
    return text.substr(from, text.find('\n', from) - from);
  };
  BOOST_TEST((row(2).find('b') != std::string::npos && row(6).find('b') == std::string::npos));
  BOOST_TEST((row(6).find('a') != std::string::npos && row(2).find('a') == std::string::npos));
  const std::string svg = to_svg({c, c});
  const auto count = [&](const std::string& what) {
    int n = 0;
    for (auto at = svg.find(what); at != svg.npos; at = svg.find(what, at + 1)) ++n;
    return n;
  };
  BOOST_TEST(count("<polyline") == 4);
  BOOST_TEST(count("<circle") == 10);
  BOOST_TEST(count("stroke-dasharray") == 4);
  BOOST_TEST(count("up &amp; down") == 2);
}

BOOST_AUTO_TEST_CASE(losses_are_drawn_against_epochs) {
  const std::vector<optim::epoch_record> epochs{{1, 4, 0.9, 0.95, 0.1, 0.5}, {2, 4, 0.6, 0.7, 0.1, 0.5}};
  const chart c = loss_chart("irises", epochs);
  BOOST_TEST(c.title == "loss on irises");
  BOOST_TEST(c.lines.size() == 2U);
  BOOST_TEST((c.lines[0].points == std::vector<std::pair<double, double>>{{1, 0.9}, {2, 0.6}}));
  BOOST_TEST((c.lines[1].points == std::vector<std::pair<double, double>>{{1, 0.95}, {2, 0.7}}));
}

BOOST_AUTO_TEST_CASE(numbers_are_within_their_bounds) {
  for (const char* n : {"0", "1", "7.5", "1e-45", "3e38", ".5", "5."}) BOOST_TEST(at_least_zero(n) == "", n);
  for (const char* n :
       {"1e-46", "3.5e38", "-1e-30", "1e999", "nan", "inf", "", " 1", "1 ", "1,5", "+1", "0x1", "1e"})
    BOOST_TEST(at_least_zero(n) != "", n);
  BOOST_TEST((more_than_zero("0") != "" && more_than_zero("1e-45") == ""));
  BOOST_TEST((below_one("0") == "" && below_one("0.999999") == "" && below_one("1") != ""));
  BOOST_TEST(below_one("0.99999999") != "", "a float of it is 1");
  BOOST_TEST((a_share("0") != "" && a_share("0.5") == "" && a_share("1") != ""));
  for (const char* n : {"0", "12", "9223372036854775807"}) BOOST_TEST(count_from_zero(n) == "", n);
  for (const char* n : {"-1", "9223372036854775808", "1.0", "1e2", "01", "0x1", "-", "one"})
    BOOST_TEST(count_from_zero(n) != "", n);
  BOOST_TEST((count_from_one("1") == "" && count_from_one("0") != ""));
  BOOST_TEST(
      (one_to_256("1") == "" && one_to_256("256") == "" && one_to_256("0") != "" && one_to_256("257") != ""));
  BOOST_TEST(
      (a_seed("18446744073709551615") == "" && a_seed("18446744073709551616") != "" && a_seed("-1") != ""));
}

BOOST_AUTO_TEST_CASE(settings_make_a_model) {
  training_arguments a;
  BOOST_TEST(rate_of(a) == 0.1);
  a.optimizer = "adamw";
  BOOST_TEST(rate_of(a) == 0.001);
  a.rate = 0.5;
  BOOST_TEST(rate_of(a) == 0.5);
  BOOST_TEST(model_name(a) == "softmax regression");
  a.hidden = {12, 3};
  BOOST_TEST(model_name(a) == "perceptron with 12, 3 hidden units");
  a.class_weights = "balanced";
  const array<index_t> labels{0, 1, 1, 1};
  BOOST_TEST((class_weights_of(a, labels, {"x", "y"}) == std::vector<double>{2, 2.0 / 3}));
  a.class_weights = "none";
  BOOST_TEST(class_weights_of(a, labels, {"x", "y", "z"}).empty());
}
