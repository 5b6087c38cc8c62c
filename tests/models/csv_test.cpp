// SPDX-License-Identifier: MIT
// What the CSV reader makes of files of every dialect.
#include "support.hpp"
#include "columns.hpp"
#include "temporary.hpp"

#include <reel/models/csv.hpp>

#include <fmt/format.h>

#include <algorithm>
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

// Whether one of the notes has this text.
bool says(const dataset& d, const std::string& text) {
  return std::any_of(d.notes.begin(), d.notes.end(), [&](const auto& n) { return n.find(text) != n.npos; });
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

BOOST_AUTO_TEST_CASE(numbers_are_names_of_columns_where_the_lines_below_tell) {
  const auto header = [](const std::string& text, csv_options o = {}) { return parse_csv(text, o).named; };
  // Data frames without names number their columns from 0; values below are of another kind.
  const dataset d = parse_csv("0,1,2,3\n0.5,7,1,2\n1.5,8,1,4\n");
  BOOST_TEST((d.named && d.samples() == 2 && d.classes() == 2));
  BOOST_TEST((d.feature_names == strings{"0", "1", "2"}));
  BOOST_TEST(says(d, "line 1 is taken for the names of columns, though they are numbers"));
  BOOST_TEST(header("\"0\",\"1\",\"2\",\"3\"\n0.5,7,1,2\n"));
  BOOST_TEST(header(",0,1,2\n0,5,6,1\n1,7,8,2\n"));
  BOOST_TEST(header("0,1,2,3\n0.5,7,1,4\n", {.labels = csv_labels::absent}));
  // Classes tell: a number above texts, a text above numbers, none of the known classes.
  BOOST_TEST(header("2001,2002,2003\n5,6,rose\n7,8,iris\n"));
  BOOST_TEST(header("2001,2002,kind\n5,6,1\n7,8,2\n"));
  BOOST_TEST(header("2001,2002,kind\n5,6,rose\n7,8,iris\n", {.class_names = {"iris", "rose"}}));
  BOOST_TEST(!header("2001,2002,rose\n5,6,rose\n7,8,iris\n", {.class_names = {"iris", "rose"}}));
  std::string years = "2001,2002,kind\n";
  for (int i = 0; i < 12; ++i) years += fmt::format("{}.5,{},{}\n", i, i, i % 2 == 0 ? "rose" : "iris");
  BOOST_TEST(header(years));
  // Names and numbers above numbers, and a label that is not seen again.
  BOOST_TEST(header("weight,2001,2002,2003\n7,5,6,1\n8,7,8,2\n"));
  // Nobody can know, and that is said.
  for (const char* text : {"0,1,2\n3,4,2\n5,6,2\n", "1,2,3,4\n3,4,2,4\n5,6,2,4\n", "0,1,2,3\n3,4,2,3\n"}) {
    const dataset unsure = parse_csv(text);
    BOOST_TEST((!unsure.named && says(unsure, "line 1 may name the columns or be a sample")), text);
    BOOST_TEST(parse_csv(text, {.header = csv_header::present}).notes.empty(), text);
  }
  std::string rare = "7,8,30\n";
  for (int i = 0; i < 12; ++i) rare += fmt::format("{},{},{}\n", 2 * i, i * i, i % 3);
  BOOST_TEST(says(parse_csv(rare), "its class '30' is not seen again below"));
  BOOST_TEST(parse_csv("0,1\n0.5,0\n0.7,1\n").samples() == 3);
  BOOST_TEST(parse_csv("4,1,x\n5,2,y\n").notes.empty());
}

BOOST_AUTO_TEST_CASE(labels_in_quotes_are_names) {
  const dataset d = parse_csv("a,kind\n1,\"042\"\n2,\"42\"\n3,\"4.2e1\"\n4,\"042\"\n");
  BOOST_TEST((d.class_names == strings{"042", "4.2e1", "42"}));
  BOOST_TEST((d.labels == labels{0, 2, 1, 0}));
  // One of them makes names of all.
  BOOST_TEST((parse_csv("1,7\n2,7.0\n3,\"07\"\n").class_names == strings{"07", "7", "7.0"}));
  BOOST_TEST((parse_csv("1,\"7\"\n2,7\n").class_names == strings{"7"}));
  // What is quoted throughout keeps the order of numbers.
  BOOST_TEST((parse_csv("1,\"10\"\n2,\"9\"\n3,\"-1\"\n").class_names == strings{"-1", "9", "10"}));
  const dataset ids = parse_csv("1,\"36028797018963969\"\n2,\"36028797018963970\"\n");
  BOOST_TEST((ids.class_names == strings{"36028797018963969", "36028797018963970"}));
  // A missing label is missing beside a name that reads the same.
  test::check_error(
      errc::parse_error, [] { parse_csv("a,kind\n1,\"NA\"\n2,NA\n"); }, "csv:3:3: the label is missing");
  BOOST_TEST((parse_csv("1,\"7\"\n", {.class_names = {"7", "8"}}).labels == labels{0}));
  test::check_error(
      errc::parse_error,
      [] {
        parse_csv("1,\"07\"\n", {.class_names = {"7", "8"}});
      },
      "unknown class '07'");
}

BOOST_AUTO_TEST_CASE(a_column_is_meant_by_its_name_or_number) {
  const std::string bare = "yes,1,2.5\nno,-3,1e-3\nyes,4,5\n", named = "label,a,b\n" + bare;
  check_plain(parse_csv(bare, {.label = "1"}), {"column 2", "column 3"});
  check_plain(parse_csv(bare, {.header = csv_header::absent, .label = "1"}), {"column 2", "column 3"});
  check_plain(parse_csv(named, {.label = "1"}));
  // A name that is a number comes first.
  const dataset d = parse_csv("2,1,3\n0.5,x,7\n0.25,y,8\n", {.header = csv_header::present, .label = "1"});
  BOOST_TEST((d.class_names == strings{"x", "y"} && d.feature_names == strings{"2", "3"}));
  test::check_error(
      errc::invalid_argument, [&] { parse_csv(bare, {.label = "4"}); }, "is called '4'");
  // Files to predict on have the column or not.
  const csv_options to_predict{.label = "1", .labels = csv_labels::ignored, .features = 2};
  BOOST_TEST((parse_csv("?,7,8\n", to_predict).x == array<double>{{7, 8}}));
  BOOST_TEST((parse_csv("7,8\n", to_predict).x == array<double>{{7, 8}}));
}

BOOST_AUTO_TEST_CASE(columns_can_be_left_out) {
  const std::string text = "id,a,town,b,label\n9,1,Rome,2.5,yes\n7,-3,Bonn,1e-3,no\n8,4,Oslo,5,yes\n";
  check_plain(parse_csv(text, {.ignore = {"id", "town"}}));
  check_plain(parse_csv(text, {.ignore = {"3", "1"}}));
  check_plain(parse_csv("9,1,Rome,2.5,yes\n7,-3,Bonn,1e-3,no\n8,4,Oslo,5,yes\n", {.ignore = {"1", "3"}}),
              {"column 2", "column 4"});
  check_plain(
      parse_csv("a,b,label,when\n1,2.5,yes,May\n-3,1e-3,no,May\n4,5,yes,May\n", {.ignore = {"when"}}));
  const auto refused = [&](const char* message, const csv_options& o) {
    test::check_error(
        errc::invalid_argument, [&] { parse_csv(text, o); }, message);
  };
  refused("ignore 'city': there is no column of this name or number; the 5 columns are 'id', 'a'",
          {.ignore = {"city"}});
  refused("ignore '6': there is no column", {.ignore = {"6"}});
  refused("label 'id': this column is among those to ignore", {.label = "id", .ignore = {"id"}});
}

BOOST_AUTO_TEST_CASE(features_that_are_known_are_found_by_their_names) {
  const csv_options known{.features = 2, .class_names = {"no", "yes"}, .feature_names = {"a", "b"}};
  const char* files[] = {
      "b,a,label\n2.5,1,yes\n1e-3,-3,no\n5,4,yes\n", "label,b,a\nyes,2.5,1\nno,1e-3,-3\nyes,5,4\n",
      ",label,a,b\n0,yes,1,2.5\n1,no,-3,1e-3\n2,yes,4,5\n", "1,2.5,yes\n-3,1e-3,no\n4,5,yes\n"};
  for (const char* text : files) BOOST_TEST_CONTEXT(text) {
      const dataset d = parse_csv(text, known);
      check_plain(d, text[0] == '1' ? strings{"column 1", "column 2"} : strings{"a", "b"});
    }
  csv_options bare = known;
  bare.labels = csv_labels::ignored;
  for (const char* text :
       {"b,a\n2,1\n", "b,what,a\n2,?,1\n", "b,what,a,more\n2,?,1,?\n", "1,2\n", "1,2,?\n"}) {
    const dataset d = parse_csv(text, bare);
    BOOST_TEST((!d.has_labels() && d.x == array<double>{{1, 2}}), text);
  }
  csv_options labelled = known;
  labelled.label = "label";
  const dataset d = parse_csv("b,when,a,label\n2.5,7,1,yes\n", labelled);
  BOOST_TEST(((d.x == array<double>{{1, 2.5}}) && says(d, "left out, as no features and no label: 'when'")));
  // What was left out of the first file: by name anywhere, by number where more than the label is left.
  for (const char* text :
       {"kind,b,a\nyes,2.5,1\n", "kind,when,b,a\nyes,7,2.5,1\n", "when,kind,b,a\n7,yes,2.5,1\n"}) {
    csv_options left = known;
    left.ignore = {"when", "1"};
    BOOST_TEST((parse_csv(text, left).labels == labels{1}), text);
  }
  csv_options numbered = known;
  numbered.ignore = {"3"};
  BOOST_TEST((parse_csv("b,a,c,d\n2.5,1,7,yes\n", numbered).labels == labels{1}));
  // Names that do not tell features apart are in the order of the first file.
  csv_options twins = known;
  twins.feature_names = {"a", "a"};
  BOOST_TEST((parse_csv("a,a,label\n1,2.5,yes\n", twins).x == array<double>{{1, 2.5}}));
  const auto refused = [&](const char* text, const char* message, const csv_options& o) {
    test::check_error(
        errc::invalid_argument, [&] { parse_csv(text, o, "f.csv"); }, message);
  };
  refused("a,c,label\n1,2,yes\n",
          "'f.csv' has no column 'b', which is a feature in training; it has 'c', which is none", known);
  refused("a,b,b,label\n1,2,3,yes\n", "'f.csv' has two columns that are called 'b'", known);
  refused("a,b\n1,2\n", "has no column of labels: all of its columns are features", known);
  refused("a,b,c,d\n1,2,3,4\n", "several columns that are no features: 'c', 'd'. Say which", known);
  refused("a,b,c\n1,2,x\n", "none of the columns of 'f.csv' is called 'label'", labelled);
  labelled.label = "a";
  refused("a,b,c\n1,2,x\n", "label 'a': in 'f.csv' this column is a feature", labelled);
}

BOOST_AUTO_TEST_CASE(columns_that_number_the_rows_are_noticed) {
  const auto noticed = [](const std::string& text, csv_options o = {}) {
    return says(parse_csv(text, o), "numbers the rows");
  };
  std::string counting = ",a,y\n", shuffled = ",a,y\n", by_one = "7,x\n", ids = "Id,a,y\n",
              named = "when,y\n";
  for (int i = 0; i < 8; ++i) {
    const char* y = i % 2 == 0 ? "u" : "v";
    counting += fmt::format("{},0.{},{}\n", i, (5 * i) % 8, y);
    shuffled += fmt::format("{},0.{},{}\n", (3 * i) % 8 * 10, i / 2, y);
    by_one += fmt::format("{},{}\n", 8 + i, y);
    ids += fmt::format("{},0.{},{}\n", 100 + i * i, i / 2, y);
    named += fmt::format("{},{}\n", 1 + i, y);
  }
  for (const std::string& text : {counting, shuffled, by_one, ids, named}) BOOST_TEST(noticed(text), text);
  BOOST_TEST(says(parse_csv(counting), "column 1 ('') numbers the rows"));
  BOOST_TEST(says(parse_csv(counting), "option ignore = 1"));
  BOOST_TEST(!noticed(counting, {.ignore = {"1"}}));
  BOOST_TEST(!noticed("a,y\n1,u\n3,v\n2,u\n4,v\n6,u\n5,v\n"));
  BOOST_TEST(!noticed("Id,y\n1,u\n3,v\n2,u\n4,v\n1,u\n5,v\n"));
  // R's write.table has no name for them, and its header is a field shorter.
  const dataset r =
      parse_csv("\"a\" \"y\"\n\"1\" 5 \"u\"\n\"2\" 6 \"v\"\n\"3\" 7 \"u\"\n", {.separator = ' '});
  BOOST_TEST((r.feature_names == strings{"column 1", "a"} && r.samples() == 3));
}

BOOST_AUTO_TEST_CASE(runs_of_blanks_separate_where_that_is_said) {
  const csv_options blanks{.separator = ' '};
  for (const char* text : {"a b label\n1 2.5 yes\n-3 1e-3 no\n4 5 yes\n",
                           "  a\t b   label \n1  2.5 yes\n -3\t1e-3\tno\t\n\n4 5 yes",
                           "\"a\"  \"b\" \"label\"\r\n 1 \"2.5\" \"yes\" \r\n-3 1e-3 no\r\n4 5 yes\r\n"})
    BOOST_TEST_CONTEXT(text) check_plain(parse_csv(text, blanks));
  test::check_error(
      errc::parse_error, [] { parse_csv("1 2 x\n3 4 y\n"); }, "Runs of blanks are option separator = blanks");
}

BOOST_AUTO_TEST_CASE(comments_are_skipped_where_that_is_said) {
  const csv_options marked{.comment = '#'};
  check_plain(parse_csv(
      "# made in May; by hand\na,b,label\n1,2.5,yes # sure\n  # and more\n-3,1e-3,no\n4,5,yes\n#", marked));
  check_plain(parse_csv("a,b,label\n1,2.5,yes\n%x\n-3,1e-3,no\n4,5,yes\n", {.comment = '%'}));
  BOOST_TEST((parse_csv("1,\"#1\"\n2,\"#2\"\n", marked).class_names == strings{"#1", "#2"}));
  BOOST_TEST((parse_csv("1,#1\n2,#2\n").class_names == strings{"#1", "#2"}));
  for (const char* text : {"# made in May\na,b,label\n1,2,x\n", "a,b,label\n1,2,x\n# the end\n"})
    test::check_error(
        errc::parse_error, [&] { parse_csv(text); }, "Lines of comments are skipped with option comment = #");
  for (const char bad : {'"', '1', ','})
    test::check_error(
        errc::invalid_argument, [&] { parse_csv("1,x\n", {.separator = ',', .comment = bad}); }, "comment '");
}

BOOST_AUTO_TEST_CASE(other_marks_stand_for_missing_values) {
  const csv_options marked{.missing = missing_values::mean, .missing_marks = {"-", "-999", "n.a."}};
  const dataset d = parse_csv("a,b,y\n-,1,u\n-999,n.a.,v\n-999.0,\"-\",u\n", marked);
  BOOST_TEST(
      (std::isnan(d.x(0, 0)) && std::isnan(d.x(1, 0)) && std::isnan(d.x(1, 1)) && std::isnan(d.x(2, 1))));
  BOOST_TEST((d.x(2, 0) == -999 && d.x(0, 1) == 1));
  csv_options dropped = marked;
  dropped.missing = missing_values::drop_row;
  BOOST_TEST((parse_csv("a,y\n-,u\n2,-\n3,v\n", dropped).x == test::column({3.0})));
  dropped.missing = missing_values::refuse;
  test::check_error(
      errc::parse_error, [&] { parse_csv("a,y\n-,u\n", dropped); },
      "csv:2:1: the value of column 1 ('a') is missing");
  test::check_error(
      errc::parse_error, [&] { parse_csv("a,y\n1,-\n", dropped); }, "csv:2:3: the label is missing");
}

BOOST_AUTO_TEST_CASE(commas_are_decimal_where_that_is_said) {
  const csv_options comma{.decimal = ','};
  check_plain(parse_csv("a;b;label\n1;2,5;yes\n-3;1e-3;no\n4,0;5;yes\n", comma));
  check_plain(parse_csv("a\tb\tlabel\n1\t+2,50\tyes\n-3\t,1e-2\tno\n4\t5\tyes\n", comma));
  BOOST_TEST((parse_csv("1,5;x\n2,5;y\n", comma).x == test::column({1.5, 2.5})));
  for (const auto& [text, advice] :
       {std::pair("1.5;x\n2;y\n", "a comma is decimal here"),
        {"a;y\n1.234,5;x\n", "leave out the points, which separate thousands: 1234,5"},
        {"a;y\n1,2,3;x\n", "is not a number"}})
    test::check_error(
        errc::parse_error, [&] { parse_csv(text, comma); }, advice);
  test::check_error(
      errc::invalid_argument, [&] { parse_csv("1,5;x\n", {.separator = ',', .decimal = ','}); },
      "decimal ','");
  test::check_error(
      errc::invalid_argument, [&] { parse_csv("1,5;x\n", {.decimal = ' '}); }, "decimal ' '");
}

BOOST_AUTO_TEST_CASE(a_first_line_may_announce_the_separator) {
  check_plain(parse_csv("sep=;\na;b;label\n1;2.5;yes\n-3;1e-3;no\n4;5;yes\n"));
  check_plain(parse_csv("\uFEFFSEP=|\r\na|b|label\r\n1|2.5|yes\r\n-3|1e-3|no\r\n4|5|yes\r\n"));
  check_plain(parse_csv("sep=,\n1,2.5,yes\n-3,1e-3,no\n4,5,yes\n"), {"column 1", "column 2"});
  test::check_error(
      errc::parse_error, [] { parse_csv("sep=;\na;b\n1;x;y\n", {}, "f"); },
      "f:3:5: this row has 3 fields and line 2 has 2");
  // It is a name where it announces nothing.
  BOOST_TEST((parse_csv("sep=x,label\n1,x\n").feature_names == strings{"sep=x"}));
}

BOOST_AUTO_TEST_CASE(true_and_false_are_numbers_of_features_and_names_of_classes) {
  const dataset d =
      parse_csv("a,b,TRUE\nTrue,false,True\nFALSE,true,False\n", {.header = csv_header::present});
  BOOST_TEST((d.x == array<double>{{1, 0}, {0, 1}}));
  BOOST_TEST((d.class_names == strings{"False", "True"}));
  BOOST_TEST(parse_csv("True,1,x\nFalse,2,y\n").samples() == 2);
  test::check_error(
      errc::parse_error, [] { parse_csv("a,y\nT,x\n"); }, "if it means true or false, write 1 or 0");
}

BOOST_AUTO_TEST_SUITE_END()
