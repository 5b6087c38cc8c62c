// SPDX-License-Identifier: MIT
#include "check/claims.hpp"

#include "check/attempt.hpp"
#include "check/differences.hpp"
#include "check/digits.hpp"

#include <reel/autodiff/kernels.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace reel::check {

namespace {

// Numbers of any kind with their shape; freeze's parts and transposes of what an op reads.
struct buffer {
  shape dims;
  std::vector<std::byte> bytes;
  std::size_t each;

  buffer(shape s, std::size_t size) : dims(s), bytes(static_cast<std::size_t>(s.size()) * size), each(size) {}
  detail::operand_view view() const { return {const_cast<std::byte*>(bytes.data()), &dims}; }
  bool operator==(const buffer& other) const { return bytes == other.bytes; }
  void copy(std::size_t to, const buffer& from, std::size_t at, std::size_t count) {
    if (count > 0) std::memcpy(bytes.data() + to * each, from.bytes.data() + at * each, count * each);
  }
};

std::size_t count(index_t n) { return static_cast<std::size_t>(n); }

// Rows first … last.
buffer rows_of(const buffer& x, index_t first, index_t last) {
  buffer part(x.dims.with(0, last - first), x.each);
  const std::size_t row = count(x.dims.size() / x.dims[0]);
  part.copy(0, x, count(first) * row, count(last - first) * row);
  return part;
}
buffer columns_of(const buffer& x, index_t first, index_t last) {
  buffer part(x.dims.with(1, last - first), x.each);
  for (index_t i = 0; i < x.dims[0]; ++i)
    part.copy(count(i * (last - first)), x, count(i * x.dims[1] + first), count(last - first));
  return part;
}
buffer elements_of(const buffer& x, index_t first, index_t last) {
  buffer part(shape{last - first}, x.each);
  part.copy(0, x, count(first), count(last - first));
  return part;
}
// Rows and columns of x exchanged, in rows of at least `row` numbers, the last of which are zeros.
buffer transposed(const buffer& x, index_t row = 0) {
  row = std::max(row, x.dims[0]);
  buffer t({x.dims[1], row}, x.each);
  for (index_t i = 0; i < x.dims[0]; ++i)
    for (index_t j = 0; j < x.dims[1]; ++j) t.copy(count(j * row + i), x, count(i * x.dims[1] + j), 1);
  return t;
}

template <class T> class witness {
 public:
  witness(const replay<T>& values, node_id n)
      : values_(values),
        r_(values.source()),
        n_(n),
        op_(r_.op_of(n)),
        traits_(*op_.traits),
        eval_(detail::eval_of(traits_, detail::followed_kind(r_, n), element_of<T>, r_.place_of(n))),
        y_(copy_of(values, n)) {
    for (const node_id i : r_.inputs_of(n)) x_.push_back(copy_of(values, i));
  }

  std::vector<std::string> run(std::size_t& tried) {
    if (y_.dims.size() == 0 || x_.empty() || traits_.effect) return {};
    if (traits_.elementwise) elementwise(), ++tried;
    if (traits_.view) view(), ++tried;
    const row_use use = traits_.by_rows == nullptr ? row_use{} : traits_.by_rows(op_.self.get(), x_[0].dims);
    if (use.inputs != 0) use.sums ? sums(use) : rows(use), ++tried;
    if (use.columns != 0) columns(use), ++tried;
    if (traits_.turned != nullptr && x_.size() <= 2) turned(), ++tried;
    if (traits_.product || traits_.finite_product || traits_.difference) arithmetic(), ++tried;
    if (traits_.units != nullptr && x_.size() == 2) units(), ++tried;
    if (traits_.adds_scaled != nullptr) add_scaled(), bound(), tried += 2;
    if (traits_.beside != nullptr) beside(tried);
    if (traits_.links != nullptr && detail::followed_kind(r_, n_) == kind::real) links(), ++tried;
    return std::move(broken_);
  }

 private:
  buffer copy_of(const replay<T>& values, node_id n) const {
    buffer b(r_.shape_of(n), size_of(element_for(r_.nodes[n].kind, element_of<T>)));
    std::memcpy(b.bytes.data(), values.data(n), b.bytes.size());
    return b;
  }
  void refute(const std::string& what) {
    const auto line = to_string(r_.place_of(n_));
    broken_.push_back(fmt::format("{}{}{}: {}", traits_.name, line.empty() ? "" : ", ", line, what));
  }

  static std::vector<detail::operand_view> views_of(std::span<const buffer> x) {
    std::vector<detail::operand_view> views;
    for (const buffer& b : x) views.push_back(b.view());
    return views;
  }
  void eval(detail::eval_fn f, const void* op, buffer& y, std::span<const buffer> x) const {
    as_refusal(traits_.name, r_.place_of(n_), [&] { f(op, y.view(), views_of(x)); });
  }
  // The op on inputs of which those in the mask are cut.
  template <class Cut> buffer part(const shape& dims, unsigned inputs, const Cut& cut) const {
    std::vector<buffer> x;
    for (std::size_t k = 0; k < x_.size(); ++k) x.push_back((inputs >> k & 1) != 0 ? cut(x_[k]) : x_[k]);
    buffer y(dims, y_.each);
    eval(eval_, op_.self.get(), y, x);
    return y;
  }

  void elementwise() {
    const index_t n = y_.dims.size();
    for (std::size_t k = 0; k < x_.size(); ++k) {
      if (x_[k].dims.size() != n || r_.nodes[r_.inputs_of(n_)[k]].kind != r_.nodes[n_].kind) continue;
      auto x = x_;
      as_refusal(traits_.name, r_.place_of(n_), [&] { eval_(op_.self.get(), x[k].view(), views_of(x)); });
      if (!(x[k] == y_)) return refute("it declares itself elementwise, but reads what it has written over");
    }
    unsigned all = 0;
    for (std::size_t k = 0; k < x_.size(); ++k)
      if (x_[k].dims.size() == n) all |= 1U << k;
    for (const auto& [first, last] : {std::pair{index_t{0}, n / 2}, std::pair{n / 2, n}}) {
      const auto cut = [&, a = first, b = last](const buffer& x) { return elements_of(x, a, b); };
      if (last > first && !(part(shape{last - first}, all, cut) == elements_of(y_, first, last)))
        return refute("it declares itself elementwise, but an element depends on others or on its place");
    }
  }

  void view() {
    if (!(x_[0] == y_)) refute("it declares itself a view, but has not the bytes of its input");
  }

  // The rows that inputs in the mask have in common; 0 where there is nothing to cut.
  index_t common_rows(unsigned inputs) const {
    index_t n = 0;
    for (std::size_t k = 0; k < x_.size(); ++k) {
      if ((inputs >> k & 1) == 0) continue;
      if (x_[k].dims.rank() == 0 || (n != 0 && x_[k].dims[0] != n)) return 0;
      n = x_[k].dims[0];
    }
    return n;
  }

  void rows(const row_use& use) {
    const index_t n = common_rows(use.inputs);
    if (n < 2 || y_.dims.rank() == 0 || y_.dims[0] != n) return;
    for (const auto& [first, last] : {std::pair{index_t{0}, n / 2}, std::pair{n / 2, n}}) {
      const auto cut = [&, a = first, b = last](const buffer& x) { return rows_of(x, a, b); };
      if (!(part(y_.dims.with(0, last - first), use.inputs, cut) == rows_of(y_, first, last)))
        return refute("by_rows says that rows are apart from each other, but they are not");
    }
  }

  void sums(const row_use& use) {
    const index_t n = common_rows(use.inputs), h = n / 2;
    const auto go_on = traits_.accumulate[static_cast<std::size_t>(element_of<T>)];
    if (n < 2 || go_on == nullptr) return;
    const auto head = [&](const buffer& x) { return rows_of(x, 0, h); };
    const auto tail = [&](const buffer& x) { return rows_of(x, h, n); };
    buffer sum = part(y_.dims, use.inputs, head);
    const buffer first = sum, second = part(y_.dims, use.inputs, tail);
    std::vector<buffer> x;
    for (std::size_t k = 0; k < x_.size(); ++k) x.push_back((use.inputs >> k & 1) != 0 ? tail(x_[k]) : x_[k]);
    eval(go_on, op_.self.get(), sum, x);
    const double size = std::max({largest(y_), largest(first), largest(second)});
    if (close(sum, y_, size)) return;
    refute(close(sum, second, size)
               ? "OVERWRITTEN: accumulate writes over the sum so far instead of adding to it"
           : close(sum, first, size) ? "accumulate adds nothing to the sum so far"
                                     : "accumulate does not go on with the sum where eval has stopped");
  }

  void columns(const row_use& use) {
    if (y_.dims.rank() != 2 || y_.dims[0] < 2) return;
    const index_t n = y_.dims[0];
    for (std::size_t k = 0; k < x_.size(); ++k)
      if ((use.columns >> k & 1) != 0 && (x_[k].dims.rank() != 2 || x_[k].dims[1] != n)) return;
    for (const auto& [first, last] : {std::pair{index_t{0}, n / 2}, std::pair{n / 2, n}}) {
      const auto cut = [&, a = first, b = last](const buffer& x) { return columns_of(x, a, b); };
      if (!(part(y_.dims.with(0, last - first), use.columns, cut) == rows_of(y_, first, last)))
        return refute("by_rows says that columns are enough for rows of the result, but they are not");
    }
  }

  void turned() {
    if (y_.dims.rank() != 2) return;
    for (const buffer& b : x_)
      if (b.dims.rank() != 2) return;
    const std::size_t operands = x_.size() + 1;  // the inputs and the result
    for (unsigned mask = 0; mask < 1U << operands; ++mask)
      if (!holds_turned(mask, 0))
        return refute(fmt::format("turned({}, {}) does not compute the same from transposed matrices",
                                  mask & ((1U << x_.size()) - 1), mask >> x_.size() != 0));
    for (std::size_t k = 0; k < operands; ++k)
      if (!holds_turned(1U << k, (k < x_.size() ? x_[k] : y_).dims[0]))
        return refute(
            fmt::format("turned({}, {}, used) does not compute the same from rows with zeros at their end",
                        k < x_.size() ? 1U << k : 0U, k == x_.size()));
  }

  // Whether what `turned` gives computes the same from transposes, whose rows have gaps where `used` > 0.
  bool holds_turned(unsigned mask, index_t used) const {
    const bool result = (mask >> x_.size() & 1) != 0;
    const index_t row = used == 0 ? 0 : kernels::padded(used);
    bool swap = false;
    const auto op = traits_.turned(op_.self.get(), mask & ((1U << x_.size()) - 1), result, used, swap);
    std::vector<buffer> x;
    for (std::size_t k = 0; k < x_.size(); ++k)
      x.push_back((mask >> k & 1) != 0 ? transposed(x_[k], row) : x_[k]);
    if (swap) std::swap(x.front(), x.back());
    const buffer expected = result ? transposed(y_, row) : y_;
    buffer y(expected.dims, y_.each);
    std::fill_n(numbers(y), y.dims.size(), T(1));
    eval(eval_, op.get(), y, x);
    return close(y, expected, largest(y_));
  }

  void arithmetic() {
    for (index_t i = 0; i < y_.dims.size(); ++i) {
      const T a = numbers(x_[0])[i], b = numbers(x_[1])[i], y = traits_.difference ? T(a - b) : T(a * b);
      if (!traits_.product && !traits_.difference && !(std::isfinite(a) && std::isfinite(b))) continue;
      if (!same(y, numbers(y_)[i]))
        return refute(traits_.difference
                          ? "it declares itself a difference, but is not its inputs' difference"
                          : "it declares itself a product, but is not its inputs' product");
    }
  }

  void units() {
    const unsigned inputs = traits_.units(op_.self.get());
    for (const unsigned k : {0U, 1U}) {
      if ((inputs >> k & 1) == 0) continue;
      auto x = x_;
      std::fill_n(numbers(x[k]), x[k].dims.size(), T(1));
      buffer y(y_.dims, y_.each);
      eval(eval_, op_.self.get(), y, x);
      for (index_t i = 0; i < y.dims.size(); ++i)
        if (!same(numbers(y)[i], numbers(x[1 - k])[i]))
          return refute(
              fmt::format("units says that where input {} is 1 the other is the result, but it is not", k));
    }
  }

  bool pays_to_scale() const {
    std::vector<const shape*> shapes;
    for (const buffer& b : x_) shapes.push_back(&b.dims);
    return traits_.adds_scaled(op_.self.get(), shapes);
  }

  void add_scaled() {
    if (!pays_to_scale()) return;
    const auto n = static_cast<std::size_t>(element_of<T>);
    const T s = T(0.7);
    for (const T keep : {T(1), T(0.9)}) {
      auto x = x_;
      for (const T number : {s, keep}) numbers(x.emplace_back(shape{}, y_.each))[0] = number;
      buffer sum = y_;  // any numbers
      eval(traits_.add_scaled[n], op_.self.get(), sum, x);
      for (index_t i = 0; i < y_.dims.size(); ++i) {
        const T y = numbers(y_)[i], kept = keep * y, got = numbers(sum)[i];
        if (!same(got, std::fma(s, y, kept)) && !same(got, kept + s * y))
          return refute(
              "add_scaled does not add the multiple of what the op computes, rounded once or twice");
      }
    }
  }

  void bound() {
    const double most = traits_.bound[static_cast<std::size_t>(element_of<T>)](op_.self.get(), views_of(x_));
    if (largest(y_) > most * (1 + 0x1p10 * unit_roundoff<T>)) {
      const auto [bound, number] = tell_apart(most, largest(y_), 3);
      refute(fmt::format("its bound is {}, but a number of its result is {}", bound, number));
    }
  }

  // What it computes along with another node of its first inputs.
  void beside(std::size_t& tried) {
    const auto inputs = r_.inputs_of(n_);
    for (const node_id m : values_.nodes()) {
      const detail::op_ref& other = r_.op_of(m);
      if (other.traits != traits_.beside || r_.inputs_of(m).size() > inputs.size() ||
          !std::ranges::equal(r_.inputs_of(m), inputs.first(r_.inputs_of(m).size())) ||
          !traits_.brings(op_.self.get(), other.self.get()))
        continue;
      const buffer z = copy_of(values_, m);
      buffer y_along(y_.dims, y_.each), z_along(z.dims, z.each);
      const auto both = traits_.eval_both[static_cast<std::size_t>(element_of<T>)];
      both(op_.self.get(), y_along.view(), z_along.view(), views_of(x_));
      ++tried;
      if (!(y_along == y_ && z_along == z))
        return refute(fmt::format("eval_both does not compute what {} and {} do apart", traits_.name,
                                  other.traits->name));
    }
  }

  // As a chain of one link, with each operand in registers in turn; of two, with the other one kept there,
  // too; and with one that is both.
  void links() {
    const kernels::links& all = *traits_.links(op_.self.get(), element_of<T>);
    for (std::size_t k = 0; k < x_.size(); ++k)
      if (!(chained(all.held[k], k, x_) == y_))
        return refute(fmt::format("its links do not compute what it does, where registers hold input {}", k));
    if (x_.size() != 2) return;
    for (const std::size_t k : {0U, 1U})
      if (all.kept[k] != nullptr && !(chained(all.kept[k], k, x_, true) == y_))
        return refute(fmt::format("its links do not compute what it does, where input {} is kept", 1 - k));
    const std::vector<buffer> twice(2, x_[0]);
    buffer y(y_.dims, y_.each);
    eval(eval_, op_.self.get(), y, twice);
    if (!(chained(all.held[2], 0, std::span(twice).first(1)) == y))
      refute("its links do not compute what it does, where registers hold both inputs");
  }
  buffer chained(const void* what, std::size_t held, std::span<const buffer> x, bool keeps = false) const {
    const kernels::chains& kit = kernels::best<T>().chains;
    buffer y(y_.dims, y_.each);
    std::vector<void*> at{x[held].view().data};
    for (std::size_t k = 0; k < x.size(); ++k)
      if (k != held) at.push_back(x[k].view().data);
    at.resize(3);
    void* const to = y.view().data;
    const bool loads_bools = x[held].each == sizeof(bool), stores_bools = y.each == sizeof(bool);
    std::vector<kernels::link> links;
    if (keeps) links.push_back(kit.link_of(kit.keep, &at[1], nullptr));
    links.push_back(kit.link_of(loads_bools ? kit.load_bools : kit.load, &at[0], nullptr));
    links.push_back(kit.link_of(what, &at[1], &at[2]));
    links.push_back(kit.link_of(stores_bools ? kit.store_bools : kit.store, &to, nullptr));
    links.push_back(kit.end());
    kit.run(links.data(), y.dims.size(), keeps);
    return y;
  }

  static bool same(T a, T b) { return a == b || (a != a && b != b); }

  // Sums in another order: equal but for rounding.
  const T* numbers(const buffer& b) const { return reinterpret_cast<const T*>(b.bytes.data()); }
  T* numbers(buffer& b) const { return reinterpret_cast<T*>(b.bytes.data()); }
  double largest(const buffer& b) const {
    double most = 0;
    for (index_t i = 0; i < b.dims.size(); ++i)
      if (const auto v = std::abs(static_cast<double>(numbers(b)[i])); std::isfinite(v))
        most = std::max(most, v);
    return most;
  }
  bool close(const buffer& a, const buffer& b, double size) const {
    for (index_t i = 0; i < a.dims.size(); ++i) {
      const auto u = static_cast<double>(numbers(a)[i]), v = static_cast<double>(numbers(b)[i]);
      if (std::isfinite(v) ? !(std::abs(u - v) <= 0x1p10 * unit_roundoff<T> * size) : std::isfinite(u))
        return false;
    }
    return true;
  }

  const replay<T>& values_;
  const recording& r_;
  node_id n_;
  const detail::op_ref& op_;
  const detail::op_traits& traits_;
  detail::eval_fn eval_;
  buffer y_;
  std::vector<buffer> x_;
  std::vector<std::string> broken_;
};

}  // namespace

template <class T>
std::vector<std::string> broken_claims(const replay<T>& values, node_id n, std::size_t& tried) {
  if (values.source().nodes[n].role != tape::role::computed) return {};
  return witness<T>(values, n).run(tried);
}
template std::vector<std::string> broken_claims(const replay<float>&, node_id, std::size_t&);
template std::vector<std::string> broken_claims(const replay<double>&, node_id, std::size_t&);

}  // namespace reel::check
