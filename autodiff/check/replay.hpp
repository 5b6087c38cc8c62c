// SPDX-License-Identifier: MIT
// A recorded computation, run again at other numbers than its leaves hold, as it stands or with a fault
// planted in it. Nothing is recorded for this: a mutant is a handful of edits to what is run.
#pragma once

#include "tape/evaluate.hpp"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace reel::check {

using reals = std::vector<double>;
using detail::no_node;
using detail::recording;

// What becomes of numbers: those a node has computed, or those it reads.
enum class change : std::uint8_t {
  none,
  scale,    // by a factor
  enlarge,  // by 1 + 10^−factor, in the number type it is run in
  zero,
  ones,
  transpose,      // the last two axes; kept in the old shape where that is another
  roll,           // each row by one along the last axis
  roll_first,     // the rows by one along the first axis
  drop_tail,      // what is left over after whole groups of 4 is 0
  read_instead,   // the numbers of another node of the same size
  times,          // the numbers of another node of the same size as factors
  first_only,     // of the terms that input `other` of an op linear in it brings, the first alone
  last_only,      // ... the last alone: overwritten instead of accumulated
  other_axis,     // a reduction along the other of the last two axes
  other_spread,   // sums of `other` stretched back: along the other of the last two axes
  ratio,          // by the number of inputs to each output: a mean for a sum, ...
  inverse_ratio,  // ... and a sum for a mean
};

struct edit {  // of what a computed node reads or gives
  node_id node = no_node;
  int slot = -1;  // the input it reads; -1: what it has computed
  check::change change = check::change::none;
  double factor = 1;
  node_id other = no_node;
};

// Runs what `wanted` needs, given the numbers of `given` (leaves, or any nodes: a cut). What depends on
// none of them is computed once.
template <class T> class replay {
 public:
  replay(const recording& r, std::span<const node_id> wanted, std::span<const node_id> given);
  replay(std::span<const var> wanted, std::span<const var> given);

  std::span<T> given(std::size_t i) { return numbers(given_[i]); }
  void* given_data(std::size_t i) { return memory_.get() + offset(given_[i]); }  // of any kind
  std::size_t given_count() const { return given_.size(); }
  // Throws refusal where an op refuses its numbers, out_of_work beyond the limit.
  void run(std::span<const edit> edits = {});
  double cost() const { return cost_; }  // the work of the last run, in seconds
  std::span<const T> result(std::size_t i) const { return const_cast<replay*>(this)->numbers(wanted_[i]); }
  std::size_t result_count() const { return wanted_.size(); }

  // Every node that is run, in order, and what it holds: of kind real numbers of type T.
  std::span<const node_id> nodes() const { return order_; }
  const void* data(node_id n) const { return memory_.get() + offset(n); }
  std::span<T> numbers(node_id n);
  bool holds(node_id n) const { return n < index_.size() && index_[n] != no_node; }
  bool moves(node_id n) const { return moving_[index_[n]]; }  // depends on what is given
  const recording& source() const { return *recording_; }

 private:
  std::size_t offset(node_id n) const { return offset_[index_[n]]; }
  void plan(std::span<const node_id> wanted);
  void compute(node_id n, std::span<const edit> edits);
  void apply(const edit& e, node_id n, const shape& dims, std::span<T> x);
  void keep_one_term(const edit& e, node_id n, std::span<T> y);
  void call(node_id n, void* y);
  void spread_other_axis(const edit& e, node_id n, std::span<T> y);

  const recording* recording_;
  std::vector<node_id> wanted_, given_, order_;
  std::vector<node_id> index_;  // of a node in order_
  std::vector<std::size_t> offset_;
  reals seconds_;                     // by node in order_
  std::vector<char> moving_, known_;  // of a node in order_
  struct aligned {
    void operator()(std::byte* p) const { ::operator delete[](p, std::align_val_t{64}); }
  };
  std::unique_ptr<std::byte[], aligned> memory_;
  std::vector<detail::operand_view> x_;
  std::vector<std::vector<T>> read_;
  bool fresh_ = true;
  double cost_ = 0;
};

// What one evaluation of a node computes. The product of the sizes of a matrix product's operands and
// result is the square of its multiplications.
double elements_computed(const recording& r, node_id n);

// Whether every op that `wanted` needs, given the numbers of `given`, has a body for a number type.
bool has_bodies(const recording& r, std::span<const node_id> wanted, std::span<const node_id> given,
                dtype number);

std::vector<node_id> ids(std::span<const var> vars);

}  // namespace reel::check
