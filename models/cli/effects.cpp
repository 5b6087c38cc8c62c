// SPDX-License-Identifier: MIT
#include "effects.hpp"

#include "data.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace reel::cli {

namespace {

// What a verb was given, by the names of options; "data" is the argument without a name.
class choices {
 public:
  explicit choices(const CLI::App& verb) : verb_(verb) {}

  bool given(const std::string& option) const {
    const CLI::Option* found = verb_.get_option_no_throw(option);
    return found != nullptr && found->count() > 0;
  }
  bool is(const std::string& option, std::string_view value) const { return text(option) == value; }
  bool is_positive(const std::string& option) const {
    const std::string value = text(option);
    return value.find_first_of("123456789") < value.find_first_of("eE");
  }
  bool has_file() const { return given("data") && !is_data_set(text("data")); }
  bool verb_is(std::string_view name) const { return verb_.get_name() == name; }

 private:
  // Its value, or else its default.
  std::string text(const std::string& option) const {
    const CLI::Option* found = verb_.get_option_no_throw(option);
    if (found == nullptr) return {};
    return found->count() > 0 ? found->results().back() : found->get_default_str();
  }
  const CLI::App& verb_;
};

struct condition {
  const char* option;
  bool (*has_effect)(const choices&);
  const char* otherwise;
};

bool for_files(const choices& c) { return c.has_file(); }
constexpr const char* not_for_sets = "is for files, not for the data sets that reel knows by name";

bool not_in_graph(const choices& c) { return !c.verb_is("graph"); }
constexpr const char* no_part_of_step = "has no effect on the program of a step";

// An option that is in no row has an effect wherever a verb has it.
constexpr condition conditions[] = {
    {"--momentum", [](const choices& c) { return c.is("--optimizer", "sgd"); },
     "has no effect without --optimizer sgd"},
    {"--nesterov", [](const choices& c) { return c.is("--optimizer", "sgd") && c.is_positive("--momentum"); },
     "has no effect without --optimizer sgd and --momentum"},
    {"--weight-decay", [](const choices& c) { return !c.is("--optimizer", "adam"); },
     "has no effect without --optimizer sgd or adamw"},
    {"--factor", [](const choices& c) { return c.is("--schedule", "step"); },
     "has no effect without --schedule step"},
    {"--every", [](const choices& c) { return c.is("--schedule", "step"); },
     "has no effect without --schedule step"},
    {"--min-delta", [](const choices& c) { return c.is_positive("--patience"); },
     "has no effect without --patience"},
    {"--validation-share", [](const choices& c) { return c.is_positive("--patience"); },
     "has no effect without --patience"},
    {"--test-share", [](const choices& c) { return !c.given("--test"); },
     "has no effect beside --test, a file of test samples"},
    {"--test-labels", [](const choices& c) { return c.given("--test"); }, "has no effect without --test"},
    {"--stratify", [](const choices& c) { return !c.given("--test") || c.is_positive("--patience"); },
     "has no effect beside --test, a file of test samples"},
    {"--test", for_files, not_for_sets},
    {"--stratify", for_files, not_for_sets},
    {"--ignore", for_files, not_for_sets},
    {"--decimal", for_files, not_for_sets},
    {"--comment", for_files, not_for_sets},
    {"--missing-marks", for_files, not_for_sets},
    {"--zero-based", for_files, not_for_sets},
    {"--test-share", for_files, not_for_sets},
    {"--label", for_files, not_for_sets},
    {"--labels", for_files, not_for_sets},
    {"--separator", for_files, not_for_sets},
    {"--header", for_files, not_for_sets},
    {"--missing", for_files, not_for_sets},
    {"--labels", [](const choices& c) { return !c.verb_is("predict"); },
     "has no effect: reel predict does not look at classes"},
    {"--lr", not_in_graph, no_part_of_step},
    {"--seed", not_in_graph, no_part_of_step},
    {"--scale", not_in_graph, no_part_of_step},
    {"--seeds",
     [](const choices& c) { return !c.given("--mutate") && !c.given("--matrix") && !c.given("--vcurve"); },
     "has no effect beside --mutate, --matrix and --vcurve, which take one seed"},
    {"--matrix", [](const choices& c) { return !c.given("--vcurve"); }, "has no effect beside --vcurve"},
    {"--mutate", [](const choices& c) { return !c.given("--matrix"); },
     "has no effect beside --matrix, which prints a table of everything"},
    {"--json", [](const choices& c) { return !c.given("--matrix"); },
     "has no effect beside --matrix, which prints a table in Markdown"},
};

struct reader_option {
  const char* option;
  std::vector<data_format> formats;
  const char* otherwise;
};

const std::vector<reader_option>& reader_options() {
  using enum data_format;
  static const std::vector<reader_option> all{
      {"--label", {csv}, "names a column of CSV"},
      {"--separator", {csv}, "stands between the columns of CSV"},
      {"--header", {csv}, "is the first line of CSV"},
      {"--decimal", {csv}, "is for CSV: other formats write decimal points"},
      {"--comment", {csv}, "is for CSV: in LIBSVM, # begins a comment, and other formats have none"},
      {"--missing-marks", {csv}, "is for CSV: other formats have no such texts"},
      {"--zero-based", {libsvm}, "is for LIBSVM: other formats have no indices"},
      {"--missing", {csv, npy}, "is for CSV and NPY: in other formats, no value can be missing"},
      {"--labels", {idx, npy}, "is for IDX and NPY: other formats hold the labels beside the features"},
  };
  return all;
}

const char* name(data_format format) {
  switch (format) {
    case data_format::csv:
      return "CSV";
    case data_format::libsvm:
      return "LIBSVM";
    case data_format::idx:
      return "IDX";
    case data_format::npy:
      break;
  }
  return "NPY";
}

void refuse_unless(const reader_option& o, const char* option, const std::string& path, data_format format) {
  if (std::find(o.formats.begin(), o.formats.end(), format) != o.formats.end()) return;
  throw error(errc::usage, fmt::format("{} has no effect on '{}', which is {}: it {}.", option, path,
                                       name(format), o.otherwise));
}

}  // namespace

void refuse_without_effect(const CLI::App& verb) {
  const choices c(verb);
  for (const condition& x : conditions)
    if (c.given(x.option) && !x.has_effect(c))
      throw error(errc::usage, fmt::format("{} {}.", x.option, x.otherwise));
}

void refuse_without_effect(const CLI::App& verb, const std::string& path, data_format format) {
  for (const reader_option& o : reader_options())
    if (choices(verb).given(o.option)) refuse_unless(o, o.option, path, format);
}

void refuse_without_effect_on_test(const CLI::App& verb, const std::string& path, data_format format) {
  if (choices(verb).given("--test-labels"))
    refuse_unless(reader_options().back(), "--test-labels", path, format);
}

}  // namespace reel::cli
