// SPDX-License-Identifier: MIT
// Recording an op: its operands are checked, its shape is inferred, and a node is appended, or nothing.
#include "tape/recording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::detail {

void check_one_tape(const var& a, const var& b) {
  const recording &first = recording::of(a), &other = recording::of(b);
  if (&first != &other)
    throw error(errc::tape_mismatch,
                fmt::format("left is on tape '{}' (node {}), right on tape '{}' (node {}). Use "
                            "detach(x, tape) to pass a value as a constant.",
                            first.name, a.id(), other.name, b.id()));
}

namespace {

kind resolve(kind_rule rule, kind generic) {
  return rule == kind_rule::number ? generic : rule == kind_rule::index ? kind::index : kind::boolean;
}

kind_rule rule_of(const op_type& type, std::size_t i) { return type.inputs[type.variadic ? 0 : i]; }

}  // namespace

namespace {

// What to write to make one kind of the other.
const char* conversion(kind have, kind want) {
  if (want == kind::real) return " Use to_real(x).";
  if (want == kind::index) return " Use to_index(x).";
  return have == kind::real ? " Compare it: x != 0." : " Compare it.";
}

}  // namespace

// Kinds, shapes and number types are settled here, once, where the op is written.
var recording::record_nodes(const op_type& type, const void* op, std::span<const node_id> x,
                            const source_location& where) {
  kind generic = kind::real;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (rule_of(type, i) == kind_rule::number) {
      generic = nodes[x[i]].kind;
      break;
    }
  for (std::size_t i = 0; i < x.size(); ++i) {
    const kind have = nodes[x[i]].kind;
    const kind want = resolve(rule_of(type, i), type.any_kind ? generic : kind::real);
    if (have != want)
      throw error(errc::kind_mismatch,
                  fmt::format("input {} is {} of kind {}; it must be {}.{}", i, to_string(shape_of(x[i])),
                              reel::name(have), reel::name(want), conversion(have, want)));
  }
  std::array<const shape*, 8> few;
  std::vector<const shape*> lots;
  std::span<const shape*> dims(few.data(), std::min(x.size(), few.size()));
  if (x.size() > few.size()) {
    lots.resize(x.size());
    dims = lots;
  }
  for (std::size_t i = 0; i < x.size(); ++i) dims[i] = &shape_of(x[i]);
  const users_code rule(*this);
  const shape y = type.infer(op, dims);
  rule.check("infer", type, where);
  return push(intern_op(type, op), x, intern_shape(y), resolve(type.result, generic), tape::role::computed,
              where);
}

namespace {

// Runs `f` and adds op and place to an error that lacks them.
template <class F> var named(const op_type& type, const source_location& where, F f) {
  try {
    return f();
  } catch (const error& e) {
    if (e.has_context()) throw;
    throw error(e.code(), type.name, where, e.detail());
  }
}

// Ops rarely have more than four inputs: their ids then live on the stack.
struct id_list {
  explicit id_list(std::size_t n)
      : large(n > small.size() ? n : 0), ids(large.empty() ? std::span(small.data(), n) : std::span(large)) {}
  std::array<node_id, 4> small;
  std::vector<node_id> large;
  std::span<node_id> ids;
};

}  // namespace

var record(const op_type& type, const void* op, std::span<const operand* const> x) {
  source_location where;
  for (const operand* o : x)
    if (where.file == nullptr) where = o->where();
  recording* r = nullptr;
  return named(type, where, [&] {
    id_list list(x.size());
    std::size_t first = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!x[i]->is_var()) continue;
      recording& mine = recording::of(x[i]->variable());
      if (r == nullptr) r = &mine, first = i;
      if (r != &mine) check_one_tape(x[first]->variable(), x[i]->variable());
      list.ids[i] = recording::node_of(x[i]->variable());
    }
    if (r == nullptr)
      throw error(errc::empty_variable,
                  "no operand is a var, so there is no tape to record on. Use tape.constant(number) for one "
                  "of them.");
    where = r->blame(where);
    transaction undo(*r);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i]->is_var()) continue;
      if (x[i]->is_array()) {
        list.ids[i] = recording::node_of(x[i]->sibling(*x[first]).variable());
        continue;
      }
      const kind k = type.any_kind ? r->nodes[list.ids[first]].kind : kind::real;
      list.ids[i] = r->scalar(x[i]->number(), resolve(rule_of(type, i), k), where).id();
    }
    const var y = r->record_nodes(type, op, list.ids, where);
    undo.commit();
    return y;
  });
}

var record(const op_type& type, const void* op, std::span<const var> x, source_location where) {
  return named(type, where, [&] {
    if (x.empty()) throw error(errc::invalid_argument, "no inputs; give at least one.");
    recording& r = recording::of(x[0]);
    where = r.blame(where);
    transaction undo(r);
    id_list list(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (&recording::of(x[i]) != &r) check_one_tape(x[0], x[i]);
      list.ids[i] = recording::node_of(x[i]);
    }
    const var y = r.record_nodes(type, op, list.ids, where);
    undo.commit();
    return y;
  });
}

const void* recorded_op(const var& v, const op_type& type) {
  const op_ref& op = v.recording().op_of(v.id());
  return op.type == &type ? op.self.get() : nullptr;
}

}  // namespace reel::detail

namespace reel {

std::vector<var> operands_of(const var& v) {
  const detail::recording& r = v.recording();
  std::vector<var> x;
  for (const node_id i : r.inputs_of(v.id())) x.push_back(r.handle(i));
  return x;
}

}  // namespace reel
