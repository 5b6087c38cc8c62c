// SPDX-License-Identifier: MIT
// An op is one value struct: a name, `infer` (shapes), `eval` (numbers) and `vjp` (its backward rule).
//
//   struct cube_op {
//     static constexpr auto name = "cube";
//     shape infer(const shape& x) const { return x; }
//     template <class T> void eval(out<T> y, in<T> x) const {
//       for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i] * x[i];
//     }
//     // y = x³, dy = 3x² dx
//     var vjp(var ybar, var y, var x) const { return scale_cotangent(ybar, 3 * x * x); }
//     bool operator==(const cube_op&) const = default;
//   };
//   var cube(operand x) { return apply(cube_op{}, x); }
//
// No base class, no registration: the concept `operation` is the whole contract. Number and kind of
// inputs are read off eval's signature: in<T> is real, in<index_t> and in<bool> are those kinds,
// many<T> takes any number of real inputs. eval writes every element of y and allocates nothing;
// it may be instantiated for float, double, real50 and, if `static constexpr bool analytic = true`,
// complex. Further members an op may declare:
//   using numbers = reel::numbers<float, double>;  a narrower list of number types
//   static constexpr bool any_kind = true;          T may also be index_t and bool (data movement)
//   static constexpr bool elementwise = true;       y[i] depends on the i-th elements alone, so y may
//                                                   be written over a dying input
//   static constexpr bool stretch = true;           y repeats x to fill its shape
//   static constexpr bool view = true;              y has the bytes of x under another shape
//   static constexpr bool rearranges = true;        y has the elements of x, each once, in another order
//   static constexpr bool effect = true;            eval may refuse; never removed as dead code
//   static constexpr bool sum = true;               y[j] is the sum of some elements of x
//   static constexpr bool product = true;           y[i] = a[i]·b[i]
//   static constexpr bool finite_product = true;    y[i] = a[i]·b[i] where both are finite
//   static constexpr bool difference = true;        y[i] = a[i] − b[i]
// In place of vjp, `reference(x...)` gives a composition of other ops whose derivative is used. The optional
// interfaces, for freeze and the check kit, stand in the headers below op/, one each. How results that are
// mostly zeros are added up, if the op knows a cheaper way than to make each of them:
//   static var sum_of(std::span<const var> terms);
// The sweep calls it with two or more cotangents of one shape that this op recorded, or another op with the
// same sum_of. It records their sum. recorded_by and operands_of tell it how a term was recorded.
// What the check kit holds its cotangents to, beside their being right:
//   std::vector<identity> identities(const applied_vjp& r) const
//     { return {{"1^T xbar = 0", sum(r.xbar[0], axis)}}; }
#pragma once

#include <reel/autodiff/op/contract.hpp>

#include <reel/autodiff/op_impl.hpp>
