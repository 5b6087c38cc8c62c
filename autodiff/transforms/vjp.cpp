// SPDX-License-Identifier: MIT
// Reverse mode is the tape played backwards: from the last node to the first, each node hands its
// cotangent to its op's vjp and the results are added up at the inputs.
#include <reel/autodiff/node.hpp>
#include <reel/autodiff/sweep.hpp>

#include "tape/evaluate.hpp"
#include "transforms/cotangent_sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace reel {

using detail::no_node;
using detail::recording;

namespace {

// Which nodes from `first` on depend on one of `x`; x itself included.
class dependence {
 public:
  dependence(const recording& r, std::span<const var> x, node_id last) {
    first_ = last + 1;
    for (const var& v : x) first_ = std::min(first_, v.id());
    flags_.resize(last + 1 - first_);
    for (const var& v : x)
      if (v.id() <= last) flags_[v.id() - first_] = true;
    for (node_id n = first_; n <= last; ++n)
      if (r.nodes[n].kind == kind::real && through(r, n)) flags_[n - first_] = true;
  }
  bool at(node_id n) const { return n >= first_ && flags_[n - first_] != 0; }
  // Whether some input of n depends on x, so that n's rule has something to hand on.
  bool through(const recording& r, node_id n) const {
    return std::ranges::any_of(r.inputs_of(n), [&](node_id i) { return at(i); });
  }
  node_id first() const { return first_; }

 private:
  std::vector<char> flags_;
  node_id first_;
};

class backward_sweep {
 public:
  backward_sweep(recording& r, std::span<const var> x, node_id last)
      : r_(r),
        depends_(r, x, last),
        end_(last + 1),
        cotangents_(r, depends_.first(), end_ - depends_.first()) {}

  void add(node_id n, const var& ybar) { cotangents_.add(n, ybar); }
  bool needs(node_id n) const { return depends_.at(n); }

  void run() {
    for (node_id n = end_; n-- > depends_.first();)
      if (cotangents_.any(n) && depends_.through(r_, n)) vjp(n);
    r_.vjp_node = no_node;
  }

  var cotangent(const var& x) {
    const node_id n = x.id();
    return n < end_ && cotangents_.any(n) ? cotangents_.total(n) : zeros_like(x);
  }

 private:
  void vjp(node_id n) {
    const var ybar = cotangents_.total(n);
    r_.vjp_node = n;
    const detail::op_ref op = r_.op_of(n);  // a copy: the table may grow under it
    const auto ids = r_.inputs_of(n);
    x_.clear();
    for (const node_id i : ids) x_.push_back(r_.handle(i));
    xbar_.assign(x_.size(), var{});
    {
      const detail::users_code rule(r_);
      op.type->vjp(op.self.get(), ybar, r_.handle(n), x_, xbar_);
      rule.check("rule", *op.type, r_.location_of(n));
    }
    for (std::size_t i = 0; i < x_.size(); ++i) {
      if (!depends_.at(x_[i].id())) continue;
      if (xbar_[i].empty())
        throw error(errc::not_differentiable, op.type->name, r_.location_of(n),
                    fmt::format("its vjp gives no cotangent for input {}, through which a derivative was "
                                "asked. Use detach() "
                                "there if it is constant.",
                                i));
      if (&xbar_[i].recording() != &r_)
        throw error(errc::tape_mismatch, op.type->name, r_.location_of(n),
                    fmt::format("its vjp returned a cotangent on tape '{}'; this is tape '{}'.",
                                xbar_[i].recording().name, r_.name));
      if (xbar_[i].kind() != kind::real)
        throw error(errc::kind_mismatch, op.type->name, r_.location_of(n),
                    fmt::format("its vjp returned a cotangent of kind {} for input {}; it must be real.",
                                name(xbar_[i].kind()), i));
      if (xbar_[i].shape() != x_[i].shape())
        throw error(errc::shape_mismatch, op.type->name, r_.location_of(n),
                    fmt::format("its vjp returned a cotangent of shape {} for input {} of shape {}. A "
                                "cotangent has the shape "
                                "of its input.",
                                to_string(xbar_[i].shape()), i, to_string(x_[i].shape())));
      add(x_[i].id(), xbar_[i]);
    }
  }

  recording& r_;
  dependence depends_;
  node_id end_;
  detail::cotangent_sums cotangents_;
  std::vector<var> x_, xbar_;
};

// A rule may differentiate, but not its own op, which would never end.
class nesting {
 public:
  explicit nesting(recording& r) : r_(r) {
    if (r.sweeps == most)
      throw error(errc::invalid_argument, r.op_of(r.vjp_node).type->name, r.location_of(r.vjp_node),
                  fmt::format("rules within rules, {} deep: this one differentiates its own op. Write its "
                              "derivative in other ops.",
                              most));
    ++r.sweeps;
  }
  ~nesting() { --r_.sweeps; }
  nesting(const nesting&) = delete;
  nesting& operator=(const nesting&) = delete;

 private:
  static constexpr unsigned most = 64;
  recording& r_;
};

void check_real(std::span<const var> vars, const char* what) {
  for (const var& v : vars)
    if (v.kind() != kind::real)
      throw error(errc::not_differentiable, what, v.where(),
                  fmt::format("{} is of kind {}; only real vars have derivatives.",
                              v.recording().describe(v.id()), name(v.kind())));
}

void check_pairs(std::span<const var> a, std::span<const var> b, const char* what) {
  if (a.size() != b.size())
    throw error(errc::invalid_argument, what, {},
                fmt::format("{} vars and {} directions; give one for each.", a.size(), b.size()));
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (b[i].kind() != kind::real)
      throw error(errc::kind_mismatch, what, b[i].where(),
                  fmt::format("a direction of kind {}; it must be real.", name(b[i].kind())));
    if (a[i].shape() != b[i].shape())
      throw error(errc::shape_mismatch, what, b[i].where(),
                  fmt::format("a direction of shape {} for a var of shape {}; they must agree.",
                              to_string(b[i].shape()), to_string(a[i].shape())));
  }
}

recording& one_tape(std::span<const var> a, std::span<const var> b) {
  recording& r = a[0].recording();
  for (const auto vars : {a, b})
    for (const var& v : vars)
      if (&v.recording() != &r)
        throw error(errc::tape_mismatch, "derivative", v.where(),
                    fmt::format("'{}' and '{}' are different tapes. Use detach(x, tape) to "
                                "pass a value as a constant.",
                                r.name, v.recording().name));
  return r;
}

}  // namespace

namespace detail {

void check_cotangent_count(const var& y, std::size_t given, std::size_t inputs) {
  if (given == inputs) return;
  const recording& r = y.recording();
  throw error(errc::invalid_argument, r.op_of(y.id()).type->name, r.location_of(y.id()),
              fmt::format("its vjp returned {} cotangents for {} inputs; give one for each.", given, inputs));
}

void vjp_of_reference(const var& r, const var& ybar, std::span<const var> x, std::span<var> xbar) {
  const recording& t = r.recording();
  const node_id vjp_node = t.vjp_node;
  if (r.shape() != ybar.shape())
    throw error(errc::shape_mismatch, t.op_of(vjp_node).type->name, t.location_of(vjp_node),
                fmt::format("its reference has shape {}, its result {}; they must agree.",
                            to_string(r.shape()), to_string(ybar.shape())));
  std::vector<var> reals;  // labels and masks have no cotangent
  std::ranges::copy_if(x, std::back_inserter(reals), [](const var& v) { return v.kind() == kind::real; });
  const auto all = vjp(std::span(&r, 1), reals, std::span(&ybar, 1));
  r.recording().vjp_node = vjp_node;
  auto next = all.begin();
  for (std::size_t i = 0; i < x.size(); ++i)
    if (x[i].kind() == kind::real) xbar[i] = *next++;
}

}  // namespace detail

std::vector<var> vjp(std::span<const var> y, std::span<const var> x, std::span<const var> ybar) {
  if (x.empty()) return {};
  recording& r = one_tape(x, y);
  one_tape(x, ybar);
  check_real(y, "vjp");
  check_real(x, "vjp");
  check_pairs(y, ybar, "vjp");
  detail::transaction undo(r);
  const nesting depth(r);
  node_id last = 0;
  for (const var& v : y) last = std::max(last, v.id());
  backward_sweep sweep(r, x, last);
  for (std::size_t i = 0; i < y.size(); ++i)
    if (sweep.needs(y[i].id())) sweep.add(y[i].id(), ybar[i]);
  sweep.run();
  std::vector<var> xbar;
  for (const var& v : x) xbar.push_back(sweep.cotangent(v));
  undo.commit();
  return xbar;
}

std::vector<var> jvp(std::span<const var> y, std::span<const var> x, std::span<const var> v) {
  if (y.empty()) return {};
  recording& r = one_tape(y, x);
  one_tape(y, v);
  check_real(y, "jvp");
  check_pairs(x, v, "jvp");
  detail::transaction undo(r);
  std::vector<var> u;
  for (const var& out : y)
    u.push_back(r.append_leaf({tape::role::cotangent, dtype::f64, out.shape(), nullptr}, out.where()));
  const auto pulled = vjp(y, x, u);
  auto tangents = vjp(pulled, u, v);
  undo.commit();
  return tangents;
}

std::vector<var> grad(const var& loss, std::span<const var> x) {
  if (loss.size() != 1)
    throw error(
        errc::non_scalar_loss, "grad", loss.where(),
        fmt::format("a gradient of shape {} needs a seed; reduce with mean() or sum(), or pass one to vjp.",
                    to_string(loss.shape())));
  detail::transaction whole(loss.recording());
  const var seed = ones_like(loss);
  auto slopes = vjp(std::span(&loss, 1), x, std::span(&seed, 1));
  whole.commit();
  return slopes;
}

var vjp(const var& y, const var& x, const var& ybar) {
  return vjp(std::span(&y, 1), std::span(&x, 1), std::span(&ybar, 1))[0];
}
var jvp(const var& y, const var& x, const var& v) {
  return jvp(std::span(&y, 1), std::span(&x, 1), std::span(&v, 1))[0];
}
var grad(const var& loss, const var& x) { return grad(loss, std::span(&x, 1))[0]; }
var hvp(const var& loss, const var& x, const var& v) {
  detail::transaction whole(loss.recording());
  const var product = jvp(grad(loss, x), x, v);
  whole.commit();
  return product;
}

var jacobian(const var& y, const var& x) {
  std::vector<index_t> sizes(y.shape().begin(), y.shape().end());
  sizes.insert(sizes.end(), x.shape().begin(), x.shape().end());
  const shape whole(sizes);
  auto& r = y.recording();
  detail::transaction undo(r);
  std::vector<var> rows;
  for (index_t i = 0; whole.size() > 0 && i < y.size(); ++i) {
    const var one = pad(reshape(r.scalar(1, kind::real, y.where()), {1}), 0, i, y.size() - 1 - i);
    rows.push_back(vjp(y, x, reshape(one, y.shape())));
  }
  const var j = rows.empty() ? broadcast_to(r.scalar(0, kind::real, y.where()), whole)
                             : reshape(stack(rows, y.where()), whole);
  undo.commit();
  return j;
}

var hessian(const var& loss, const var& x) {
  detail::transaction whole(loss.recording());
  const var h = jacobian(grad(loss, x), x);
  whole.commit();
  return h;
}

std::vector<std::string> unseen(const var& loss, std::span<const var> x) {
  one_tape(std::span(&loss, 1), x);
  const auto seen = dependencies(loss);
  std::vector<std::string> messages;
  for (const var& v : x)
    if (v.id() > loss.id() || !seen[v.id()]) {
      const auto called = v.name().empty() ? fmt::format("node {}", v.id()) : fmt::format("'{}'", v.name());
      messages.push_back(
          fmt::format("the loss cannot see parameter {}, recorded at {}", called, to_string(v.where())));
    }
  return messages;
}

namespace {

// Refuses a run in which a recorded branch would be taken the other way.
struct branch_op {
  static constexpr auto name = "branch";
  static constexpr bool effect = true;
  bool taken = false;
  shape infer(const shape& condition) const {
    if (condition.size() != 1)
      throw error(errc::shape_mismatch,
                  fmt::format("the condition {} has {} elements; a branch needs one bool. Use where() to "
                              "select element by element.",
                              to_string(condition), condition.size()));
    return {};
  }
  template <class T> void eval(out<bool> y, in<bool> condition) const {
    if (condition[0] != taken)
      throw error(errc::branch_changed,
                  fmt::format("this branch was recorded as {} and now comes out {}. Record again for these "
                              "numbers, or select with where().",
                              taken, condition[0]));
    y[0] = taken;
  }
  bool operator==(const branch_op&) const = default;
};

}  // namespace

// What is no single bool is refused at the line that branches, before anything is computed: what an
// evaluation refuses is named at the line of the op that failed.
bool branch(operand condition) {
  if (condition.is_number()) return condition.number() != 0;
  const var& v = condition.variable();
  source_location where = condition.where();
  try {
    where = v.recording().blame(where);
    if (v.kind() != kind::boolean)
      throw error(errc::kind_mismatch,
                  fmt::format("the condition is of kind {}; a branch needs one bool. Compare it: x != 0.",
                              name(v.kind())));
    branch_op{}.infer(v.shape());
  } catch (const error& e) {
    throw error(e.code(), branch_op::name, where, e.detail());
  }
  const bool taken = v.item<bool>();
  apply(branch_op{taken}, condition);
  return taken;
}

}  // namespace reel
