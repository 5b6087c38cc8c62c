// SPDX-License-Identifier: MIT
// What cannot be a tree, a leaf or an argument of a transform is refused with a sentence.
#include <reel/autodiff.hpp>
#include <reel/ops.hpp>

#include <complex>
#include <memory>

using namespace reel;

template <class T> struct line { T slope, offset; };

#if CASE == 1
// expect: reel: a struct with a base class cannot be a tree; make the base a member
struct base {
  int degree;
};
template <class T> struct derived : base { T slope; };
auto f(const derived<array<double>>& m) { return leaf_count(m); }
#elif CASE == 2
// expect: reel: a tree is a var, an array, a number, a vector, tuple or plain struct of these
auto f(const std::shared_ptr<int>& p) { return leaf_count(p); }
#elif CASE == 3
// expect: reel: make the struct a template over the type of its leaves
struct fixed {
  array<double> slope, offset;
};
auto f(const fixed& m) {
  return values(map_tree<var>(m, [](const auto&) { return var(); }));
}
#elif CASE == 4
// expect: reel: a leaf holds floating-point numbers, integers or bools
auto f(tape& t, const array<std::complex<double>>& a) { return t.variable(a); }
#else
auto f(const line<array<double>>& m) {
  return grad([](const line<var>& l) { return sum(l.slope * l.offset); })(m);
}
#endif
