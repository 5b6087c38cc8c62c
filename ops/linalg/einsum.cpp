// SPDX-License-Identifier: MIT
// einsum: a text is read into axes, each operand is brought to distinct axes, and pairs are multiplied as
// batches of matrices. All of it is made of other ops.
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/linalg/products.hpp>
#include <reel/ops/rearrange.hpp>
#include <reel/ops/reduce.hpp>

#include "batches.hpp"
#include "recorded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <map>

namespace reel {

namespace {

using linalg::permuted;

constexpr std::size_t most_operands = 8;

// An axis by its letter; those of "..." are 256 + their place from the last one.
using axis_name = int;
using axis_names = std::vector<axis_name>;
constexpr axis_name first_unnamed = 256;

bool holds(const axis_names& all, axis_name a) { return std::ranges::find(all, a) != all.end(); }

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw error(errc::invalid_argument, fmt::format("'{}': {}", text, why));
}

std::string called(axis_name a) {
  return a >= first_unnamed ? "an axis of ..." : fmt::format("'{}'", static_cast<char>(a));
}

// One side of the sum, as written: letters, and where "..." stands.
struct term {
  axis_names letters;
  std::size_t dots = std::string::npos;

  term(std::string_view text, std::string_view all) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == ' ') continue;
      if (text.substr(i, 3) == "..." && dots == std::string::npos) {
        dots = letters.size();
        i += 2;
      } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        letters.push_back(c);
      } else {
        refuse(all,
               fmt::format("'{}' is no axis; name axes by letters, and further ones by one \"...\".", c));
      }
    }
  }
  // With `unnamed` axes in place of the dots.
  axis_names axes(std::size_t unnamed) const {
    axis_names a = letters;
    if (dots == std::string::npos) return a;
    for (std::size_t i = 0; i < unnamed; ++i)
      a.insert(a.begin() + static_cast<std::ptrdiff_t>(dots + i),
               first_unnamed + static_cast<int>(unnamed - 1 - i));
    return a;
  }
};

struct factor {
  var x;
  axis_names axes;  // of x, each once
};

class summation {
 public:
  summation(std::string_view text, std::span<const var> x) : text_(text) {
    const std::size_t arrow = text.find("->");
    read(text.substr(0, arrow), x);
    if (arrow == text.npos) result_ = implied();
    else result_ = named(text.substr(arrow + 2));
  }

  var record() {
    for (factor& f : factors_) take_diagonals(f), stretch(f);
    for (std::size_t i = 0; i < factors_.size(); ++i) sum_out(factors_[i], 1U << i);
    const factor all = multiplied(cheapest());
    std::vector<int> order;
    for (const axis_name a : result_) order.push_back(place(all, a));
    return permuted(all.x, order);
  }

 private:
  void read(std::string_view inputs, std::span<const var> x) {
    std::vector<std::string_view> texts;
    for (std::size_t from = 0; from != inputs.npos;) {
      const std::size_t to = inputs.find(',', from);
      texts.push_back(inputs.substr(from, to == inputs.npos ? to : to - from));
      from = to == inputs.npos ? to : to + 1;
    }
    if (texts.size() != x.size())
      refuse(text_, fmt::format("{} operands named, {} given.", texts.size(), x.size()));
    if (x.size() > most_operands)
      refuse(text_, fmt::format("{} operands; there may be {}. Multiply some of them first.", x.size(),
                                most_operands));
    for (std::size_t i = 0; i < x.size(); ++i)
      factors_.push_back({x[i], axes_of(term(texts[i], text_), x[i])});
  }

  axis_names axes_of(const term& t, const var& x) {
    const shape& s = x.shape();
    const std::size_t letters = t.letters.size();
    if (t.dots == std::string::npos ? letters != s.rank() : letters > s.rank())
      throw error(errc::shape_mismatch,
                  fmt::format("'{}': {} axes named for {}.", text_, letters, to_string(s)));
    const std::size_t unnamed = t.dots == std::string::npos ? 0 : s.rank() - letters;
    unnamed_ = std::max(unnamed_, unnamed);
    axis_names axes = t.axes(unnamed);
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const auto [at, is_new] = size_.try_emplace(axes[i], s[i]);
      if (is_new || at->second == s[i]) continue;
      if (axes[i] >= first_unnamed && (s[i] == 1 || at->second == 1)) at->second = std::max(at->second, s[i]);
      else
        throw error(errc::shape_mismatch, fmt::format("'{}': {} is {} long, and in {} it is {}.", text_,
                                                      called(axes[i]), at->second, to_string(s), s[i]));
      if (s[i] == 0) at->second = 0;
    }
    return axes;
  }

  axis_names named(std::string_view result) const {
    const term t(result, text_);
    if (t.dots == std::string::npos && unnamed_ > 0) refuse(text_, "the result needs the axes of \"...\".");
    axis_names axes = t.axes(unnamed_);
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (!size_.contains(axes[i])) refuse(text_, fmt::format("no operand has {}.", called(axes[i])));
      if (std::count(axes.begin(), axes.end(), axes[i]) > 1)
        refuse(text_, fmt::format("the result names {} twice.", called(axes[i])));
    }
    return axes;
  }

  axis_names implied() const {
    std::map<axis_name, int> times;
    for (const factor& f : factors_)
      for (const axis_name a : f.axes) ++times[a];
    axis_names axes;
    for (std::size_t i = unnamed_; i-- > 0;) axes.push_back(first_unnamed + static_cast<int>(i));
    for (const auto& [a, n] : times)
      if (a < first_unnamed && n == 1) axes.push_back(a);
    return axes;
  }

  static int place(const factor& f, axis_name a) {
    return static_cast<int>(std::ranges::find(f.axes, a) - f.axes.begin());
  }

  // A letter named twice of one operand is its diagonal.
  static void take_diagonals(factor& f) {
    for (std::size_t i = 0; i < f.axes.size(); ++i)
      for (std::size_t j = i + 1; j < f.axes.size(); ++j) {
        if (f.axes[i] != f.axes[j]) continue;
        std::vector<int> order;
        axis_names rest;
        for (std::size_t k = 0; k < f.axes.size(); ++k)
          if (k != i && k != j) order.push_back(static_cast<int>(k)), rest.push_back(f.axes[k]);
        order.push_back(static_cast<int>(i)), order.push_back(static_cast<int>(j));
        rest.push_back(f.axes[i]);
        f = {diagonal(permuted(f.x, order)), rest};
        return take_diagonals(f);
      }
  }

  // Axes of "..." have size 1 or that of the others.
  void stretch(factor& f) const {
    shape to = f.x.shape();
    for (std::size_t i = 0; i < f.axes.size(); ++i) to = to.with(i, size_.at(f.axes[i]));
    if (to != f.x.shape()) f.x = broadcast_to(f.x, to);
  }

  // Whether an axis is needed once the operands of `done` are multiplied.
  bool is_needed(axis_name a, unsigned done) const {
    if (holds(result_, a)) return true;
    for (std::size_t i = 0; i < factors_.size(); ++i)
      if ((done >> i & 1U) == 0 && holds(factors_[i].axes, a)) return true;
    return false;
  }

  void sum_out(factor& f, unsigned done) const {
    axis_list gone;
    gone.all = false;
    axis_names rest;
    for (std::size_t i = 0; i < f.axes.size(); ++i)
      if (is_needed(f.axes[i], done)) rest.push_back(f.axes[i]);
      else gone.axes.push_back(static_cast<int>(i));
    if (!gone.axes.empty()) f = {sum(f.x, gone), rest};
  }

  // The axes that are left of a set of operands.
  axis_names left_of(unsigned set) const {
    axis_names axes;
    for (std::size_t i = 0; i < factors_.size(); ++i)
      if ((set >> i & 1U) != 0)
        for (const axis_name a : factors_[i].axes)
          if (!holds(axes, a) && is_needed(a, set)) axes.push_back(a);
    return axes;
  }

  // For each set of operands the half of it that is multiplied first: the fewest multiplications in all.
  std::vector<unsigned> cheapest() const {
    const unsigned sets = 1U << factors_.size();
    std::vector<double> cost(sets, std::numeric_limits<double>::infinity());
    std::vector<unsigned> half(sets, 0);
    for (unsigned set = 1; set < sets; ++set) {
      if (std::has_single_bit(set)) cost[set] = 0;
      for (unsigned left = (set - 1) & set; left > (set ^ left); left = (left - 1) & set) {
        axis_names axes = left_of(left);
        for (const axis_name a : left_of(set ^ left))
          if (!holds(axes, a)) axes.push_back(a);
        double product = 1;
        for (const axis_name a : axes) product *= static_cast<double>(size_.at(a));
        const double total = cost[left] + cost[set ^ left] + product;
        if (total < cost[set]) cost[set] = total, half[set] = left;
      }
    }
    return half;
  }

  factor multiplied(const std::vector<unsigned>& half) const {
    return multiplied(half, (1U << factors_.size()) - 1);
  }
  factor multiplied(const std::vector<unsigned>& half, unsigned set) const {
    if (std::has_single_bit(set)) return factors_[static_cast<std::size_t>(std::countr_zero(set))];
    return product_of(multiplied(half, half[set]), multiplied(half, set ^ half[set]), set);
  }

  // As batches of matrices: axes of both that stay, axes of one, axes of both that are summed over.
  factor product_of(const factor& a, const factor& b, unsigned done) const {
    axis_names batch, rows, inner, columns;
    for (const axis_name n : a.axes) {
      if (!holds(b.axes, n)) rows.push_back(n);
      else (is_needed(n, done) ? batch : inner).push_back(n);
    }
    for (const axis_name n : b.axes)
      if (!holds(a.axes, n)) columns.push_back(n);
    const var left = as_matrices(a, batch, rows, inner), right = as_matrices(b, batch, inner, columns);
    axis_names axes = batch;
    axes.insert(axes.end(), rows.begin(), rows.end());
    axes.insert(axes.end(), columns.begin(), columns.end());
    std::vector<index_t> sizes;
    for (const axis_name n : axes) sizes.push_back(size_.at(n));
    return {reshape(linalg::product(left, false, right, false), shape(sizes)), axes};
  }

  var as_matrices(const factor& f, const axis_names& batch, const axis_names& rows,
                  const axis_names& columns) const {
    std::vector<int> order;
    std::vector<index_t> sizes;
    for (const axis_names* group : {&batch, &rows, &columns}) {
      index_t n = 1;
      for (const axis_name a : *group) order.push_back(place(f, a)), n *= size_.at(a);
      sizes.push_back(n);
    }
    if (batch.empty()) sizes.erase(sizes.begin());
    return reshape(permuted(f.x, order), shape(sizes));
  }

  std::string_view text_;
  std::vector<factor> factors_;
  axis_names result_;
  std::map<axis_name, index_t> size_;
  std::size_t unnamed_ = 0;
};

}  // namespace

var einsum(std::string_view sum, std::span<const var> x, source_location where) {
  return composed("einsum", x, where, [&] {
    if (x.empty()) refuse(sum, "no operands.");
    return summation(sum, x).record();
  });
}
var einsum(std::string_view sum, std::initializer_list<var> x, source_location where) {
  return einsum(sum, std::span(x.begin(), x.size()), where);
}

}  // namespace reel
