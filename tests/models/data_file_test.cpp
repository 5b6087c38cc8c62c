// SPDX-License-Identifier: MIT
// Data sets of every format by one function, their labels beside them, and images that stay bytes.
#include "../support.hpp"
#include "binary_files.hpp"
#include "temporary.hpp"

#include <reel/models/batches.hpp>
#include <reel/models/data_sets.hpp>
#include <reel/models/libsvm.hpp>
#include <reel/models/data_file.hpp>

#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <unistd.h>

using namespace reel;
using namespace reel::test;
using namespace std::string_literals;

namespace {

using strings = std::vector<std::string>;
using labels = array<index_t>;
using indices = std::vector<index_t>;

const std::string images = idx(8, {3, 1, 2}, "\0\1\2\3\4\xFF"s);
const std::string three_labels = idx(8, {3}, "\1\0\2"s);

std::string doubles(std::initializer_list<double> numbers, const char* sizes) {
  std::string bytes;
  for (const double x : numbers) bytes += little(x);
  return npy("{'descr': '<f8', 'fortran_order': False, 'shape': "s + sizes + "}", bytes);
}

data_options with(const std::string& labels_file, csv_options csv = {}) {
  return {std::move(csv), labels_file};
}

constexpr double missing_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

BOOST_AUTO_TEST_SUITE(read_any)

BOOST_AUTO_TEST_CASE(the_format_is_known_by_the_content) {
  const temporary_directory place;
  const auto samples = [&](const std::string& name, const std::string& text, const data_options& o = {}) {
    return std::visit([](const auto& d) { return d.samples(); }, read_data(place.file(name, text), o));
  };
  BOOST_TEST(samples("a.csv", "1,2,x\n3,4,y\n") == 2);
  BOOST_TEST(samples("a", "1,2,x\n3,4,y\n") == 2);
  BOOST_TEST(samples("b.gz", gzip("1,2,x\n3,4,y\n")) == 2);
  BOOST_TEST(samples("c", "# two rows\n1 3:0.5\n2\n") == 2);
  BOOST_TEST(samples("c.svm", "1\n2\n") == 2);
  BOOST_TEST(samples("c.libsvm.gz", gzip("1\n2\n")) == 2);
  BOOST_TEST(samples("a.tsv", "10:30 at\tx\n1\ty\n", {.csv = {.header = csv_header::present}}) == 1);
  BOOST_TEST(samples("d", images, with(place.file("l", three_labels))) == 3);
  BOOST_TEST(samples("e", doubles({1, 2, 3}, "(3,)"), with(place.file("l", doubles({0, 1, 1}, "(3,)")))) ==
             3);
}

BOOST_AUTO_TEST_CASE(labels_can_be_left_out_in_every_format) {
  const temporary_directory place;
  const data_options none{.csv = {.labels = csv_labels::absent}};
  for (const std::string& text :
       {"1,2\n3,4\n"s, "7 1:1 2:2\n8 1:3 2:4\n"s, doubles({1, 2, 3, 4}, "(2, 2)")}) {
    const auto d = std::get<dataset>(read_data(place.file("d", text), none));
    BOOST_TEST((!d.has_labels() && d.x == array<double>{{1, 2}, {3, 4}}));
    validate(d);
  }
}

BOOST_AUTO_TEST_CASE(text_may_come_through_a_pipe) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(pipe(ends.data()) == 0);
  const std::string text = gzip("1 1:2\n2 3:4\n");
  BOOST_REQUIRE(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  close(ends[1]);
  BOOST_TEST(std::get<dataset>(read_data("/dev/fd/" + std::to_string(ends[0]))).features() == 3);
  close(ends[0]);
}

BOOST_AUTO_TEST_CASE(labels_of_images_are_beside_them) {
  const temporary_directory place;
  const std::string path = place.file("t-images-idx3-ubyte.gz", gzip(images));
  check_error(
      errc::bad_file, [&] { read_data(path); }, "t-labels-idx1-ubyte.gz' cannot be opened");
  BOOST_TEST(
      !std::get<byte_dataset>(read_data(path, {.csv = {.labels = csv_labels::optional, .features = 2}}))
           .has_labels());
  place.file("t-labels-idx1-ubyte.gz", gzip(three_labels));
  const auto d = std::get<byte_dataset>(read_data(path));
  validate(d);
  BOOST_TEST((d.x == array<std::uint8_t>{{0, 1}, {2, 3}, {4, 255}}));
  BOOST_TEST((d.labels == labels{1, 0, 2}));
  BOOST_TEST((d.class_names == strings{"0", "1", "2"}));
  BOOST_TEST((d.feature_names == strings{"pixel_0_0", "pixel_0_1"}));
  const auto named = std::get<byte_dataset>(read_data(path, {.csv = {.class_names = {"a", "b", "c", "d"}}}));
  BOOST_TEST(named.classes() == 4);
  const auto alone = std::get<byte_dataset>(read_data(path, {.csv = {.labels = csv_labels::absent}}));
  BOOST_TEST((!alone.has_labels() && alone.samples() == 3));
  BOOST_TEST(
      (!rows(alone, indices{2}).has_labels() && rows(alone, indices{2}).x == array<std::uint8_t>{{4, 255}}));
}

BOOST_AUTO_TEST_CASE(arrays_that_do_not_fit_are_refused) {
  const temporary_directory place;
  const std::string x = place.file("x.idx", images);
  const auto refused = [&](errc code, const std::string& label_bytes, const char* text,
                           csv_options csv = {}) {
    const std::string l = place.file("l", label_bytes);
    check_error(
        code, [&] { read_data(x, with(l, csv)); }, text);
  };
  refused(errc::invalid_label, doubles({0, 1, 4294967296.0}, "(3,)"),
          "the label 4294967296 in row 2 is none of the classes");
  refused(errc::invalid_label, doubles({0, -1, 2}, "(3,)"), "the label -1 in row 1");
  refused(errc::invalid_label, doubles({0.5, 1, 2}, "(3,)"), "the label 0.5 in row 0");
  refused(errc::invalid_label, doubles({0, 1, missing_number}, "(3,)"), "the label nan in row 2");
  refused(errc::invalid_label, three_labels, "classes 0 … 1", {.class_names = {"a", "b"}});
  refused(errc::shape_mismatch, doubles({0, 1}, "(2,)"), "labels of shape [2]: expected [3]");
  refused(errc::shape_mismatch, doubles({0, 1, 2}, "(3,1)"), "labels of shape [3x1]");
  refused(errc::shape_mismatch, three_labels, "2 features, where 5 are expected", {.features = 5});
  refused(errc::parse_error, "1,2\n", "neither an IDX nor an NPY file");
  check_error(
      errc::invalid_argument, [&] { read_data(x); }, "holds features alone: name the file with the labels");
  check_error(
      errc::shape_mismatch,
      [&] {
        read_data(place.file("n", idx(8, {0, 2}, "")));
      },
      "[0x2]: there are no samples");
  check_error(
      errc::shape_mismatch, [&] { read_data(place.file("n", doubles({1}, "()"))); }, "shape []");
  const double inf = std::numeric_limits<double>::infinity();
  for (const auto missing : {missing_values::refuse, missing_values::mean})
    check_error(
        errc::non_finite,
        [&] {
          read_data(place.file("n", doubles({1, 2, inf}, "(3,)")),
                    with(place.file("l", three_labels), {.missing = missing}));
        },
        "feature 0 ('column 1') of row 2 is inf");
}

BOOST_AUTO_TEST_CASE(labels_in_a_file_of_their_own_are_the_numbers_that_occur) {
  const temporary_directory place;
  const std::string x = place.file("x.idx", images);
  const auto read = [&](const std::string& numbers, strings known = {}) {
    return std::get<byte_dataset>(
        read_data(x, with(place.file("l", idx(8, {3}, numbers)), {.class_names = std::move(known)})));
  };
  const auto from_1 = read("\1\3\2"s);
  BOOST_TEST((from_1.class_names == strings{"1", "2", "3"} && from_1.labels == labels{0, 2, 1}));
  BOOST_TEST((read("\7\0\7"s).class_names == strings{"0", "7"}));
  // Known classes that are numbers are found as such, and others are counted from 0.
  BOOST_TEST((read("\3\1\3"s, {"1", "2", "3"}).labels == labels{2, 0, 2}));
  BOOST_TEST((read("\2\0\2"s, {"a", "b", "c"}).labels == labels{2, 0, 2}));
  BOOST_TEST((read("\2\0\2"s, {"1", "2", "x"}).labels == labels{2, 0, 2}));
  check_error(
      errc::invalid_label,
      [&] {
        read("\1\0\2"s, {"1", "2"});
      },
      "the label 0 in row 1 is none of the classes '1', '2'");
  check_error(
      errc::invalid_label,
      [&] {
        read("\1\0\2"s, {"a", "b"});
      },
      "the label 2 in row 2 is none of the classes 0 … 1");
  // A table of features may have such a file, too; LIBSVM text has its labels.
  const std::string l = place.file("l", idx(8, {2}, "\5\4"s));
  const auto d = std::get<dataset>(read_data(place.file("t.csv", "a,b\n1,2\n3,4\n"), with(l)));
  BOOST_TEST((d.x == array<double>{{1, 2}, {3, 4}} && d.labels == labels{1, 0} &&
              d.class_names == strings{"4", "5"}));
  check_error(
      errc::shape_mismatch, [&] { read_data(place.file("t.csv", "1,2\n"), with(l)); },
      "expected [1], one for each");
  check_error(
      errc::bad_file, [&] { read_data(place.file("t.csv", "1,2\n"), with("/no/such/file")); },
      "cannot be opened");
  check_error(
      errc::invalid_argument, [&] { read_data(place.file("t.svm", "1 1:2\n"), with(l)); }, "has no effect");
}

BOOST_AUTO_TEST_CASE(features_of_every_format_can_be_left_out) {
  const temporary_directory place;
  const auto read = [&](const std::string& text, data_options o) {
    return std::get<dataset>(read_data(place.file("d", text), o));
  };
  data_options o{.csv = {.labels = csv_labels::absent, .ignore = {"2"}}};
  const std::string numbers = doubles({1, 2, 3, 4, 5, 6}, "(2, 3)");
  for (const std::string& text : {"1,2,3\n4,5,6\n"s, "7 1:1 2:2 3:3\n8 1:4 2:5 3:6\n"s, numbers})
    BOOST_TEST((read(text, o).x == array<double>{{1, 3}, {4, 6}}));
  BOOST_TEST((read(numbers, o).feature_names == strings{"column 1", "column 3"}));
  // A second file may come without them.
  o.csv.features = 2;
  for (const std::string& text : {"1,2\n"s, doubles({1, 2}, "(1, 2)")})
    BOOST_TEST((read(text, o).x == array<double>{{1, 2}}));
  BOOST_TEST((read("7 1:1 3:3\n", o).x == array<double>{{1, 3}}));
  o.csv.features = 3;
  o.csv.ignore = {"qid"};
  o.zero_based = true;
  BOOST_TEST((read("7 qid:4 0:1 2:3\n", o).x == array<double>{{1, 0, 3}}));
  o.csv.ignore = {"city"};
  o.csv.features = 0;
  check_error(
      errc::invalid_argument, [&] { read(numbers, o); }, "'city': there is no column of this name or number");
}

BOOST_AUTO_TEST_CASE(missing_values_are_treated_as_told) {
  const temporary_directory place;
  const std::string text = "a,b,label\n1,,x\n2,20,\n3,30,y\n5,?,x\n";
  const auto l = place.file("l", idx(8, {4}, "\0\1\1\0"s));
  const auto n = place.file("n", doubles({1, missing_number, 2, 20, 3, 30, 5, missing_number}, "(4, 2)"));
  for (const auto& dropped :
       {parse_csv("a,b,label\n1,,x\n2,20,x\n3,30,y\n5,?,x\n", {.missing = missing_values::drop_row}),
        std::get<dataset>(read_data(n, with(l, {.missing = missing_values::drop_row})))})
    BOOST_TEST((dropped.x == array<double>{{2, 20}, {3, 30}}));
  BOOST_TEST((parse_csv(text, {.missing = missing_values::drop_row}).x == array<double>{{3, 30}}));
  check_error(
      errc::parse_error, [&] { parse_csv(text, {.missing = missing_values::mean}); },
      "3:6: the label is missing");
  check_error(
      errc::parse_error, [&] { parse_csv("a,label\n,x\n?,x\n", {.missing = missing_values::drop_row}); },
      "no row without");
  check_error(
      errc::non_finite, [&] { read_data(n, with(l)); }, "feature 1 ('column 2') of row 0 is nan",
      "or say what to do with missing values.");
  // The mean of the training rows stands for what is missing, there and in any other row.
  const auto kept = std::get<dataset>(read_data(n, with(l, {.missing = missing_values::mean})));
  check_error(
      errc::non_finite, [&] { standardize(kept); }, "feature 1");
  const scaling s = standardize(rows(kept, indices{0, 1, 2}), missing_values::mean);
  BOOST_TEST((s.shift == std::vector<double>{2, 25}));
  BOOST_TEST(s.divisor[1] == 5);
  const double e = std::sqrt(2.0 / 3);
  const auto filled = scaled(kept, s).x;
  BOOST_TEST((filled == array<double>{{-1 / e, 0}, {0, -1}, {1 / e, 1}, {3 / e, 0}}));
  check_error(
      errc::invalid_argument,
      [&] {
        standardize(rows(kept, indices{0, 3}), missing_values::mean);
      },
      "every value of feature 1 ('column 2') is missing");
}

BOOST_AUTO_TEST_CASE(labels_of_a_table_may_be_absent) {
  const csv_options named{.label = "kind", .labels = csv_labels::optional};
  BOOST_TEST(parse_csv("a,kind,b\n1,x,2\n", named).has_labels());
  const dataset d = parse_csv("a,b\n1,2\n3,4\n", named);
  BOOST_TEST(
      (!d.has_labels() && d.x == array<double>{{1, 2}, {3, 4}} && d.feature_names == strings{"a", "b"}));
  BOOST_TEST(parse_csv("1,2\n3,4\n", named).samples() == 2);
  const csv_options counted{.labels = csv_labels::optional, .features = 2, .class_names = {"y", "x"}};
  BOOST_TEST((parse_csv("1,2,x\n", counted).labels == labels{1}));
  BOOST_TEST((parse_csv("1,2\n", counted).class_names == strings{"y", "x"}));
  BOOST_TEST((parse_csv("a,b\n1,2\n", {.labels = csv_labels::absent}).feature_names == strings{"a", "b"}));
  BOOST_TEST(parse_csv("1\n2\n", {.labels = csv_labels::absent}).x(1, 0) == 2);
  check_error(
      errc::parse_error, [&] { parse_csv("1,2,3,x\n", counted); },
      "csv:1:1: 4 columns of features, where 2 are expected");
  check_error(
      errc::parse_error, [&] { parse_csv("1,2,3,x\n", {.features = 2}); },
      "3 columns of features and one of labels, where 2");
  check_error(
      errc::invalid_argument, [&] { parse_csv("1,2\n", {.labels = csv_labels::optional}); },
      "optional labels: say how");
  check_error(
      errc::invalid_argument, [&] { parse_csv("1,2\n", {.features = -1}); }, "-1 features");
}

BOOST_AUTO_TEST_CASE(labels_that_are_ignored_may_be_anything) {
  const csv_options named{.label = "kind",
                          .labels = csv_labels::ignored,
                          .class_names = {"x", "y"},
                          .missing = missing_values::drop_row};
  for (const char* kind : {"x", "oak", "?", "", "1.5", "\"\"", "NA"}) {
    BOOST_TEST_CONTEXT(kind) {
      const dataset d = parse_csv(std::string("a,kind,b\n1,") + kind + ",2\n7," + kind + ",8\n", named);
      BOOST_TEST((!d.has_labels() && d.x == array<double>{{1, 2}, {7, 8}}));
      BOOST_TEST((d.class_names == strings{"x", "y"} && d.feature_names == strings{"a", "b"}));
      const csv_options counted{.labels = csv_labels::ignored, .features = 2};
      const dataset last = parse_csv(std::string("1,2,") + kind + "\n", counted);
      BOOST_TEST((!last.has_labels() && last.x == array<double>{{1, 2}}));
    }
  }
  BOOST_TEST(parse_csv("a,b\n1,2\n", named).features() == 2);
  BOOST_TEST(parse_csv("kind,a,b\n?,,2\nx,3,4\n", named).samples() == 1);
  check_error(
      errc::invalid_argument, [&] { parse_csv("1,2\n", {.labels = csv_labels::ignored}); },
      "optional labels: say how");
  for (const char* kind : {"x", "oak", "?", "1.5", "NA"}) {
    const dataset d = parse_libsvm(std::string(kind) + " 1:3 2:4\n", {2, {"x", "y"}, false});
    BOOST_TEST((!d.has_labels() && d.x == array<double>{{3, 4}} && d.class_names == strings{"x", "y"}), kind);
  }
  const temporary_directory place;
  const data_options ignored{.csv = {.labels = csv_labels::ignored, .features = 2}};
  place.file("u-labels-idx1-ubyte.gz", "no labels at all");
  const auto of_images = read_data(place.file("u-images-idx3-ubyte.gz", gzip(images)), ignored);
  BOOST_TEST(!std::get<byte_dataset>(of_images).has_labels());
  BOOST_TEST(!std::get<dataset>(read_data(place.file("d.svm", "? 1:3 2:4\n"), ignored)).has_labels());
}

BOOST_AUTO_TEST_CASE(a_format_is_told_before_anything_is_read) {
  const temporary_directory place;
  std::vector<data_format> told;
  data_options options;
  options.on_format = [&](data_format f) {
    told.push_back(f);
    throw error(errc::usage, "not this one");
  };
  for (const std::string& path : {place.file("a.csv", "a,b\n\"no end"), place.file("a.svm", "no labels"),
                                  place.file("a", gzip(images)), place.file("a.npy", "not an array")})
    check_error(
        errc::usage, [&] { read_data(path, options); }, "not this one");
  BOOST_TEST(
      (told == std::vector{data_format::csv, data_format::libsvm, data_format::idx, data_format::npy}));
}

BOOST_AUTO_TEST_CASE(bytes_become_scaled_batches) {
  auto x = make_array<std::uint8_t>({300, 3});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::uint8_t>(i);
  auto l = make_array<index_t>({300});
  for (index_t i = 0; i < 300; ++i) l(i) = i % 2;
  const byte_dataset d{x, l, {"a", "b"}, {"x", "y", "z"}};
  for (const scaling& s :
       {divide_by(255, 3), divide_by(7, 3), divide_by(3e38, 3), divide_by(0.3, 3), standardize(d)}) {
    const auto numbers = cast<float>(scaled(cast<double>(d), s));
    indices all(300);
    std::iota(all.begin(), all.end(), index_t{0});
    BOOST_TEST((scaled_rows<float>(d, s, all) == numbers.x));
    for (index_t epoch = 0; epoch < 2; ++epoch) {
      auto expected = optim::minibatches(std::tie(numbers.x, numbers.labels), 128, 7, epoch);
      index_t step = 0;
      for (const auto& [batch, batch_labels] : scaled_minibatches<float>(d, s, 128, 7, epoch)) {
        const auto [want, want_labels] = expected[step++];
        BOOST_TEST((batch == want && batch_labels == want_labels));
      }
      BOOST_TEST(step == 3);
    }
  }
  const auto ones = scaled_rows<double>(d, divide_by(2, 3), indices{1, 0}, bias_column::yes);
  BOOST_TEST((ones == array<double>{{1.5, 2, 2.5, 1}, {0, 0.5, 1, 1}}));
  auto batches = scaled_minibatches<double>(d, divide_by(1, 3), 7, 1, 0, 0, bias_column::yes);
  BOOST_TEST((std::get<0>(batches[0]).shape()[1] == 4u && std::get<0>(batches[0])(3, 3) == 1));
  check_error(
      errc::shape_mismatch, [&] { scaled_rows<float>(d, divide_by(1, 2), indices{0}); }, "2 features", "3");
  check_error(
      errc::invalid_argument, [&] { scaled_rows<float>(d, divide_by(1, 3), indices{300}); }, "300");
  check_error(
      errc::shape_mismatch,
      [&] {
        scaled_minibatches<float>(byte_dataset{x, {}, {}, {"x", "y", "z"}}, divide_by(1, 3), 7, 1);
      },
      "no labels");
}

// Sums and counts computed apart, with Python, from Debian's files.
BOOST_AUTO_TEST_CASE(bytes_are_divided_to_the_last_bit) {
  byte_dataset all{make_array<std::uint8_t>({1, 256}), {}, {}, std::vector<std::string>(256)};
  for (int i = 0; i < 256; ++i) all.x.data()[i] = static_cast<std::uint8_t>(i);
  const index_t first = 0;
  const auto check = [&]<class T>(T, double divisor) {
    const auto y = scaled_rows<T>(all, divide_by(divisor, 256), {&first, 1});
    for (int i = 0; i < 256; ++i)
      BOOST_REQUIRE_MESSAGE(y.data()[i] == static_cast<T>(i / divisor) &&
                                std::signbit(y.data()[i]) == std::signbit(i / divisor),
                            i << " / " << divisor << " gives " << y.data()[i]);
  };
  // Numbers that divide well and not, and such that their reciprocals or the quotients leave the range.
  for (const double divisor : {255.0, 256.0, 1.0, -7.0, 0.1, 127.5, 1e-38, 0x1p-149, 3e38, 1e300, 5e-324}) {
    check(float(), divisor);
    check(double(), divisor);
  }
  for (int divisor = 1; divisor < 2000; ++divisor) {
    check(float(), divisor);
    check(double(), divisor);
  }
}

BOOST_AUTO_TEST_CASE(fashion_mnist_is_the_published_set, *boost::unit_test::precondition([](auto) {
                       return boost::test_tools::assertion_result(find_fashion_mnist().has_value());
                     })) {
  const auto [train, test] = load_fashion_mnist();
  validate(train);
  validate(test);
  BOOST_TEST((train.samples() == 60000 && test.samples() == 10000 && train.features() == 784));
  BOOST_TEST((train.class_names[9] == "Ankle boot" && test.classes() == 10));
  const auto sum = [](const auto& a) { return std::accumulate(a.begin(), a.end(), std::int64_t{0}); };
  BOOST_TEST(sum(train.x) == 3431114169);
  BOOST_TEST(sum(test.x) == 573469082);
  for (const auto* d : {&train, &test}) {
    indices counts(10);
    for (const index_t label : d->labels) ++counts[static_cast<std::size_t>(label)];
    BOOST_TEST((counts == indices(10, d->samples() / 10)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
