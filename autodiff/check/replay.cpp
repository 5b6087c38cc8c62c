// SPDX-License-Identifier: MIT
#include "check/replay.hpp"

#include "check/attempt.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

namespace reel::check {

namespace {

// The nodes `wanted` needs when those of `given` are known, in order.
std::vector<node_id> needed(const recording& r, std::span<const node_id> wanted,
                            std::span<const node_id> given) {
  std::vector<char> seen(r.nodes.size()), known(r.nodes.size());
  for (const node_id n : given) seen[n] = known[n] = true;
  std::vector<node_id> open(wanted.begin(), wanted.end());
  while (!open.empty()) {
    const node_id n = open.back();
    open.pop_back();
    if (seen[n]) continue;
    seen[n] = true;
    for (const node_id i : r.inputs_of(n)) open.push_back(i);
  }
  std::vector<node_id> order;
  for (node_id n = 0; n < seen.size(); ++n)
    if (seen[n]) order.push_back(n);
  return order;
}

// Beside what operations in 50 digits count for themselves.
template <class T> constexpr double seconds_per_element = std::same_as<T, complex> ? 5e-8 : 1e-8;

}  // namespace

double elements_computed(const recording& r, node_id n) {
  if (r.nodes[n].role != tape::role::computed) return 0;
  const auto out = static_cast<double>(r.shape_of(n).size());
  double product = out, most = out;
  for (const node_id i : r.inputs_of(n)) {
    const auto size = static_cast<double>(r.shape_of(i).size());
    product *= size;
    most = std::max(most, size);
  }
  const auto& type = *r.op_of(n).type;
  const bool contracts = type.arity == 2 && !type.elementwise && !type.any_kind;
  return contracts ? std::max(most, std::sqrt(product)) : most;
}

std::vector<node_id> ids(std::span<const var> vars) {
  std::vector<node_id> all;
  for (const var& v : vars) all.push_back(v.id());
  return all;
}

bool has_bodies(const recording& r, std::span<const node_id> wanted, std::span<const node_id> given,
                dtype number) {
  return std::ranges::all_of(needed(r, wanted, given), [&](node_id n) {
    if (r.nodes[n].role != tape::role::computed) return true;
    if (std::ranges::find(given, n) != given.end()) return true;
    const auto& type = *r.op_of(n).type;
    const auto body = type.any_kind ? dtype_for(detail::generic_kind(r, n), number) : number;
    return type.eval[static_cast<std::size_t>(body)] != nullptr;
  });
}

template <class T>
replay<T>::replay(const recording& r, std::span<const node_id> wanted, std::span<const node_id> given)
    : recording_(&r), wanted_(wanted.begin(), wanted.end()), given_(given.begin(), given.end()) {
  plan(wanted);
}

template <class T>
replay<T>::replay(std::span<const var> wanted, std::span<const var> given)
    : replay(wanted[0].recording(), ids(wanted), ids(given)) {}

template <class T> void replay<T>::plan(std::span<const node_id> wanted) {
  const recording& r = *recording_;
  order_ = needed(r, wanted, given_);
  index_.assign(r.nodes.size(), no_node);
  std::size_t bytes = 0;
  for (const node_id n : order_) {
    seconds_.push_back(elements_computed(r, n) * seconds_per_element<T>);
    index_[n] = static_cast<node_id>(offset_.size());
    offset_.push_back(bytes);
    const std::size_t each = size_of(dtype_for(r.nodes[n].kind, dtype_of<T>));
    bytes += (static_cast<std::size_t>(r.shape_of(n).size()) * each + 63) / 64 * 64;
  }
  memory_.reset(
      static_cast<std::byte*>(::operator new[](std::max<std::size_t>(bytes, 64), std::align_val_t{64})));
  moving_.assign(order_.size(), false);
  known_.assign(order_.size(), false);
  for (const node_id n : given_) moving_[index_[n]] = known_[index_[n]] = true;
  for (const node_id n : order_) {
    if (moving_[index_[n]]) continue;
    for (const node_id i : r.inputs_of(n)) moving_[index_[n]] |= holds(i) && moving_[index_[i]];
    if (r.nodes[n].role != tape::role::computed) {
      const detail::leaf& l = *r.leaf_of(n);
      if (l.data == nullptr)
        throw error(errc::no_value, "check", r.location_of(n),
                    r.describe(n) + " has no number. Give it an example: tape.input(array).");
      detail::load(dtype_of<T>, memory_.get() + offset(n), l);
      known_[index_[n]] = true;
    }
  }
  for (const node_id n : given_)
    if (r.nodes[n].kind == kind::real) std::ranges::fill(numbers(n), T(0));
}

template <class T> std::span<T> replay<T>::numbers(node_id n) {
  return {reinterpret_cast<T*>(memory_.get() + offset(n)),
          static_cast<std::size_t>(recording_->shape_of(n).size())};
}

template <class T> void replay<T>::run(std::span<const edit> edits) {
  const double before = work_done();
  for (const node_id n : order_) {
    if (known_[index_[n]] || (!fresh_ && edits.empty() && !moves(n))) continue;
    compute(n, edits);
    if (recording_->nodes[n].kind != kind::real) continue;
    for (const edit& e : edits)
      if (e.node == n && e.slot < 0) apply(e, n, recording_->shape_of(n), numbers(n));
  }
  fresh_ = !edits.empty();  // edits may have spoilt what is computed once
  cost_ = work_done() - before;
}

template <class T> void replay<T>::compute(node_id n, std::span<const edit> edits) {
  const recording& r = *recording_;
  const auto inputs = r.inputs_of(n);
  x_.clear();
  for (const node_id i : inputs) x_.push_back({memory_.get() + offset(i), &r.shape_of(i)});
  read_.clear();
  for (const edit& e : edits) {
    if (e.node != n || e.slot < 0) continue;
    const auto slot = static_cast<std::size_t>(e.slot);
    if (e.change == change::read_instead) {
      x_[slot].data = memory_.get() + offset(e.other);
      continue;
    }
    const auto had = std::span(static_cast<const T*>(x_[slot].data), numbers(inputs[slot]).size());
    read_.emplace_back(had.begin(), had.end());
    apply(e, inputs[slot], r.shape_of(inputs[slot]), read_.back());
    x_[slot].data = read_.back().data();
  }
  call(n, memory_.get() + offset(n));
}

// Runs an op on the operands gathered in x_.
template <class T> void replay<T>::call(node_id n, void* y) {
  const recording& r = *recording_;
  const auto& op = r.op_of(n);
  const auto f = detail::eval_of(*op.type, detail::generic_kind(r, n), dtype_of<T>, r.location_of(n));
  as_refusal(op.type->name, r.location_of(n), [&] { f(op.self.get(), {y, &r.shape_of(n)}, x_); });
  count_work(seconds_[index_[n]]);
}

namespace {

// Rows and columns of the last two axes; a vector is one row.
struct matrix {
  std::size_t count, rows, columns;
  explicit matrix(const shape& s) {
    columns = s.rank() == 0 ? 1 : static_cast<std::size_t>(s.back());
    rows = s.rank() < 2 ? 1 : static_cast<std::size_t>(s[s.rank() - 2]);
    const auto n = static_cast<std::size_t>(s.size());
    count = rows * columns == 0 ? 0 : n / (rows * columns);
  }
};

template <class T> void transpose(const shape& s, std::span<T> x) {
  const matrix m(s);
  const std::vector<T> old(x.begin(), x.end());
  for (std::size_t k = 0; k < m.count; ++k)
    for (std::size_t i = 0; i < m.rows; ++i)
      for (std::size_t j = 0; j < m.columns; ++j)
        x[k * m.rows * m.columns + j * m.rows + i] = old[(k * m.rows + i) * m.columns + j];
}

// The sums of `from` onto x along the other of its last two axes.
template <class T> void reduce_other_axis(const shape& dims, std::span<const T> from, std::span<T> x) {
  if (x.empty() || from.size() <= x.size()) return;
  const matrix m(dims);
  const bool rows_stay = m.rows == 1 || (x.size() % m.rows == 0 && x.size() != m.columns);
  const std::size_t each = from.size() / x.size();
  for (std::size_t i = 0; i < x.size(); ++i) {
    T sum(0);
    for (std::size_t k = 0; k < each; ++k)
      sum = sum + (rows_stay ? from[(k * x.size() + i) % from.size()] : from[i * each + k]);
    x[i] = sum;
  }
}

}  // namespace

// Element by element of one input, with all others 0, to see which term goes where.
template <class T> void replay<T>::keep_one_term(const edit& e, node_id n, std::span<T> y) {
  const auto all = numbers(recording_->inputs_of(n)[e.other]);
  std::vector<T> one(all.size(), T(0)), part(y.size());
  x_[e.other].data = one.data();
  std::ranges::fill(y, T(0));
  for (std::size_t k = 0; k < all.size(); ++k) {
    one[k] = all[k];
    call(n, part.data());
    one[k] = T(0);
    for (std::size_t i = 0; i < y.size(); ++i)
      if (part[i] != T(0) && (e.change == change::last_only || y[i] == T(0))) y[i] = part[i];
  }
}

template <class T> void replay<T>::spread_other_axis(const edit& e, node_id n, std::span<T> y) {
  const auto from = numbers(e.other);
  const matrix m(recording_->shape_of(e.other));
  const shape& sums = recording_->shape_of(recording_->inputs_of(n)[0]);
  const bool of_rows = sums.rank() > 0 && sums.back() == 1;  // then those of columns are wanted
  for (std::size_t k = 0; k < m.count; ++k)
    for (std::size_t i = 0; i < m.rows; ++i)
      for (std::size_t j = 0; j < m.columns; ++j) {
        const T* const block = from.data() + k * m.rows * m.columns;
        T sum(0);
        if (of_rows)
          for (std::size_t p = 0; p < m.rows; ++p) sum = sum + block[p * m.columns + j];
        else
          for (std::size_t p = 0; p < m.columns; ++p) sum = sum + block[i * m.columns + p];
        y[(k * m.rows + i) * m.columns + j] = sum;
      }
}

template <class T> void replay<T>::apply(const edit& e, node_id n, const shape& dims, std::span<T> x) {
  const std::size_t size = x.size();
  const auto scale = [&](const T& by) {
    for (T& v : x) v = v * by;
  };
  // The first real input whose size differs: what was reduced, or stretched.
  const auto operand = [&]() -> node_id {
    for (const node_id i : recording_->inputs_of(n))
      if (recording_->nodes[i].kind == kind::real && numbers(i).size() != size) return i;
    return no_node;
  };
  switch (e.change) {
    case change::none:
      return;
    case change::scale:
      return scale(T(e.factor));
    case change::enlarge: {
      T small(1);
      for (int k = 0; k < static_cast<int>(e.factor); ++k) small = small / T(10);
      return scale(T(1) + small);
    }
    case change::zero:
      return void(std::ranges::fill(x, T(0)));
    case change::ones:
      return void(std::ranges::fill(x, T(1)));
    case change::transpose:
      return transpose(dims, x);
    case change::roll: {
      const auto row = static_cast<std::ptrdiff_t>(matrix(dims).columns);
      for (auto at = x.begin(); row > 1 && at != x.end(); at += row) std::rotate(at, at + 1, at + row);
      return;
    }
    case change::roll_first:
      if (dims.rank() > 1 && dims[0] > 1)
        std::rotate(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(size) / dims[0], x.end());
      return;
    case change::drop_tail:
      return void(std::ranges::fill(x.last(size % 4), T(0)));
    case change::read_instead:
      std::ranges::copy(numbers(e.other), x.begin());
      return;
    case change::times: {
      const auto p = numbers(e.other);
      for (std::size_t i = 0; i < size; ++i) x[i] = x[i] * p[i];
      return;
    }
    case change::first_only:
    case change::last_only:
      return keep_one_term(e, n, x);
    case change::other_axis:
      if (const node_id from = operand(); from != no_node)
        reduce_other_axis<T>(recording_->shape_of(from), numbers(from), x);
      return;
    case change::other_spread:
      return spread_other_axis(e, n, x);
    case change::ratio:
    case change::inverse_ratio:
      if (const node_id from = operand(); from != no_node && size > 0 && !numbers(from).empty()) {
        const auto a = static_cast<double>(numbers(from).size()), b = static_cast<double>(size);
        const double by = std::max(a, b) / std::min(a, b);
        scale(e.change == change::ratio ? T(1) / T(by) : T(by));
      }
      return;
  }
}

template class replay<float>;
template class replay<double>;
template class replay<real50>;
template class replay<complex>;

}  // namespace reel::check
