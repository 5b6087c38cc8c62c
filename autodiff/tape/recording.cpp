// SPDX-License-Identifier: MIT
#include "tape/recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace reel::detail {

recording::recording(std::string tape_name) : name(std::move(tape_name)), control(acquire_control(this)) {}

recording::~recording() { rest(); }

void recording::wake(std::string tape_name) {
  control = acquire_control(this);
  name = std::move(tape_name);
}

void recording::rest() noexcept {
  if (control != nullptr) retire_control(control);
  control = nullptr;
  forget();
}

recording* recording::if_live(const var& v) noexcept {
  if (v.empty() || v.control_->generation.load(std::memory_order_relaxed) != v.generation_) return nullptr;
  return v.control_->owner;
}

recording& recording::of(const var& v) {
  const tape_control* const c = v.control_;
  if (c == nullptr || c->generation.load(std::memory_order_relaxed) != v.generation_) refuse(v);
  return *c->owner.load(std::memory_order_relaxed);
}

// Apart from the rest, which every use of a var runs through.
[[gnu::cold]] void recording::refuse(const var& v) {
  if (v.empty())
    throw error(errc::empty_variable,
                "a var that was never recorded. Make one with tape.variable(...), or check a cotangent that "
                "is none.");
  const auto now = v.control_->generation.load(std::memory_order_relaxed);
  const auto written = v.where_.file == nullptr ? std::string{} : ", " + to_string(v.where_);
  if (now >> 32 != v.generation_ >> 32)
    throw error(errc::stale_variable,
                fmt::format("node {}{} belongs to a tape that was destroyed. Keep the tape alive, or keep "
                            "the var's value() instead.",
                            v.node_, written));
  throw error(errc::stale_variable,
              fmt::format("node {}{} belongs to recording #{} of tape '{}', which was cleared. Record it "
                          "again, or keep its value().",
                          v.node_, written, v.generation_ & 0xffffffff, v.control_->owner.load()->name));
}

var recording::handle(node_id n) const {
  var v;
  v.control_ = control;
  v.generation_ = control->generation.load(std::memory_order_relaxed);
  v.node_ = n;
  v.where_ = location_of(n);
  return v;
}

std::span<const node_id> recording::inputs_of(node_id n) const {
  const std::size_t first = nodes[n].first_input;
  const std::size_t last = n + 1 < nodes.size() ? nodes[n + 1].first_input : inputs.size();
  return {inputs.data() + first, last - first};
}

const leaf* recording::leaf_of(node_id n) const {
  return nodes[n].role == tape::role::computed ? nullptr : static_cast<const leaf*>(op_of(n).self.get());
}

std::string recording::describe(node_id n) const {
  const auto named = names.find(n);
  const auto label = named == names.end() ? std::string(op_of(n).type->name)
                                          : fmt::format("{} '{}'", op_of(n).type->name, named->second);
  const auto where = to_string(location_of(n));
  const auto backward = nodes[n].origin == n
                            ? std::string{}
                            : fmt::format("backward of {}: ", op_of(nodes[n].origin).type->name);
  return fmt::format("{}{} (node {}{}{})", backward, label, n, where.empty() ? "" : ", ", where);
}

// -- tables of shared parts

std::size_t recording::shape_hash::operator()(const shape& s) const noexcept {
  std::size_t h = s.rank();
  for (const index_t n : s) h = (h ^ static_cast<std::size_t>(n)) * 0x9e3779b97f4a7c15u;
  return h ^ (h >> 32);
}

std::size_t recording::location_hash::operator()(const source_location& p) const noexcept {
  return (reinterpret_cast<std::uintptr_t>(p.file) ^ p.line) * 0x9e3779b97f4a7c15u >> 8;
}

namespace {

// The number of x in a table. Where memory runs out the table and its index still agree.
template <class Ids, class Table, class T> std::uint32_t intern(Ids& ids, Table& table, const T& x) {
  const auto next = static_cast<std::uint32_t>(table.size());
  const auto known = ids.find(x);
  if (known != ids.end()) return known->second;
  table.push_back(x);
  try {
    ids.emplace(x, next);
  } catch (...) {
    table.pop_back();
    throw;
  }
  return next;
}

}  // namespace

std::uint32_t recording::intern_shape(const shape& s) {
  if (!nodes.empty() && shapes[nodes.back().shape] == s) return nodes.back().shape;
  return intern(shape_ids_, shapes, s);
}

std::uint32_t recording::intern_location(const source_location& where) {
  if (!nodes.empty() && locations[nodes.back().location] == where) return nodes.back().location;
  return intern(location_ids_, locations, where);
}

// Ops that were recorded lately are found again, those of one type that differ in their attributes too.
std::uint32_t recording::intern_op(const op_type& type, const void* op) {
  constexpr std::size_t tries = 4;
  const std::size_t home = (reinterpret_cast<std::uintptr_t>(&type) >> 3) * 0x9e3779b97f4a7c15u >> 32;
  std::uint32_t* slot = nullptr;
  for (std::size_t k = 0; k < tries && slot == nullptr; ++k) {
    std::uint32_t& recent = recent_ops_[(home + k) % recent_ops_.size()];
    if (recent == 0) {
      slot = &recent;
    } else {
      const op_ref& known = ops[recent - 1];
      if (known.type == &type && type.same(known.self.get(), op)) return recent - 1;
    }
  }
  if (slot == nullptr) slot = &recent_ops_[(home + ops.size() % tries) % recent_ops_.size()];
  ops.push_back({&type, type.copy(op)});
  *slot = static_cast<std::uint32_t>(ops.size());
  return *slot - 1;
}

bool same_op(const op_ref& a, const op_ref& b) {
  return a.type == b.type && (a.self == b.self || a.type->same(a.self.get(), b.self.get()));
}

// -- appending

var recording::push(std::uint32_t op, std::span<const node_id> x, std::uint32_t shape, kind k, tape::role r,
                    const source_location& where) {
  if (nodes.size() >= no_node || inputs.size() + x.size() >= no_node)
    throw error(errc::size_overflow,
                fmt::format("tape '{}' is full: 2^32 nodes or inputs. Clear it between steps.", name));
  const auto id = static_cast<node_id>(nodes.size());
  node n{op, static_cast<std::uint32_t>(inputs.size()), shape, 0, id, k, r};
  if (vjp_node != no_node) {
    n.location = nodes[vjp_node].location;
    n.origin = nodes[vjp_node].origin;
  } else {
    n.location = intern_location(where);
  }
  inputs.insert(inputs.end(), x.begin(), x.end());
  try {
    nodes.push_back(n);
  } catch (...) {
    inputs.resize(n.first_input);
    throw;
  }
  return handle(id);
}

var recording::append(op_ref op, std::span<const node_id> x, const shape& dims, kind k, tape::role r,
                      const source_location& where) {
  const auto index = static_cast<std::uint32_t>(ops.size());
  ops.push_back(std::move(op));
  try {
    return push(index, x, intern_shape(dims), k, r, where);
  } catch (...) {
    ops.resize(index);
    throw;
  }
}

var recording::append_leaf(leaf l, const source_location& where) {
  return append_leaf(std::make_shared<const leaf>(std::move(l)), where);
}

var recording::append_leaf(std::shared_ptr<const leaf> l, const source_location& where) {
  const kind k = l->type == dtype::index     ? kind::index
                 : l->type == dtype::boolean ? kind::boolean
                                             : kind::real;
  const leaf& held = *l;
  return append({&leaf_type(held.role), std::move(l)}, {}, held.dims, k, held.role, where);
}

leaf scalar_leaf(double number, kind k) {
  leaf l{tape::role::constant, dtype_for(k, dtype::f64), {}, nullptr};
  if (k == kind::real) {
    l.data = std::make_shared<const double>(number);
    return l;
  }
  // From 2^53 on a double may stand for a neighbour of the integer that was written.
  if (number != std::nearbyint(number) || std::abs(number) >= 9007199254740992.0 ||
      (k == kind::boolean && number != 0 && number != 1))
    throw error(errc::kind_mismatch,
                fmt::format("{} stands beside values of kind {}.", number, reel::name(k)));
  if (k == kind::index) l.data = std::make_shared<const index_t>(static_cast<index_t>(number));
  else l.data = std::make_shared<const bool>(number != 0);
  return l;
}

var recording::scalar(double number, kind k, const source_location& where) {
  const auto bits = std::bit_cast<std::uint64_t>(number);
  const auto [first, last] = scalars_.equal_range(bits);
  for (auto it = first; it != last; ++it)
    if (it->second.k == k) return handle(it->second.node);
  transaction undo(*this);
  const var v = append_leaf(scalar_leaf(number, k), where);
  scalars_.emplace(bits, shared_scalar{node_of(v), k});
  undo.commit();
  return v;
}

void recording::rollback(std::size_t node_count, std::size_t op_count) noexcept {
  if (op_count < ops.size()) {
    ops.resize(op_count);
    for (std::uint32_t& recent : recent_ops_)
      if (recent > op_count) recent = 0;
  }
  if (node_count >= nodes.size()) return;
  inputs.resize(nodes[node_count].first_input);
  nodes.resize(node_count);
  std::erase_if(scalars_, [&](const auto& s) { return s.second.node >= node_count; });
  std::erase_if(names, [&](const auto& s) { return s.first >= node_count; });
  for (auto& v : values) v.forget_from(node_count);
}

void users_code::refuse(const char* what, const op_type& op, const source_location& where) {
  throw error(errc::invalid_argument, op.name, where,
              fmt::format("its {} cleared the tape that it works on. Clear a tape when nothing is recorded, "
                          "differentiated or evaluated.",
                          what));
}

void recording::release() noexcept {
  to_be_released_ = in_users_code_ > 0;
  if (to_be_released_) return;
  for (auto& v : values) v.release();
}

void recording::clear() noexcept {
  to_be_cleared_ = in_users_code_ > 0;
  if (to_be_cleared_) return;
  ++control->generation;
  forget();
}

void recording::forget() noexcept {
  vjp_node = no_node;
  reserved = 0;
  caller = {};
  nodes.clear();
  inputs.clear();
  ops.clear();
  shapes.clear();
  locations.clear();
  names.clear();
  shape_ids_.clear();
  location_ids_.clear();
  recent_ops_.fill(0);
  scalars_.clear();
  for (auto& v : values) v.reset();
}

std::size_t recording::held() const noexcept {
  std::size_t total = nodes.capacity() * sizeof(node) + inputs.capacity() * sizeof(node_id) +
                      ops.capacity() * sizeof(op_ref) + scratch.open.capacity() * sizeof(node_id);
  for (const auto& v : values) total += v.held();
  return total;
}

std::size_t recording::bytes() const noexcept {
  std::size_t total = std::max(nodes.size(), reserved) * sizeof(node) +
                      std::max(inputs.size(), 2 * reserved) * sizeof(node_id) + ops.size() * sizeof(op_ref) +
                      shapes.size() * sizeof(shape);
  for (const auto& op : ops)
    if (op.type == &leaf_type(tape::role::variable) || op.type == &leaf_type(tape::role::constant) ||
        op.type == &leaf_type(tape::role::state) || op.type == &leaf_type(tape::role::input)) {
      const auto* l = static_cast<const leaf*>(op.self.get());
      if (l->data != nullptr) total += static_cast<std::size_t>(l->dims.size()) * size_of(l->type);
    }
  for (const auto& v : values) total += v.bytes();
  return total;
}

}  // namespace reel::detail
