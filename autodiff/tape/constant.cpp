// SPDX-License-Identifier: MIT
#include "tape/recording.hpp"

#include <reel/autodiff/structural.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numeric>

namespace reel {

namespace {

kind kind_of(dtype type) {
  return type == dtype::index ? kind::index : type == dtype::boolean ? kind::boolean : kind::real;
}

array<index_t>::size_type length(const char* maker, index_t n, source_location where) {
  if (n < 0)
    throw error(errc::invalid_argument, maker, where, fmt::format("a length of {}; give 0 or more.", n));
  return static_cast<std::size_t>(shape{n}.size());
}

}  // namespace

constant_array::constant_array(std::shared_ptr<const detail::leaf> numbers, source_location where)
    : leaf_(std::move(numbers)), shape_(leaf_->dims), kind_(kind_of(leaf_->type)), where_(where) {}

std::shared_ptr<const detail::leaf> constant_array::copy(const tape::view& numbers) {
  return std::make_shared<const detail::leaf>(detail::copy_leaf(tape::role::constant, numbers));
}

var constant_array::on(detail::recording& r, const source_location& where) const {
  const source_location& written = where.file == nullptr ? where_ : where;
  detail::transaction whole(r);
  const var v = r.append_leaf(leaf_, written);
  const var all = v.shape() == shape_ ? v : broadcast_to(operand(v, written.file, written.line), shape_);
  whole.commit();
  return all;
}

constant_array full(const shape& s, double number, kind k, source_location where) {
  detail::leaf one;
  try {
    one = detail::scalar_leaf(number, k);
  } catch (const error& e) {
    throw error(e.code(), "full", where, e.detail());
  }
  constant_array all(std::make_shared<const detail::leaf>(std::move(one)), where);
  all.shape_ = s;
  return all;
}

constant_array eye(index_t n, source_location where) {
  const std::size_t size = length("eye", n, where);
  auto numbers = make_array<double>({n, n});
  std::fill_n(numbers.data(), numbers.size(), 0.0);
  for (std::size_t i = 0; i < size; ++i) numbers.data()[i * size + i] = 1;
  return {numbers, where};
}

constant_array iota(index_t n, source_location where) {
  length("iota", n, where);
  auto numbers = make_array<index_t>({n});
  std::iota(numbers.data(), numbers.data() + n, index_t{0});
  return {numbers, where};
}

// Both ends are exact; between them each number is rounded twice.
constant_array linspace(double first, double last, index_t n, source_location where) {
  const std::size_t size = length("linspace", n, where);
  auto numbers = make_array<double>({n});
  for (std::size_t i = 0; i < size; ++i) {
    const double t = size == 1 ? 0 : static_cast<double>(i) / static_cast<double>(size - 1);
    numbers.data()[i] = std::lerp(first, last, t);
  }
  return {numbers, where};
}

void detail::refuse_array(const source_location& where) {
  throw error(
      errc::empty_variable, "operand", where,
      "an array alone is on no tape. Use it beside a var, or constant_like(x, array) on the tape of x.");
}

}  // namespace reel
