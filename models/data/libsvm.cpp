// SPDX-License-Identifier: MIT
#include "class_labels.hpp"
#include "formats.hpp"
#include "memory.hpp"
#include "number_text.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>
#include <vector>

namespace reel {

namespace {

using detail::number_form;
using detail::quoted;

constexpr std::size_t longest_line = std::size_t{16} << 20;
constexpr index_t most_features = index_t{1} << 20;
constexpr index_t most_numbers = index_t{1} << 30;

class libsvm_reader {
 public:
  libsvm_reader(detail::text_source& source, const libsvm_options& options)
      : source_(source),
        name_(source.name()),
        features_(options.features),
        base_(options.zero_based ? 0 : 1),
        skips_queries_(options.skip_queries),
        class_names_(options.class_names),
        reads_labels_(options.reads_labels),
        labels_(source.name(), options.class_names) {}

  dataset read() {
    while (next_line()) take_line();
    if (row_ends_.empty()) detail::fail_at(name_, 1, 1, "the file is empty: there are no rows to read.");
    const auto rows = static_cast<index_t>(row_ends_.size());
    const index_t features = features_ != 0 ? features_ : std::max<index_t>(largest_, 1);
    if (features > most_numbers / rows)
      detail::fail_at(name_, line_, 1,
                      fmt::format("{} rows of up to {} features make more than 2^30 numbers: leave out rare "
                                  "features.",
                                  rows, features));
    detail::check_memory(static_cast<std::uint64_t>(rows * features) * sizeof(double), name_,
                         to_string(shape{rows, features}) + " numbers");
    dataset data{dense(rows, features), {}, class_names_, {}};
    if (base_ == 0 && !any_at_0_)
      data.notes.push_back("no feature has the index 0, from which they are counted: do they count from 1?");
    if (reads_labels_) std::tie(data.labels, data.class_names) = labels_.finish();
    for (index_t j = 0; j < features; ++j) data.feature_names.push_back(fmt::format("feature {}", j + base_));
    return data;
  }

 private:
  struct entry {
    index_t feature;  // from 0
    double value;
  };

  // Makes text_ the next line, without its end and its comment; false where there is none.
  bool next_line() {
    source_.consume(consumed_);
    std::size_t searched = 0;
    for (;;) {
      const auto window = source_.window();
      const std::string_view all(window.data(), window.size());
      const auto end = all.find('\n', searched);
      if (end == all.npos) {
        if (all.size() > longest_line)
          detail::fail_at(name_, line_ + 1, 1,
                          "a line of more than 16 MiB begins here: is a line end missing?");
        searched = all.size();
        if (source_.read_more()) continue;
        if (source_.window().empty()) return false;
      }
      const std::string_view line(source_.window().data(), std::min(end, source_.window().size()));
      consumed_ = line.size() + (end == all.npos ? 0 : 1);
      text_ = line.substr(0, line.find('#'));
      at_ = 0;
      ++line_;
      return true;
    }
  }

  // The next word of the line, empty at its end.
  std::string_view word() {
    constexpr std::string_view blanks = " \t\r\v\f";
    at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
    const auto end = std::min(text_.find_first_of(blanks, at_), text_.size());
    word_at_ = std::exchange(at_, end);
    return text_.substr(word_at_, end - word_at_);
  }
  [[noreturn]] void fail(std::size_t at, const std::string& detail) const {
    detail::fail_at(name_, line_, at + 1, detail);
  }

  void take_line() {
    const std::string_view label = word();
    if (label.empty()) return;
    if (label.find('\0') != label.npos) fail(word_at_, "a zero byte: this is not a text file.");
    if (label.find(':') != label.npos)
      fail(word_at_, fmt::format("{} stands where the label should: begin the line with it.", quoted(label)));
    if (label.find(',') != label.npos)
      fail(word_at_,
           fmt::format("{} are several labels, or this is not LIBSVM text: give one.", quoted(label)));
    if (reads_labels_) labels_.add(label, false, line_, word_at_ + 1);
    index_t last = -1;  // from 0
    for (std::string_view w = word(); !w.empty(); w = word()) {
      const auto colon = w.find(':');
      if (colon == w.npos) fail(word_at_, fmt::format("{} is not index:value.", quoted(w)));
      if (skips_queries_ && last < 0 && w.starts_with("qid:")) continue;
      last = index(w.substr(0, colon), w, last);
      any_at_0_ = any_at_0_ || last == 0;
      entries_.push_back({last, value(w.substr(colon + 1), word_at_ + colon + 1, last + base_)});
    }
    largest_ = std::max(largest_, last + 1);
    row_ends_.push_back(entries_.size());
  }

  // Of an entry, counted from 0, after the `last` one of its line.
  index_t index(std::string_view text, std::string_view whole_entry, index_t last) const {
    index_t i = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), i);
    const bool whole = !text.empty() && end == text.data() + text.size();
    const index_t most = (features_ != 0 ? features_ : most_features) - 1 + base_;
    if (!whole || (code == std::errc{} && i < base_))
      fail(word_at_, fmt::format("the index {} is not a whole number from {}{}", quoted(text), base_,
                                 advice(text, whole_entry)));
    if (code != std::errc{} || i > most)
      fail(word_at_, fmt::format("the index {} is above {}, the {}.", quoted(text), most,
                                 features_ == 0 ? "largest possible number of features"
                                 : base_ == 1   ? "given number of features"
                                                : "last of the given number of features, counted from 0"));
    if (i - base_ <= last)
      fail(word_at_, fmt::format("the index {} follows {}: indices of a line ascend.", i, last + base_));
    return i - base_;
  }

  // The end of a message on what is no index.
  static std::string advice(std::string_view text, std::string_view whole_entry) {
    if (text == "0")
      return ": this file probably counts features from 0, as scikit-learn writes it; option zero_based = "
             "yes "
             "reads it so.";
    if (text == "qid")
      return fmt::format(
          ": {} tells the queries of a ranking apart, and is no feature; option ignore = qid "
          "leaves it out.",
          quoted(whole_entry));
    return ".";
  }

  double value(std::string_view text, std::size_t at, index_t feature) const {
    const auto [form, value] = detail::read_number(text);
    if (form == number_form::finite) return value;
    fail(at, form == number_form::too_large
                 ? fmt::format("{} is larger than any double: write it in another unit.", quoted(text))
                 : fmt::format("the value {} of feature {} is not a finite number.", quoted(text), feature));
  }

  array<double> dense(index_t rows, index_t features) const {
    auto x = make_array<double>({rows, features});
    x.fill(0.0);
    std::size_t k = 0;
    for (std::size_t i = 0; i < row_ends_.size(); ++i)
      for (; k < row_ends_[i]; ++k)
        x.data()[i * static_cast<std::size_t>(features) + static_cast<std::size_t>(entries_[k].feature)] =
            entries_[k].value;
    return x;
  }

  detail::text_source& source_;
  const std::string& name_;
  index_t features_, largest_ = 0;
  index_t base_;  // the index of the first feature
  bool skips_queries_, any_at_0_ = false;
  std::vector<std::string> class_names_;
  bool reads_labels_;
  std::string_view text_;  // the line
  std::size_t at_ = 0, word_at_ = 0, consumed_ = 0, line_ = 0;
  detail::class_labels labels_;
  std::vector<entry> entries_;
  std::vector<std::size_t> row_ends_;
};

}  // namespace

dataset detail::read_libsvm(text_source source, const libsvm_options& options) {
  if (options.features < 0)
    throw error(errc::invalid_argument,
                fmt::format("{} features; give 0 where it is not known.", options.features));
  source.begin_text();
  return with_memory(source.name(), "its numbers", [&] { return libsvm_reader(source, options).read(); });
}

dataset read_libsvm(const std::string& path, const libsvm_options& options) {
  return detail::read_libsvm(detail::text_source(detail::byte_source(path)), options);
}

dataset parse_libsvm(std::string_view text, const libsvm_options& options, const std::string& name) {
  return detail::read_libsvm(detail::text_source(detail::byte_source(text, name)), options);
}

}  // namespace reel
