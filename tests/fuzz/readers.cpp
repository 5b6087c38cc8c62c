// SPDX-License-Identifier: MIT
#include "readers.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/models/arrays.hpp>
#include <reel/models/csv.hpp>
#include <reel/models/io.hpp>
#include <reel/models/libsvm.hpp>
#include <reel/models/mlp.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace reel::fuzz {

namespace {

// What a reader promises and does not hold stops the fuzzer.
void require(bool holds) {
  if (!holds) std::abort();
}

// Takes a byte off the input, which chooses among options.
unsigned choice(std::string_view& input) {
  if (input.empty()) return 0;
  const auto byte = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return byte;
}

template <class F> void try_reading(const F& read) {
  try {
    read();
  } catch (const error& e) {
    require(e.code() == errc::parse_error || e.code() == errc::invalid_argument);
  }
}

void csv(std::string_view input) {
  const unsigned bits = choice(input);
  csv_options o;
  o.header = static_cast<csv_header>(bits % 3);
  o.labels = static_cast<csv_labels>(bits / 3 % 4);
  o.missing = static_cast<missing_values>(bits / 9 % 3);
  if (bits / 27 % 2 != 0) o.label = "label";
  if (bits / 54 % 2 != 0) o.class_names = {"a", "b", "1"};
  if (bits / 108 % 2 != 0) o.features = 2;
  if (bits / 216 % 2 != 0) {  // another dialect
    o.separator = ' ';
    o.decimal = ',';
    o.comment = '#';
    o.missing_marks = {"-"};
    o.ignore = {"1"};
    o.feature_names = {"a"};
  }
  try_reading([&] {
    const dataset d = parse_csv(input, o);
    validate(d);
    require(d.samples() > 0);
    const bool all_finite = std::all_of(d.x.begin(), d.x.end(), [](double x) { return x - x == 0; });
    require(all_finite || o.missing == missing_values::mean);
  });
}

void libsvm(std::string_view input) {
  // Large indices are fine, but slow: a row of the dense array is as long as the largest.
  std::size_t digits = 0;
  for (const char c : input)
    if (digits = c >= '0' && c <= '9' ? digits + 1 : 0; digits == 5) return;
  libsvm_options o;
  const unsigned bits = choice(input);
  o.features = bits % 8;
  o.zero_based = bits / 8 % 2 != 0;
  o.skip_queries = bits / 16 % 2 != 0;
  try_reading([&] {
    const dataset d = parse_libsvm(input, o);
    validate(d);
    require(d.samples() > 0 && d.features() > 0);
  });
}

void idx(std::string_view input) {
  try_reading([&] { require(shape_of(parse_idx(input)).rank() > 0); });
}

void npy(std::string_view input) {
  try_reading([&] { parse_npy(input); });
}

void tensors(std::string_view input) {
  try_reading([&] {
    tensor_file file = parse_tensors(input, checksum::if_present);
    detail::tree_reader from("tensors", std::move(file));
    trained<mlp<array<double>>> model;
    detail::read_tree(from, "", model);
    from.finish();
  });
}

constexpr std::pair<std::string_view, reader> readers[] = {
    {"csv", csv}, {"libsvm", libsvm}, {"idx", idx}, {"npy", npy}, {"tensors", tensors}};

}  // namespace

reader find_reader(std::string_view name) noexcept {
  for (const auto& [known, read] : readers)
    if (known == name) return read;
  return nullptr;
}

}  // namespace reel::fuzz
