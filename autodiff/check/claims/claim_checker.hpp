// SPDX-License-Identifier: MIT
// One op on the numbers it meets, and what its author declares to freeze about it. Each optional interface of
// an op has a file of its own here, which tries whether the op keeps to it.
#pragma once

#include "check/attempt.hpp"
#include "check/claims/buffer.hpp"
#include "check/differences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

namespace reel::check {

template <class T> class claim_checker {
 public:
  claim_checker(const replay<T>& values, node_id n)
      : values_(values),
        r_(values.source()),
        n_(n),
        op_(r_.op_of(n)),
        eval_(detail::eval_of(*op_.type, detail::generic_kind(r_, n), dtype_of<T>, r_.location_of(n))),
        y_(copy_of(n)) {
    for (const node_id i : r_.inputs_of(n)) x_.push_back(copy_of(i));
  }

  // What is tried, and what comes of it.
  void begin(std::size_t claims = 1) { tried_ += claims; }
  void refute(const std::string& what) {
    const auto line = to_string(r_.location_of(n_));
    broken_.push_back(fmt::format("{}{}{}: {}", type().name, line.empty() ? "" : ", ", line, what));
  }
  std::size_t tried() const { return tried_; }
  std::vector<std::string>& broken() { return broken_; }

  // The op, the numbers it has read and those it has computed.
  const replay<T>& values() const { return values_; }
  const recording& source() const { return r_; }
  node_id node() const { return n_; }
  const detail::op_type& type() const { return *op_.type; }
  const void* op() const { return op_.self.get(); }
  const std::vector<buffer>& x() const { return x_; }
  const buffer& y() const { return y_; }
  buffer copy_of(node_id n) const {
    buffer b(r_.shape_of(n), size_of(dtype_for(r_.nodes[n].kind, dtype_of<T>)));
    std::memcpy(b.bytes.data(), values_.data(n), b.bytes.size());
    return b;
  }

  // Evaluations, which an op may refuse.
  static std::vector<detail::operand_view> views_of(std::span<const buffer> x) {
    std::vector<detail::operand_view> views;
    for (const buffer& b : x) views.push_back(b.view());
    return views;
  }
  void eval(detail::eval_fn f, const void* op, const buffer& y, std::span<const buffer> x) const {
    as_refusal(type().name, r_.location_of(n_), [&] { f(op, y.view(), views_of(x)); });
  }
  void eval(const buffer& y, std::span<const buffer> x) const { eval(eval_, op(), y, x); }
  void eval(const void* other, const buffer& y, std::span<const buffer> x) const {  // another op of the type
    eval(eval_, other, y, x);
  }
  // The op on inputs of which those in the mask are cut.
  template <class Cut> buffer part(const shape& dims, unsigned inputs, const Cut& cut) const {
    std::vector<buffer> some;
    for (std::size_t k = 0; k < x_.size(); ++k) some.push_back((inputs >> k & 1) != 0 ? cut(x_[k]) : x_[k]);
    buffer of_part(dims, y_.each);
    eval(of_part, some);
    return of_part;
  }
  // Of n rows or elements, the first half and the second.
  static std::array<std::pair<index_t, index_t>, 2> halves(index_t n) {
    return {std::pair{index_t{0}, n / 2}, std::pair{n / 2, n}};
  }

  static bool same(T a, T b) { return a == b || (a != a && b != b); }
  static const T* numbers(const buffer& b) { return reinterpret_cast<const T*>(b.bytes.data()); }
  static T* numbers(buffer& b) { return reinterpret_cast<T*>(b.bytes.data()); }
  static double largest(const buffer& b) {
    double most = 0;
    for (index_t i = 0; i < b.dims.size(); ++i)
      if (const auto v = std::abs(static_cast<double>(numbers(b)[i])); std::isfinite(v))
        most = std::max(most, v);
    return most;
  }
  // Sums in another order: equal but for rounding.
  static bool close(const buffer& a, const buffer& b, double size) {
    for (index_t i = 0; i < a.dims.size(); ++i) {
      const auto u = static_cast<double>(numbers(a)[i]), v = static_cast<double>(numbers(b)[i]);
      if (std::isfinite(v) ? !(std::abs(u - v) <= 0x1p10 * unit_roundoff<T> * size) : std::isfinite(u))
        return false;
    }
    return true;
  }

 private:
  const replay<T>& values_;
  const recording& r_;
  node_id n_;
  const detail::op_ref& op_;
  detail::eval_fn eval_;
  buffer y_;
  std::vector<buffer> x_;
  std::vector<std::string> broken_;
  std::size_t tried_ = 0;
};

// Each tries what the op declares of one interface, if it declares anything.
template <class T> void check_elementwise(claim_checker<T>& c);
template <class T> void check_view(claim_checker<T>& c);
template <class T> void check_row_slices(claim_checker<T>& c);
template <class T> void check_layouts(claim_checker<T>& c);
template <class T> void check_algebra(claim_checker<T>& c);
template <class T> void check_accumulation(claim_checker<T>& c);
template <class T> void check_siblings(claim_checker<T>& c);
template <class T> void check_sums(claim_checker<T>& c);
template <class T> void check_stages(claim_checker<T>& c);

}  // namespace reel::check
