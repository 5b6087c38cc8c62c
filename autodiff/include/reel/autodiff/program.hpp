// SPDX-License-Identifier: MIT
// freeze: tape → program. A program is immutable and may be shared between threads: a flat list of
// instructions and a memory plan, good for any number type. An instance<T> is its memory: arena and
// states. run() binds inputs and goes down the list: no allocation, no shape logic, no dispatch.
#pragma once

#include <reel/autodiff/op.hpp>
#include <reel/autodiff/tape.hpp>
#include <reel/autodiff/workers.hpp>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace reel {

namespace detail {
struct program_ir;
class executor;
}  // namespace detail

// After a run, `state` holds what `next` came out as.
struct state_update {
  var state, next;
};

struct freeze_request {
  std::vector<var> outputs = {};
  std::vector<state_update> updates = {};
  std::vector<var> inputs = {};        // in the order they are bound; by default as recorded
  std::vector<var> check_finite = {};  // a run is refused, states untouched, if one of these is not
  // Next values among the updates. A run is refused, states untouched, if a number of one of these is not
  // finite where its state's number was. A number that was not finite before may stay so.
  std::vector<var> stays_finite = {};
  std::vector<std::string> disabled_passes = {};  // passes to skip, by name; see pass_names()
};

// The passes of freeze in order. Of an exact pass the results stay those of evaluation, bit for bit.
//   dead_code                 Exact. What no output, update or check needs is dropped.
//   common_subexpressions     Exact. Equal ops on equal inputs are computed once.
//   algebraic_simplification  Exact. A product with 1 is its other factor.
//   constant_folding          Exact. What depends on constants alone is computed once per instance.
//   views                     Exact. A reshape shares its input's memory.
//   layout_assignment         Inexact. A tall, narrow matrix among the states is kept transposed, for the
//                             sake of the products it is in. These sum in another order, each within k u
//                             Σ|a||b| of the true sum, for an inner size k and the unit roundoff u.
//   in_place_updates          Inexact. An update w' = c·w + s·A·B of a state by a product of few terms, such
//                             as the gradient of a small batch, is made over w when all checks have passed.
//                             Neither the gradient nor a second w lies in memory. s·(AB) is added without
//                             being rounded before, if the processor can: within u|s·AB| + 2u|w'| of
//                             evaluation. If m ops make sums of multiples of w and A·B, these are put
//                             together: within 2(m + 2)u times the sum of the terms' magnitudes, if nothing
//                             overflows.
//   elementwise_fusion        Exact. Elementwise ops on the same number of elements run block by block,
//                             together. Ops that are stages hand numbers on in registers.
//   row_tiling                Exact. A large batch goes forward and backward in blocks of rows that fit a
//                             cache.
//   split_reductions          Inexact. Large sums over such a batch are made in a fixed number of splits of
//                             the rows, which workers share: another order, within the bound above.
//   sibling_fusion            Exact. An op is computed along with another, as logsumexp with softmax, its
//                             slope.
//   operand_reuse             Exact. An elementwise op writes over an input that nothing reads any more.
//   buffer_sharing            Exact. Values that are never alive together share the arena.
std::vector<std::string> pass_names();

class program {
 public:
  struct slot {
    std::string name;
    reel::shape shape;
    reel::kind kind;
    source_location where;
  };
  std::span<const slot> inputs() const;
  std::span<const slot> states() const;
  std::span<const slot> outputs() const;
  std::size_t instructions() const;  // per run
  std::size_t arena_bytes(dtype number) const;
  std::string explain() const;  // what each pass did, and the instructions

  // Throws invalid_argument where there is no program: it was never frozen, or moved from.
  const detail::program_ir& ir() const;

 private:
  friend program freeze(const freeze_request& request);
  friend class detail::executor;
  std::shared_ptr<const detail::program_ir> ir_;
};

// Throws stale_variable, tape_mismatch, invalid_argument (an update of something that is no state, an
// unknown pass), no_value (an output that depends on a symbolic cotangent).
program freeze(const freeze_request& request);
program freeze(const var& output);

// Numbers bound to an input for one run. They are not copied, so they must stay while the run lasts, and no
// longer.
struct binding {
  dtype type;
  const void* data;
  reel::shape shape;

  template <class T> binding(const array<T>& a) : type(dtype_of<T>), data(a.data()), shape(shape_of(a)) {
    static_assert(std::same_as<std::remove_const_t<T>, bool> || std::same_as<T, index_t> || number<T>,
                  "reel: bind arrays of the instance's number type, of reel::index_t or of bool");
  }
  // Binds another array in place of one of its type and shape; returns false where it is not that.
  template <class T> bool rebind(const array<T>& a) {
    if (type != dtype_of<T> || !has_shape(a, shape)) return false;
    data = a.data();
    return true;
  }
  template <class T>
  binding(const T* numbers, const reel::shape& s) : type(dtype_of<T>), data(numbers), shape(s) {}
};

namespace detail {

// An instance without its number type.
class executor {
 public:
  executor(const program& p, dtype number, const workers& w = {});
  ~executor();
  executor(executor&&) noexcept;
  executor& operator=(executor&&) noexcept;

  void run(std::span<const binding> inputs);
  const void* output(std::size_t i) const;
  const void* state(std::size_t i) const;
  void set_state(std::size_t i, const void* data, const shape& s);
  const program& source() const { return program_; }
  void check(std::size_t i, std::size_t count, const char* what) const;

 private:
  struct execution_state;
  program program_;
  std::unique_ptr<execution_state> state_;
};

template <class T> array<T> copy_array(const void* data, const shape& s) {
  auto a = make_array<T>(s);
  std::copy_n(static_cast<const T*>(data), s.size(), a.data());
  return a;
}

}  // namespace detail

// The memory of one program in one number type. Belongs to one thread at a time, which workers help: with
// any number of them the results are the same, bit for bit.
template <number T> class instance {
 public:
  explicit instance(const program& p, const workers& w = {}) : executor_(p, dtype_of<T>, w) {}

  // Runs once. Inputs are bound by position; reals of type T, indices and bools of theirs. All or
  // nothing: on an error no state has changed. Throws binding_mismatch (also for an address that is null, or
  // that of an output of this instance), invalid_label, branch_changed, non_finite, ...
  void run(std::span<const binding> inputs) { executor_.run(inputs); }
  template <class... A>
  requires(std::convertible_to<A, binding>&&...) void run(const A&... inputs) {
    const std::array<binding, sizeof...(A)> all{binding(inputs)...};
    executor_.run(all);
  }

  // The numbers of an output. They are the instance's own until its next run, also where the output is an
  // input or a state: what happens meanwhile to the arrays that were bound, or to the states, does not change
  // them. An output that is a state has the numbers that the run read. Throws no_value before the first run
  // and after one that was refused.
  template <class N = T> std::span<const N> view(std::size_t i = 0) const {
    check_output<N>(i);
    return {static_cast<const N*>(executor_.output(i)), static_cast<std::size_t>(slot(i).shape.size())};
  }
  template <class N = T> array<N> output(std::size_t i = 0) const {
    check_output<N>(i);
    return detail::copy_array<N>(executor_.output(i), slot(i).shape);
  }
  T item(std::size_t i = 0) const {
    const auto numbers = view(i);
    if (numbers.size() != 1)
      throw error(errc::shape_mismatch, "item", slot(i).where,
                  "output " + std::to_string(i) + " has shape " + to_string(slot(i).shape) + " and " +
                      std::to_string(numbers.size()) + " elements; item() reads one. Use output().");
    return numbers[0];
  }

  // A copy of a state: what the last run made of it, or set_state.
  array<T> state(std::size_t i = 0) const {
    executor_.check(i, executor_.source().states().size(), "state");
    return detail::copy_array<T>(executor_.state(i), executor_.source().states()[i].shape);
  }
  void set_state(std::size_t i, const array<T>& numbers) {
    executor_.set_state(i, numbers.data(), shape_of(numbers));
  }

  const reel::program& source() const { return executor_.source(); }

 private:
  const program::slot& slot(std::size_t i) const { return executor_.source().outputs()[i]; }
  template <class N> void check_output(std::size_t i) const {
    executor_.check(i, executor_.source().outputs().size(), "output");
    if (dtype_of<N> != dtype_for(slot(i).kind, dtype_of<T>))
      throw error(errc::kind_mismatch, "output", slot(i).where,
                  "is read in another type than it is computed in.");
  }
  detail::executor executor_;
};

}  // namespace reel
