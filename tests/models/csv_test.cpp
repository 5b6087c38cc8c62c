// SPDX-License-Identifier: MIT
// What the CSV reader makes of files of every dialect.
#include "support.hpp"
#include "temporary.hpp"

#include <reel/models/csv.hpp>

#include <fmt/format.h>

#include <cmath>

using namespace reel;

namespace {

using strings = std::vector<std::string>;
using labels = array<index_t>;

// Three samples as the plainest file has them; every dialect below says the same.
void check_plain(const dataset& d, const strings& features = {"a", "b"}) {
  BOOST_TEST((d.x == array<double>{{1, 2.5}, {-3, 0.001}, {4, 5}}));
  BOOST_TEST((d.labels == labels{1, 0, 1}));
  BOOST_TEST((d.class_names == strings{"no", "yes"}));
  BOOST_TEST((d.feature_names == features));
  validate(d);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(dialects_say_the_same) {
  const char* files[] = {
      "a,b,label\n1,2.5,yes\n-3,1e-3,no\n4,5,yes\n",
      "a,b,label\n1,2.5,yes\n-3,1e-3,no\n4,5,yes",
      "a,b,label\r\n1,2.5,yes\r\n-3,1e-3,no\r\n4,5,yes\r\n",
      "a,b,label\r1,2.5,yes\r-3,1e-3,no\r4,5,yes\r",
      "\uFEFFa,b,label\n1,2.5,yes\n-3,1e-3,no\n4,5,yes\n",
      "\n\na,b,label\n\n1,2.5,yes\n  \n-3,1e-3,no\n4,5,yes\n\n\r\n \t\n",
      "a;b;label\n1;2.5;yes\n-3;1e-3;no\n4;5;yes\n",
      "a\tb\tlabel\n1\t2.5\tyes\n-3\t1e-3\tno\n4\t5\tyes\n",
      "a|b|label\n1|2.5|yes\n-3|1e-3|no\n4|5|yes\n",
      " a , b ,label \n 1,  +2.50,\tyes\n-3.,.1e-2 , no\n4e0,5E+0,yes \n",
      "\"a\",\"b\",\"label\"\n\"1\",\"2.5\",\"yes\"\n\"-3\", \"1e-3\" ,\"no\"\n\"4\",\"5\",\"yes\"\n",
  };
  for (const char* text : files) BOOST_TEST_CONTEXT(text) check_plain(parse_csv(text));
}

BOOST_AUTO_TEST_CASE(a_header_is_detected_or_declared) {
  const std::string rows = "1,2.5,yes\n-3,1e-3,no\n4,5,yes\n";
  check_plain(parse_csv(rows), {"column 1", "column 2"});
  check_plain(parse_csv(rows, {.header = csv_header::absent}), {"column 1", "column 2"});
  check_plain(parse_csv("0,1,2\n" + rows, {.header = csv_header::present}), {"0", "1"});
  // Numbered columns: the label is text above numbers.
  const dataset numbered = parse_csv("0,1,label\n7,8,5\n9,9,6\n");
  BOOST_TEST((numbered.feature_names == strings{"0", "1"}));
  BOOST_TEST(numbered.samples() == 2);
  // The index column of a data frame has no name.
  const dataset frame = parse_csv(",a,label\n0,5,x\n1,6,y\n");
  BOOST_TEST((frame.feature_names == strings{"column 1", "a"}));
  // One row of numbers and a name is data.
  BOOST_TEST(parse_csv("1,2,x").samples() == 1);
}

BOOST_AUTO_TEST_CASE(any_column_is_the_label) {
  const std::string text = "label,a,b\nyes,1,2.5\nno,-3,1e-3\nyes,4,5\n";
  check_plain(parse_csv(text, {.label = "label"}));
  check_plain(parse_csv(text, {.label_column = 0}));
  check_plain(parse_csv(text, {.label_column = -3}));
  check_plain(parse_csv("a,label,b\n1,yes,2.5\n-3,no,1e-3\n4,yes,5\n", {.label_column = 1}));
  check_plain(parse_csv("1,yes,2.5\n-3,no,1e-3\n4,yes,5\n", {.label_column = 1}), {"column 1", "column 3"});
}

BOOST_AUTO_TEST_CASE(whole_numbers_are_classes_in_numerical_order) {
  const dataset d = parse_csv("1,10\n1,9\n1,-1\n1,9.0\n1,+10\n1,1e1\n1,4294967296\n");
  BOOST_TEST((d.class_names == strings{"-1", "9", "10", "4294967296"}));
  BOOST_TEST((d.labels == labels{2, 1, 0, 1, 2, 2, 3}));
  BOOST_TEST((parse_csv("1,0\n1,-0\n").class_names == strings{"0"}));
}

BOOST_AUTO_TEST_CASE(one_name_makes_all_labels_names) {
  const dataset d = parse_csv("1,10\n1,9\n1,1.5\n1,b\n1,\"NA\"\n");
  BOOST_TEST((d.class_names == strings{"1.5", "10", "9", "NA", "b"}));
  BOOST_TEST((d.labels == labels{1, 2, 0, 4, 3}));
}

BOOST_AUTO_TEST_CASE(known_classes_keep_their_numbers) {
  const dataset names = parse_csv("1,b\n1,a\n", {.class_names = {"c", "b", "a"}});
  BOOST_TEST((names.labels == labels{1, 2}));
  BOOST_TEST((names.class_names == strings{"c", "b", "a"}));
  BOOST_TEST((parse_csv("1,1.0\n1,7\n", {.class_names = {"7", "1"}}).labels == labels{1, 0}));
  BOOST_TEST((parse_csv("1,1.5\n", {.class_names = {"1.5"}}).labels == labels{0}));
}

BOOST_AUTO_TEST_CASE(quoted_fields_hold_anything) {
  const dataset d = parse_csv(
      "\"x, \"\"wide\"\"\",\"label\nof two lines\"\r\n1,\"a,b\"\n2,\"say \"\"\"\"\"\n3,\"  \r\n \"\n4, a b "
      "\n");
  BOOST_TEST((d.feature_names == strings{"x, \"wide\""}));
  BOOST_TEST((d.class_names == strings{"  \r\n ", "a b", "a,b", "say \"\""}));
  BOOST_TEST((d.labels == labels{2, 3, 0, 1}));
}

BOOST_AUTO_TEST_CASE(numbers_are_read_to_the_last_bit) {
  const dataset d = parse_csv(
      "0.1,1.7976931348623157e308,4.9406564584124654e-324,-0,x\n"
      "0.3333333333333333148296162562473909929394721984863281250,1e-999,-1e-999,0.0000000000000001e-320,y\n");
  BOOST_TEST(
      (d.x == array<double>{{0.1, 0x1.fffffffffffffp1023, 0x1p-1074, 0}, {0x1.5555555555555p-2, 0, 0, 0}}));
  BOOST_TEST((std::signbit(d.x(0, 3)) && std::signbit(d.x(1, 2)) && !std::signbit(d.x(1, 1))));
}

// Across the pieces that a file is read in, and the blocks that its numbers are kept in.
BOOST_AUTO_TEST_CASE(a_large_file_is_read_whole) {
  const int n = 60'000;
  std::string text = "i,\"minus i\",\"i/8\",class\n";
  for (int i = 0; i < n; ++i)
    text +=
        fmt::format("{0},-{0},{1}.{2},\"{3}\"\"\"\n", i, i / 8, 125 * (i % 8), i % 3 == 0 ? "fizz\n" : "");
  const test::temporary_directory place;
  const dataset d = read_csv(place.file("large.csv", text));
  validate(d);
  BOOST_TEST(d.samples() == n);
  BOOST_TEST((d.class_names == strings{"\"", "fizz\n\""}));
  int wrong = 0;
  for (int i = 0; i < n; ++i) {
    wrong += d.x(i, 0) != i || d.x(i, 1) != -i || d.x(i, 2) != i / 8.0 || d.labels(i) != (i % 3 == 0);
  }
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
