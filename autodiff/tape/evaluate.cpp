// SPDX-License-Identifier: MIT
// value(): computes what a node needs and is not yet known, inputs first, in one number type.
#include "tape/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::detail {

namespace {

template <class To, class From> void convert_all(void* to, const void* from, index_t n) {
  const auto* x = static_cast<const From*>(from);
  auto* y = static_cast<To*>(to);
  for (index_t i = 0; i < n; ++i) y[i] = num::convert<To>(x[i]);
}

}  // namespace

void load(dtype type, void* to, const leaf& l) {
  const index_t n = l.dims.size();
  switch (dtype_for(l.type == dtype::index     ? kind::index
                    : l.type == dtype::boolean ? kind::boolean
                                               : kind::real,
                    type)) {
    case dtype::f32:
      return convert_all<float, double>(to, l.data.get(), n);
    case dtype::f64:
      return convert_all<double, double>(to, l.data.get(), n);
    case dtype::real50:
      return convert_all<real50, double>(to, l.data.get(), n);
    case dtype::complex:
      return convert_all<complex, double>(to, l.data.get(), n);
    case dtype::index:
      return convert_all<index_t, index_t>(to, l.data.get(), n);
    case dtype::boolean:
      return convert_all<bool, bool>(to, l.data.get(), n);
  }
}

eval_fn eval_of(const op_type& type, kind generic, dtype number, const source_location& where) {
  const auto f = type.eval[static_cast<std::size_t>(type.any_kind ? dtype_for(generic, number) : number)];
  if (f == nullptr)
    throw error(
        errc::unsupported_number, type.name, where,
        fmt::format("{} has no body for {}. {}", type.name, name(number),
                    number == dtype::complex ? "Only analytic ops can be evaluated in complex numbers."
                                             : "Its `numbers` list says which types it has."));
  return f;
}

kind generic_kind(const recording& r, node_id n) {
  const auto& type = *r.op_of(n).type;
  const auto x = r.inputs_of(n);
  for (std::size_t i = 0; i < x.size(); ++i)
    if (type.inputs[type.variadic ? 0 : i] == kind_rule::number) return r.nodes[x[i]].kind;
  return kind::real;
}

namespace {

void load_leaf(recording& r, node_id n, dtype number, value_store& store) {
  const leaf& l = *r.leaf_of(n);
  if (l.data == nullptr)
    throw error(
        errc::no_value, "input", r.location_of(n),
        fmt::format(
            "input {} {} is bound when a program runs. Freeze and run, or record it with tape.input(array).",
            r.describe(n), to_string(l.dims)));
  const bool as_is = number == dtype::f64 || l.type != dtype::f64;
  if (as_is) {
    store.set(n, const_cast<void*>(l.data.get()));  // never written: only computed nodes are
    return;
  }
  void* to = store.allocate(static_cast<std::size_t>(l.dims.size()) * size_of(number));
  load(number, to, l);
  store.set(n, to);
}

void compute(recording& r, node_id n, dtype number, value_store& store, std::vector<operand_view>& x) {
  const op_type& type = *r.op_of(n).type;
  const void* const op = r.op_of(n).self.get();
  const auto inputs = r.inputs_of(n);
  x.clear();
  for (const node_id i : inputs) x.push_back({const_cast<void*>(store.get(i)), &r.shape_of(i)});
  const shape& dims = r.shape_of(n);
  const std::size_t bytes =
      static_cast<std::size_t>(dims.size()) * size_of(dtype_for(r.nodes[n].kind, number));
  const users_code body(r);
  operand_view y{nullptr, &dims};
  try {
    y.data = store.allocate(bytes);
    eval_of(type, generic_kind(r, n), number, r.location_of(n))(op, y, x);
    body.check("eval", type, r.location_of(n));
  } catch (const error& e) {
    if (e.has_context()) throw;
    throw error(e.code(), type.name, r.location_of(n), e.detail());
  }
  store.set(n, y.data);
}

// A tangent that depends on the cotangent it was transposed from: `open` ends with that cotangent, and
// holds the node that reads it.
[[noreturn]] void refuse_cotangent(const recording& r, std::span<const node_id> open) {
  const node_id cotangent = open.back();
  const auto reads = [&](node_id n) {
    const auto x = r.inputs_of(n);
    return std::find(x.begin(), x.end(), cotangent) != x.end();
  };
  const auto reader = std::find_if(open.rbegin(), open.rend(), reads);
  const node_id n = reader == open.rend() ? cotangent : *reader;
  throw error(errc::no_value, r.op_of(r.nodes[n].origin).type->name, r.location_of(n),
              fmt::format("{} reads a symbolic cotangent, which has no number: this vjp is not linear in "
                          "its cotangent.",
                          r.describe(n)));
}

}  // namespace

const void* evaluate(recording& r, node_id wanted, dtype number) {
  r.release_if_asked();
  auto& store = r.values[static_cast<std::size_t>(number)];
  if (const void* known = store.get(wanted)) return known;
  decltype(r.scratch) apart;  // where an op's eval evaluates
  auto& [open, x] = r.in_users_code() ? apart : r.scratch;
  open.assign(1, wanted);
  while (!open.empty()) {
    const node_id n = open.back();
    const std::size_t before = open.size();
    if (store.get(n) == nullptr) {
      if (r.nodes[n].role == tape::role::cotangent) refuse_cotangent(r, open);
      if (r.nodes[n].role != tape::role::computed) {
        load_leaf(r, n, number, store);
      } else {
        for (const node_id i : r.inputs_of(n))
          if (store.get(i) == nullptr) open.push_back(i);
        if (open.size() > before) continue;  // its inputs first
        compute(r, n, number, store, x);
      }
    }
    open.pop_back();
  }
  return store.get(wanted);
}

namespace {

template <class T> void check_readable(const recording& r, node_id n) {
  constexpr kind want = std::same_as<T, index_t> ? kind::index
                        : std::same_as<T, bool>  ? kind::boolean
                                                 : kind::real;
  if (r.nodes[n].kind != want)
    throw error(errc::kind_mismatch, "value", r.location_of(n),
                fmt::format("{} is of kind {}, read as {}. Use value<{}>().", r.describe(n),
                            name(r.nodes[n].kind), name(dtype_of<T>),
                            r.nodes[n].kind == kind::index     ? "reel::index_t"
                            : r.nodes[n].kind == kind::boolean ? "bool"
                                                               : "double"));
}

// Index and bool nodes are the same in every number type; double is as good as any.
template <class T> constexpr dtype number_for = number<T> ? dtype_of<T> : dtype::f64;

template <class T> const T* numbers_of(const var& v) {
  recording& r = v.recording();
  check_readable<T>(r, v.id());
  return static_cast<const T*>(evaluate(r, v.id(), number_for<T>));
}

}  // namespace
}  // namespace reel::detail

namespace reel {

template <class T> array<T> var::value() const {
  const T* x = detail::numbers_of<T>(*this);
  auto a = make_array<T>(shape());
  std::copy(x, x + size(), a.data());
  return a;
}

template <class T> T var::item() const {
  if (size() != 1)
    throw error(
        errc::shape_mismatch, "item", where_,
        fmt::format("{} has {} elements; item() reads one. Use value(), or reduce with sum() or mean().",
                    to_string(shape()), size()));
  return *detail::numbers_of<T>(*this);
}

template array<float> var::value<float>() const;
template array<double> var::value<double>() const;
template array<real50> var::value<real50>() const;
template array<complex> var::value<complex>() const;
template array<index_t> var::value<index_t>() const;
template array<bool> var::value<bool>() const;
template float var::item<float>() const;
template double var::item<double>() const;
template real50 var::item<real50>() const;
template complex var::item<complex>() const;
template index_t var::item<index_t>() const;
template bool var::item<bool>() const;

}  // namespace reel
