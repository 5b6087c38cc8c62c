// SPDX-License-Identifier: MIT
// LIBSVM text, and what is refused of it.
#include "support.hpp"
#include "binary_files.hpp"
#include "columns.hpp"
#include "temporary.hpp"

#include <reel/models/libsvm.hpp>

using namespace reel;
using reel::test::check_error;
using namespace std::string_literals;

namespace {

using strings = std::vector<std::string>;
using labels = array<index_t>;

struct bad_input {
  const char* what;
  std::string text;
  errc code;
  const char *where, *message;
  libsvm_options options = {};
};

constexpr auto parse = errc::parse_error;
constexpr auto argument = errc::invalid_argument;

const bad_input table[] = {
    {"empty file", "", parse, "1:1", "the file is empty"},
    {"only comments", "# nothing\n\n  # more\n", parse, "1:1", "the file is empty"},
    {"no label", "1:2 2:3\n", parse, "1:1", "'1:2' stands where the label should"},
    {"no colon", "1 1:2 3\n", parse, "1:7", "'3' is not index:value"},
    {"index 0", "1 0:2\n", parse, "1:3", "the index '0' is not a whole number from 1"},
    {"index -1", "1 -1:2\n", parse, "1:3", "the index '-1' is not a whole number"},
    {"index 1.5", "1 1.5:2\n", parse, "1:3", "the index '1.5'"},
    {"index of letters", "1 1:1\n1 x:2\n", parse, "2:3", "the index 'x'"},
    {"no index", "1 :2\n", parse, "1:3", "the index ''"},
    {"query of a ranking", "1 qid:7 1:2\n", parse, "1:3", "the index 'qid'"},
    {"index 2^31", "1 2147483648:1\n", parse, "1:3",
     "above 1048576, the largest possible number of features"},
    {"index 2^64", "1 18446744073709551616:1\n", parse, "1:3", "above 1048576"},
    {"index above the features", "1 5:1\n", parse, "1:3", "above 4, the given number", {.features = 4}},
    {"index twice", "1 3:1 3:2\n", parse, "1:7", "the index 3 follows 3"},
    {"indices that descend", "1 3:1 2:2\n", parse, "1:7", "the index 2 follows 3"},
    {"no value", "1 3:\n", parse, "1:5", "the value '' of feature 3 is not a finite number"},
    {"NaN", "1 3:nan\n", parse, "1:5", "the value 'nan' of feature 3"},
    {"infinity", "1 3:-inf\n", parse, "1:5", "the value '-inf'"},
    {"text", "1 3:a\n", parse, "1:5", "the value 'a'"},
    {"two colons", "1 3:4:5\n", parse, "1:5", "the value '4:5'"},
    {"too large", "1 3:1e999\n", parse, "1:5", "larger than any double"},
    {"several labels", "1,2 3:4\n", parse, "1:1", "'1,2' are several labels"},
    {"label 1.5", "1 1:1\n1.5 1:1\n", parse, "2:1", "the label '1.5' is not a whole number"},
    {"label NaN", "nan 1:1\n", parse, "1:1", "the label is NaN"},
    {"label missing", "? 1:1\n", parse, "1:1", "the label is missing"},
    {"unknown class",
     "3 1:1\n",
     parse,
     "1:1",
     "unknown class '3': the classes are '1', '2'",
     {.class_names = {"1", "2"}}},
    {"zero byte", "a\0b 1:1\n"s, parse, "1:1", "a zero byte"},
    {"UTF-16", "\xFF\xFE\x31\x00"s, parse, "1:1", "UTF-16"},
    {"too many numbers",
     "1 1:1\n1 2:1\n",
     parse,
     "2:1",
     "more than 2^30 numbers",
     {.features = index_t{1} << 30}},
    {"features below 0", "1 1:1\n", argument, "", "-1 features", {.features = -1}},
    {"a class named twice", "1 1:1\n", argument, "", "'x' is named twice", {.class_names = {"x", "x"}}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(libsvm)

BOOST_AUTO_TEST_CASE(lines_become_rows) {
  const dataset d = parse_libsvm("+1 1:0.5 3:-2\n-1\n# a comment\n\n+1 2:1e3 # another\r\n -1\t1:7 2:8  3:9");
  BOOST_TEST((d.x == array<double>{{0.5, 0, -2}, {0, 0, 0}, {0, 1000, 0}, {7, 8, 9}}));
  BOOST_TEST((d.labels == labels{1, 0, 1, 0}));
  BOOST_TEST((d.class_names == strings{"-1", "1"}));
  BOOST_TEST((d.feature_names == strings{"feature 1", "feature 2", "feature 3"}));
  validate(d);
}

BOOST_AUTO_TEST_CASE(classes_and_features_can_be_known_already) {
  const dataset d = parse_libsvm("b 1:1\na 2:1\n", {.features = 4, .class_names = {"c", "b", "a"}});
  BOOST_TEST((d.x == array<double>{{1, 0, 0, 0}, {0, 1, 0, 0}}));
  BOOST_TEST((d.labels == labels{1, 2}));
  BOOST_TEST(parse_libsvm("1\n2\n").features() == 1);
}

BOOST_AUTO_TEST_CASE(features_can_be_counted_from_0) {
  const dataset d = parse_libsvm("1 0:5 2:7\n2 1:6\n", {.zero_based = true});
  BOOST_TEST((d.x == array<double>{{5, 0, 7}, {0, 6, 0}}));
  BOOST_TEST((d.feature_names == strings{"feature 0", "feature 1", "feature 2"} && d.notes.empty()));
  BOOST_TEST(parse_libsvm("1 0:5\n", {.features = 3, .zero_based = true}).features() == 3);
  const dataset from_1 = parse_libsvm("1 1:5 2:7\n2 1:6\n", {.zero_based = true});
  BOOST_TEST(
      (from_1.notes.size() == 1 && from_1.notes[0].find("do they count from 1?") != std::string::npos));
  const auto refused = [](const char* text, const libsvm_options& o, const char* message) {
    check_error(
        errc::parse_error, [&] { parse_libsvm(text, o); }, message);
  };
  refused(
      "1 0:5\n", {},
      "libsvm:1:3: the index '0' is not a whole number from 1: this file probably counts features from 0");
  refused("1 0:5 0:6\n", {.zero_based = true}, "the index 0 follows 0");
  refused("1 3:5\n", {.features = 3, .zero_based = true}, "the index '3' is above 2");
  refused("1 -1:5\n", {.zero_based = true}, "is not a whole number from 0.");
}

BOOST_AUTO_TEST_CASE(queries_are_left_out_where_that_is_said) {
  const dataset d = parse_libsvm("3 qid:1 1:5 # a\n2 qid:1 1:6\n3 1:7\n", {.skip_queries = true});
  BOOST_TEST((d.x == test::column({5.0, 6.0, 7.0}) && d.labels == labels{1, 0, 1}));
  check_error(
      errc::parse_error, [] { parse_libsvm("3 qid:1 1:5\n"); },
      "'qid:1' tells the queries of a ranking apart");
  check_error(
      errc::parse_error, [] { parse_libsvm("3 1:5 qid:1\n", {.skip_queries = true}); }, "the index 'qid'");
}

BOOST_AUTO_TEST_CASE(a_large_packed_file_is_read_whole) {
  std::string text;
  for (int i = 0; i < 40'000; ++i)
    text += std::to_string(i % 3) + " 1:" + std::to_string(i) + " 5:-" + std::to_string(i) + ".5\n";
  const test::temporary_directory place;
  const dataset d = read_libsvm(place.file("a.svm.gz", test::gzip(text)));
  int wrong = d.samples() != 40'000 || d.features() != 5;
  for (int i = 0; i < 40'000; ++i)
    wrong += d.x(i, 0) != i || d.x(i, 4) != -i - 0.5 || d.x(i, 2) != 0 || d.labels(i) != i % 3;
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(bad_inputs_are_refused_with_kind_place_and_text) {
  for (const bad_input& row : table) BOOST_TEST_CONTEXT(row.what)
  check_error(
      row.code, [&] { parse_libsvm(row.text, row.options, "bad.svm"); },
      *row.where == '\0' ? "" : "ParseError: bad.svm:"s + row.where + ": ", row.message);
}

BOOST_AUTO_TEST_CASE(a_line_without_an_end_is_not_read_to_the_end) {
  check_error(
      errc::parse_error, [] { parse_libsvm("1 1:1\n" + std::string(std::size_t{17} << 20, '1')); },
      "libsvm:2:1: a line of more than 16 MiB");
}

BOOST_AUTO_TEST_SUITE_END()
