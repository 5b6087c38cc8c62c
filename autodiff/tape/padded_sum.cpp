// SPDX-License-Identifier: MIT
// The sum of padded tensors. A sweep adds up cotangents of slices by it: n slices of one tensor then take the
// time and memory of what they cover, where n padded cotangents would each take those of the tensor.
#include <reel/autodiff/kernels.hpp>
#include <reel/autodiff/loops.hpp>
#include <reel/autodiff/structural.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace reel {

// -- padded_sum: y = Σ_k P_k x_k, where P_k puts x_k at its place among zeros. So x̄_k = P_kᵀ ȳ, which is the
// slice of ȳ at that place.
shape padded_sum_op::infer(std::span<const shape> x) const {
  const std::size_t rank = to.rank();
  if (at.size() != x.size() * rank)
    throw error(
        errc::invalid_argument,
        fmt::format("{} positions for {} inputs of {} axes; give one for each.", at.size(), x.size(), rank));
  for (std::size_t k = 0; k < x.size(); ++k) {
    const index_t* const begin = at.data() + k * rank;
    bool fits = x[k].rank() == rank;
    for (std::size_t i = 0; fits && i < rank; ++i) fits = begin[i] >= 0 && begin[i] <= to[i] - x[k][i];
    if (!fits)
      throw error(errc::shape_mismatch,
                  fmt::format("input {} of shape {} at [{}] does not lie within {}.", k, to_string(x[k]),
                              fmt::join(begin, begin + rank, "x"), to_string(to)));
  }
  return to;
}

namespace {

// y += x, n numbers that lie side by side.
template <class T> void add_run(T* y, const T* x, index_t n) {
  constexpr index_t worth_a_call = 16;
  if constexpr (std::floating_point<T>)
    if (n >= worth_a_call) return kernels::active<T>().add(y, y, x, n);
  for (index_t i = 0; i < n; ++i) y[i] = y[i] + x[i];
}

}  // namespace

template <class T> void padded_sum_op::eval(out<T> y, many<T> x) const {
  const loops::strides own = loops::row_major(to);
  std::fill_n(y.data, y.size(), T(0));
  const index_t* begin = at.data();
  for (std::size_t k = 0; k < x.size(); ++k) {
    T* place = y.data;
    for (std::size_t i = 0; i < to.rank(); ++i) place += *begin++ * own[i];
    const in<T> term = x[k];
    loops::walk(term.shape(), own, [&](index_t from, index_t offset, index_t n, index_t step) {
      if (step == 1) return add_run(place + offset, term.data + from, n);
      for (index_t i = 0; i < n; ++i) {
        T& sum = place[offset + i * step];
        sum = sum + term[from + i];
      }
    });
  }
}

padded_sum_op padded_sum_op::transposed() const {
  padded_sum_op other{{to[1], to[0]}, at};
  for (std::size_t k = 0; k < at.size(); k += 2) std::swap(other.at[k], other.at[k + 1]);
  return other;
}

std::vector<var> padded_sum_op::vjp(var ybar, var, std::span<const var> x) const {
  std::vector<var> xbar;
  const index_t* begin = at.data();
  for (const var& v : x) {
    var part = ybar;
    for (std::size_t i = 0; i < to.rank(); ++i, ++begin)
      part = slice(part, static_cast<int>(i), *begin, *begin + v.shape()[i]);
    xbar.push_back(part);
  }
  return xbar;
}

namespace {

// A tensor that is zero but for a part of it.
struct padded_part {
  var x;
  std::array<index_t, shape::max_rank> at{};
};

// Whether two shapes are the same but for axes of size 1.
bool differ_in_unit_axes(const shape& a, const shape& b) {
  std::vector<index_t> sizes[2];
  for (const index_t n : a)
    if (n != 1) sizes[0].push_back(n);
  for (const index_t n : b)
    if (n != 1) sizes[1].push_back(n);
  return sizes[0] == sizes[1];
}

// The part under the shape `to`, which differs from `from` in axes of size 1.
padded_part with_unit_axes(const padded_part& p, const shape& from, const shape& to) {
  padded_part q{p.x};
  std::vector<index_t> sizes;
  for (std::size_t i = 0, j = 0; j < to.rank(); ++j) {
    if (to[j] == 1) {
      sizes.push_back(1);
      continue;
    }
    while (from[i] == 1) ++i;
    q.at[j] = p.at[i];
    sizes.push_back(p.x.shape()[i++]);
  }
  q.x = reshape(p.x, shape(sizes));
  return q;
}

// Whether a var is its operand under another shape, which differs in axes of size 1.
bool only_moves_unit_axes(const var& v) {
  return v.size() > 0 && recorded_by<reshape_op>(v) != nullptr &&
         differ_in_unit_axes(v.shape(), operands_of(v)[0].shape());
}

// The part that a padded tensor consists of. Pads of pads are looked through, and reshapes between them that
// only move axes of size 1: an element of a row of a matrix is one part of it. No deeper than there can be
// axes.
padded_part part_of(const var& v) {
  constexpr std::size_t deepest = 2 * shape::max_rank;
  std::vector<var> path{v};
  for (std::size_t used = 1;; path.push_back(operands_of(path.back())[0])) {
    if (path.size() > 1 && recorded_by<pad_op>(path[path.size() - 2]) != nullptr) used = path.size();
    const bool is_pad = recorded_by<pad_op>(path.back()) != nullptr;
    if (path.size() <= deepest && (is_pad || only_moves_unit_axes(path.back()))) continue;
    path.resize(used);
    break;
  }
  padded_part p{path.back()};
  for (std::size_t k = path.size() - 1; k-- > 0;) {
    const shape& to = path[k].shape();
    if (const pad_op* pad = recorded_by<pad_op>(path[k])) p.at[to.axis(pad->axis)] += pad->before;
    else if (p.x.size() > 0) p = with_unit_axes(p, path[k + 1].shape(), to);
    else return {v};
  }
  return p;
}

}  // namespace

var pad_op::sum_of(std::span<const var> terms) {
  const shape to = terms[0].shape();
  padded_sum_op op{to, {}};
  std::vector<var> x;
  const auto add = [&](const var& v, const index_t* at) {
    x.push_back(v);
    op.at.insert(op.at.end(), at, at + to.rank());
  };
  for (const var& v : terms) {
    const auto* const sum = recorded_by<padded_sum_op>(v);
    if (sum == nullptr) {
      const padded_part p = part_of(v);
      add(p.x, p.at.data());
      continue;
    }
    const auto inner = operands_of(v);
    for (std::size_t k = 0; k < inner.size(); ++k) add(inner[k], sum->at.data() + k * to.rank());
  }
  return apply(op, std::span<const var>(x), x[0].where());
}

template void padded_sum_op::eval(out<float>, many<float>) const;
template void padded_sum_op::eval(out<double>, many<double>) const;
template void padded_sum_op::eval(out<real50>, many<real50>) const;
template void padded_sum_op::eval(out<complex>, many<complex>) const;

}  // namespace reel
