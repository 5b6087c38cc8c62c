// SPDX-License-Identifier: MIT
#include "tape/recording.hpp"

#include <reel/autodiff/print.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <ostream>
#include <utility>

namespace reel {

namespace detail {

void refuse_index(std::uint64_t number, const source_location& where) {
  throw error(errc::invalid_argument, "an array of integers", where,
              fmt::format("{} is no index: the largest is {}.", number, std::numeric_limits<index_t>::max()));
}

namespace {

// Two leaves are the same op when they are the same leaf, or constants of equal bits.
bool same_leaf(const void* a, const void* b) {
  const auto& x = *static_cast<const leaf*>(a);
  const auto& y = *static_cast<const leaf*>(b);
  if (&x == &y) return true;
  if (x.role != tape::role::constant || y.role != x.role || x.type != y.type || x.dims != y.dims)
    return false;
  const auto* p = static_cast<const std::byte*>(x.data.get());
  return std::equal(p, p + static_cast<std::size_t>(x.dims.size()) * size_of(x.type),
                    static_cast<const std::byte*>(y.data.get()));
}

std::size_t hash_leaf(const void* op) {
  const auto& x = *static_cast<const leaf*>(op);
  if (x.role != tape::role::constant) return reinterpret_cast<std::uintptr_t>(op);
  const auto* p = static_cast<const std::byte*>(x.data.get());
  const std::size_t bytes = static_cast<std::size_t>(x.dims.size()) * size_of(x.type);
  std::size_t h = hash_of(x.dims);
  std::size_t i = 0;
  for (std::uint64_t word = 0; i + sizeof word <= bytes; i += sizeof word) {
    std::memcpy(&word, p + i, sizeof word);
    h = hash_with(h, word);
  }
  for (; i < bytes; ++i) h = hash_with(h, std::to_integer<std::uint64_t>(p[i]));
  return h;
}

constexpr op_type make_leaf_type(const char* name) {
  return op_type{.name = name,
                 .arity = 0,
                 .variadic = false,
                 .any_kind = false,
                 .analytic = true,
                 .elementwise = false,
                 .effect = false,
                 .stateless = false,
                 .is = algebra::none,
                 .result = kind_rule::number,
                 .inputs = nullptr,
                 .eval = {},
                 .infer = nullptr,
                 .vjp = nullptr,
                 .same = &same_leaf,
                 .copy = nullptr,
                 .hash = &hash_leaf};
}

}  // namespace

const op_type& leaf_type(tape::role r) {
  static constexpr op_type type[] = {make_leaf_type("computed"), make_leaf_type("variable"),
                                     make_leaf_type("constant"), make_leaf_type("input"),
                                     make_leaf_type("state"),    make_leaf_type("cotangent")};
  return type[static_cast<std::size_t>(r)];
}

}  // namespace detail

tape::tape(std::string name) : recording_(detail::begin_recording(std::move(name))) {}
tape::~tape() { detail::end_recording(std::move(recording_)); }
tape::tape(tape&&) noexcept = default;
tape& tape::operator=(tape&& other) noexcept {
  if (this != &other) detail::end_recording(std::exchange(recording_, std::move(other.recording_)));
  return *this;
}

detail::recording& tape::recording() const {
  if (recording_ == nullptr)
    throw error(errc::stale_variable, "this tape was moved from. Use the tape it was moved to.");
  return *recording_;
}

namespace {

template <class To, class From> std::shared_ptr<const void> copy_as(const void* data, index_t n) {
  const auto* from = static_cast<const From*>(data);
  std::shared_ptr<To[]> to(new To[static_cast<std::size_t>(n)]);
  std::transform(from, from + n, to.get(), [](From x) { return static_cast<To>(x); });
  return to;
}

}  // namespace

detail::leaf detail::copy_leaf(tape::role r, const tape::view& numbers) {
  const index_t n = numbers.dims->size();
  const bool real = numbers.type != dtype::index && numbers.type != dtype::boolean;
  leaf l{r, real ? dtype::f64 : numbers.type, *numbers.dims, nullptr};
  switch (numbers.type) {
    case dtype::f32:
      l.data = copy_as<double, float>(numbers.data, n);
      break;
    case dtype::f64:
      l.data = copy_as<double, double>(numbers.data, n);
      break;
    case dtype::index:
      l.data = copy_as<index_t, index_t>(numbers.data, n);
      break;
    case dtype::boolean:
      l.data = copy_as<bool, bool>(numbers.data, n);
      break;
    default:
      throw error(errc::unsupported_number, "leaves are made of float, double, integers or bools.");
  }
  return l;
}

var detail::record_leaf(detail::recording& rec, tape::role r, const tape::view& numbers,
                        source_location where) {
  using enum tape::role;
  const bool real = numbers.type != dtype::index && numbers.type != dtype::boolean;
  if (!real && (r == variable || r == state))
    throw error(
        errc::kind_mismatch, r == variable ? "variable" : "state", where,
        fmt::format("numbers of kind {} have no derivative; use tape.constant(array) or tape.input(array).",
                    numbers.type == dtype::index ? "index" : "bool"));
  return rec.append_leaf(copy_leaf(r, numbers), where);
}

var tape::input(const shape& s, kind k, source_location where) {
  return recording().append_leaf({role::input, dtype_for(k, dtype::f64), s, nullptr}, where);
}

var tape::variable(double number, source_location where) {
  const shape scalar;
  return detail::record_leaf(recording(), role::variable, view{dtype::f64, &number, &scalar}, where);
}

var tape::constant(double number, source_location where) {
  return recording().scalar(number, kind::real, where);
}

void tape::clear() noexcept {
  if (recording_ != nullptr) recording_->clear();
}

void tape::release() noexcept {
  if (recording_ != nullptr) recording_->release();
}

void tape::reserve(std::size_t nodes) {
  recording().nodes.reserve(nodes);
  recording().reserved = nodes;
  recording().inputs.reserve(nodes * 2);
}

std::size_t tape::size() const noexcept { return recording_ == nullptr ? 0 : recording_->nodes.size(); }
std::size_t tape::bytes() const noexcept { return recording_ == nullptr ? 0 : recording_->bytes(); }
const std::string& tape::name() const noexcept {
  static const std::string moved = "(moved from)";
  return recording_ == nullptr ? moved : recording_->name;
}

// -- var

detail::recording& var::recording() const { return detail::recording::of(*this); }
const shape& var::shape() const { return recording().shape_of(node_); }
kind var::kind() const { return recording().nodes[node_].kind; }
node_id var::id() const {
  recording();
  return node_;
}

var var::named(std::string name) const {
  recording().names.insert_or_assign(node_, std::move(name));
  return *this;
}

std::ostream& operator<<(std::ostream& to, const var& x) {
  const detail::recording* const r = detail::recording::if_live(x);
  if (r == nullptr) return to << (x.empty() ? "an empty var" : "a var of a recording that is gone");
  const node_id n = x.id();
  const auto label = x.name().empty() ? "" : fmt::format(" '{}'", x.name());
  const auto where = to_string(r->location_of(n));
  return to << fmt::format("{}{} {} {}{}{}", r->op_of(n).type->name, label, to_string(x.shape()),
                           name(x.kind()), where.empty() ? "" : ", ", where);
}

std::string var::name() const {
  const auto& names = recording().names;
  const auto it = names.find(node_);
  return it == names.end() ? std::string{} : it->second;
}

}  // namespace reel
