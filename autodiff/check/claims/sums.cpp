// SPDX-License-Identifier: MIT
// How several results are added up without making each, and what such a sum is looked for under.
#include "check/claims/claim_checker.hpp"

#include <reel/autodiff/structural.hpp>
#include <reel/autodiff/tape.hpp>

namespace reel::check {

namespace {

// The inputs of the checked op as constants, each real number times `by`.
template <class T> std::vector<var> constants(const claim_checker<T>& c, tape& t, double by) {
  std::vector<var> x;
  const auto inputs = c.source().inputs_of(c.node());
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const buffer& b = c.x()[k];
    const auto add = [&]<class N>(N, const auto& convert) {
      auto numbers = make_array<N>(b.dims);
      for (index_t i = 0; i < b.dims.size(); ++i) numbers.data()[i] = convert(i);
      x.push_back(t.constant(numbers));
    };
    switch (c.source().nodes[inputs[k]].kind) {
      case kind::real:
        add(double{}, [&](index_t i) { return by * static_cast<double>(c.numbers(b)[i]); });
        break;
      case kind::index:
        add(index_t{}, [&](index_t i) { return reinterpret_cast<const index_t*>(b.bytes.data())[i]; });
        break;
      case kind::boolean:
        add(bool{}, [&](index_t i) { return reinterpret_cast<const bool*>(b.bytes.data())[i]; });
        break;
    }
  }
  return x;
}

template <class T> buffer numbers_of(const var& v) {
  buffer b(v.shape(), sizeof(T));
  const array<T> numbers = v.value<T>();
  std::memcpy(b.bytes.data(), numbers.data(), b.bytes.size());
  return b;
}

// Three results of the op, of unlike numbers, by sum_of and one after the other.
template <class T> bool adds_up(const claim_checker<T>& c) {
  tape t("sum");
  std::vector<var> terms;
  for (const double by : {1.0, -0.5, 0.25})
    terms.push_back(detail::record(c.type(), c.op(), std::span<const var>(constants(c, t, by)), {}));
  const var sum = c.type().sum_of(terms);
  if (sum.shape() != c.y().dims) return false;
  const buffer apart = numbers_of<T>(terms[0] + terms[1] + terms[2]);
  double size = std::max(c.largest(apart), c.largest(c.y()));
  if (c.type().is == detail::algebra::sum)
    size = std::max(size, c.largest(c.x()[0]));  // what is summed may cancel
  return c.close(numbers_of<T>(sum), apart, size);
}

// The elements in an order that does not depend on their places.
std::vector<std::string> sorted_elements(const buffer& b) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < b.bytes.size(); i += b.each)
    all.emplace_back(reinterpret_cast<const char*>(b.bytes.data()) + i, b.each);
  std::ranges::sort(all);
  return all;
}

}  // namespace

template <class T> void check_sums(claim_checker<T>& c) {
  if (c.type().is == detail::algebra::rearrange) {
    c.begin();
    if (sorted_elements(c.x()[0]) != sorted_elements(c.y()))
      c.refute("it declares that it rearranges its input, but has other elements");
  }
  if (c.type().sum_of == nullptr) return;
  c.begin();
  bool right = false;
  as_refusal(c.type().name, c.source().location_of(c.node()), [&] { right = adds_up(c); });
  if (!right) c.refute("sum_of does not add up what the op computes");
}

template void check_sums(claim_checker<float>&);
template void check_sums(claim_checker<double>&);

}  // namespace reel::check
