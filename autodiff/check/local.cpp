// SPDX-License-Identifier: MIT
#include "check/local.hpp"

#include <reel/autodiff/node.hpp>

#include <algorithm>
#include <cstring>

namespace reel::check {

bool has_rule(const recording& r, node_id n) {
  if (r.nodes[n].kind != kind::real || r.nodes[n].role != reel::tape::role::computed) return false;
  if (r.op_of(n).type == &detail::op_type_of<detach_op>) return false;
  return r.shape_of(n).size() > 0 && std::ranges::any_of(r.inputs_of(n), [&](node_id i) {
           return r.nodes[i].kind == kind::real && r.shape_of(i).size() > 0;
         });
}

argument argument_of(recording& r, node_id n) {
  const void* data = detail::evaluate(r, n, dtype::f64);
  const auto size = static_cast<std::size_t>(r.shape_of(n).size());
  const auto copy = [&](const auto* from) { return reals(from, from + size); };
  switch (r.nodes[n].kind) {
    case kind::real:
      return {r.shape_of(n), copy(static_cast<const double*>(data))};
    case kind::index:
      return {r.shape_of(n), copy(static_cast<const index_t*>(data)), kind::index};
    default:
      return {r.shape_of(n), copy(static_cast<const bool*>(data)), kind::boolean};
  }
}

namespace {

var record_again(const detail::op_ref& op, std::span<const var> x, const source_location& where) {
  return detail::record(*op.type, op.self.get(), x, where);
}

}  // namespace

subject local_subject(recording& r, node_id n) {
  arguments x;
  for (const node_id i : r.inputs_of(n)) x.push_back(argument_of(r, i));
  const detail::op_ref op = r.op_of(n);
  const source_location where = r.location_of(n);
  return {op.type->name, x, [&](std::span<const var> v) { return record_again(op, v, where); }, where};
}

template <class T> local_rule<T>::local_rule(const recording& r, node_id n) : tape_("local") {
  std::vector<var> real;
  auto& own = tape_.recording();
  const auto inputs = r.inputs_of(n);
  slots_ = inputs.size();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const kind k = r.nodes[inputs[i]].kind;
    const dtype type = k == kind::real ? dtype::f64 : k == kind::index ? dtype::index : dtype::boolean;
    x_.push_back(own.append_leaf({reel::tape::role::input, type, r.shape_of(inputs[i]), nullptr}, {}));
    if (k != kind::real) continue;
    real.push_back(x_.back());
    real_.push_back(i);
  }
  const var y = record_again(r.op_of(n), x_, r.location_of(n));
  const var ybar = own.append_leaf({reel::tape::role::input, dtype::f64, y.shape(), nullptr}, {});
  const auto xbar = reel::vjp(std::span(&y, 1), real, std::span(&ybar, 1));
  std::vector<var> given = x_;
  given.push_back(ybar);
  run_ = std::make_unique<replay<T>>(xbar, given);
}

template <class T>
std::vector<std::vector<T>> local_rule<T>::vjp(const replay<T>& values, node_id n, std::span<const T> ybar) {
  const auto inputs = values.source().inputs_of(n);
  for (std::size_t i = 0; i < slots_; ++i) {
    const std::size_t each = size_of(dtype_for(values.source().nodes[inputs[i]].kind, dtype_of<T>));
    std::memcpy(run_->given_data(i), values.data(inputs[i]), static_cast<std::size_t>(x_[i].size()) * each);
  }
  std::ranges::copy(ybar, run_->given(slots_).begin());
  run_->run();
  std::vector<std::vector<T>> xbar(slots_);
  for (std::size_t k = 0; k < real_.size(); ++k)
    xbar[real_[k]].assign(run_->result(k).begin(), run_->result(k).end());
  return xbar;
}

template class local_rule<double>;
template class local_rule<real50>;

}  // namespace reel::check
