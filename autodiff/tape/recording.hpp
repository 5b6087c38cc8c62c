// SPDX-License-Identifier: MIT
// The nodes of a tape. A node is 24 bytes and 4 per input: indices into tables of ops, shapes and
// places that are shared by all nodes that agree on them. Inputs always come before their consumers,
// so a sweep over the graph is a loop over indices and nothing ever recurses.
#pragma once

#include "tape/handles.hpp"
#include "tape/values.hpp"

#include <reel/autodiff/op.hpp>
#include <reel/autodiff/tape.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace reel::detail {

// An op value of erased type, shared by tape and programs.
struct op_ref {
  const op_type* type = nullptr;
  std::shared_ptr<const void> self;
};
bool same_op(const op_ref& a, const op_ref& b);

// What a leaf holds. `data` is null for an input without an example and for a cotangent.
struct leaf {
  tape::role role;
  dtype type;  // f64, index or boolean
  shape dims;
  std::shared_ptr<const void> data;
};
const op_type& leaf_type(tape::role r);
// A leaf that holds a copy of numbers, those of kind real as doubles. Throws unsupported_number.
leaf copy_leaf(tape::role r, const tape::view& numbers);
// A constant of one number. Throws kind_mismatch where it is not of that kind.
leaf scalar_leaf(double number, kind k);

struct node {
  std::uint32_t op, first_input, shape, location;
  node_id origin;  // the node whose vjp recorded this one, or itself
  reel::kind kind;
  tape::role role;
};

inline constexpr node_id no_node = ~node_id{0};

struct recording {
  explicit recording(std::string tape_name);
  ~recording();
  recording(const recording&) = delete;
  recording& operator=(const recording&) = delete;

  // The recording of a live var. Throws empty_variable or stale_variable.
  static recording& of(const var& v);
  [[noreturn]] static void refuse(const var& v);
  static recording* if_live(const var& v) noexcept;
  // Of a var of this recording, once it has been checked.
  static node_id node_of(const var& v) noexcept { return v.node_; }

  var handle(node_id n) const;
  var append(op_ref op, std::span<const node_id> x, const shape& dims, kind k, tape::role r,
             const source_location& where);
  var append_leaf(leaf l, const source_location& where);
  var append_leaf(std::shared_ptr<const leaf> l, const source_location& where);
  var scalar(double number, kind k, const source_location& where);  // shared by equal bits
  std::uint32_t intern_op(const op_type& type, const void* op);
  std::uint32_t intern_shape(const shape& s);

  std::span<const node_id> inputs_of(node_id n) const;
  const op_ref& op_of(node_id n) const { return ops[nodes[n].op]; }
  const shape& shape_of(node_id n) const { return shapes[nodes[n].shape]; }
  const shape& shape_of(const var& v) const { return shape_of(node_of(v)); }
  const source_location& location_of(node_id n) const { return locations[nodes[n].location]; }
  const leaf* leaf_of(node_id n) const;
  std::string describe(node_id n) const;  // "log (node 12, train.cpp:48)"

  // While users' code runs these wait: for its end, and for the next evaluation.
  void clear() noexcept;
  // Between two tapes: nothing recorded, and no control block.
  void rest() noexcept;
  void wake(std::string tape_name);
  void release() noexcept;
  void release_if_asked() noexcept {
    if (to_be_released_ && in_users_code_ == 0) release();
  }
  bool in_users_code() const noexcept { return in_users_code_ > 0; }
  // Forgets nodes and ops from these numbers on.
  void rollback(std::size_t node_count, std::size_t op_count) noexcept;
  std::size_t bytes() const noexcept;
  std::size_t held() const noexcept;  // of memory that the next recording finds

  std::string name;
  tape_control* control;
  std::vector<node> nodes;
  std::vector<node_id> inputs;
  std::vector<op_ref> ops;
  std::deque<shape> shapes;  // a reference to one survives later recording
  std::vector<source_location> locations;
  std::unordered_map<node_id, std::string> names;
  std::array<value_store, number_count> values;  // by number type

  std::size_t reserved = 0;  // nodes that memory was asked for in advance

  // What evaluation works with.
  struct {
    std::vector<node_id> open;
    std::vector<operand_view> inputs;
  } scratch;

  // While an op's vjp runs, what it records takes over the forward node's place; while a composed
  // function records, the place that called it.
  node_id vjp_node = no_node;
  source_location caller;
  unsigned sweeps = 0;  // backward sweeps that are under way, one in a rule of the other
  source_location blame(const source_location& where) const {
    return vjp_node != no_node ? location_of(vjp_node) : caller.file != nullptr ? caller : where;
  }

 private:
  void forget() noexcept;
  std::uint32_t intern_location(const source_location& where);
  var push(std::uint32_t op, std::span<const node_id> x, std::uint32_t shape, kind k, tape::role r,
           const source_location& where);
  friend class users_code;
  unsigned in_users_code_ = 0;
  bool to_be_cleared_ = false, to_be_released_ = false;
  friend var record(const op_type&, const void*, std::span<const operand* const>);
  friend var record(const op_type&, const void*, std::span<const var>, source_location);
  var record_nodes(const op_type& type, const void* op, std::span<const node_id> x,
                   const source_location& where);

  struct shape_hash {
    std::size_t operator()(const shape& s) const noexcept;
  };
  struct location_hash {
    std::size_t operator()(const source_location& p) const noexcept;
  };
  std::unordered_map<shape, std::uint32_t, shape_hash> shape_ids_;
  std::unordered_map<source_location, std::uint32_t, location_hash> location_ids_;
  std::array<std::uint32_t, 256> recent_ops_{};  // by op type: indices + 1
  struct shared_scalar {
    node_id node;
    kind k;
  };
  std::unordered_multimap<std::uint64_t, shared_scalar> scalars_;
};

// A recording for a new tape, in the memory of one that ended in this thread; and what becomes of a recording
// as its tape ends. A thread keeps the memory of one, if it is no more than most_kept, until it ends itself.
inline constexpr std::size_t most_kept = std::size_t{32} << 20;
std::unique_ptr<recording> begin_recording(std::string tape_name);
void end_recording(std::unique_ptr<recording> r) noexcept;

// While an op's infer, eval or rule runs, its tape stays as it is: what they read lies there. One that clears
// it is refused when it returns.
class users_code {
 public:
  explicit users_code(recording& r) : recording_(r), before_(r.to_be_cleared_) { ++r.in_users_code_; }
  ~users_code() {
    if (--recording_.in_users_code_ == 0 && recording_.to_be_cleared_) recording_.clear();
  }
  users_code(const users_code&) = delete;
  users_code& operator=(const users_code&) = delete;

  void check(const char* what, const op_type& op, const source_location& where) const {
    if (recording_.to_be_cleared_ && !before_) refuse(what, op, where);
  }

 private:
  [[noreturn]] static void refuse(const char* what, const op_type& op, const source_location& where);
  recording& recording_;
  bool before_;  // whether it is another's doing
};

// Throws tape_mismatch, stale_variable or empty_variable.
void check_one_tape(const var& a, const var& b);

// Undoes what was recorded since, unless committed: recording gives the strong guarantee.
class transaction {
 public:
  explicit transaction(recording& r)
      : recording_(r), nodes_(r.nodes.size()), ops_(r.ops.size()), vjp_node_(r.vjp_node) {}
  ~transaction() {
    recording_.vjp_node = vjp_node_;
    if (!committed_) recording_.rollback(nodes_, ops_);
  }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  void commit() noexcept { committed_ = true; }

 private:
  recording& recording_;
  std::size_t nodes_, ops_;
  node_id vjp_node_;
  bool committed_ = false;
};

}  // namespace reel::detail
