// SPDX-License-Identifier: MIT
// What an op computes, found by trying it on numbers. Mutants and formulas depend on this alone, never on
// what an op is called, so that your own sum is mutated like the library's.
#pragma once

#include "tape/recording.hpp"

#include <vector>

namespace reel::check {

struct algebra {
  // Element by element, of one operand or of two.
  bool same_numbers = false;  // its first operand's, under any shape: identity, reshape
  bool negation = false, sum = false, difference = false, product = false, quotient = false;
  // Of its only real operand, in which it is linear.
  bool total = false;    // each number is a sum of as many others
  bool average = false;  // ... or their mean
  bool stretch = false;  // each number is one of the operand's, which are fewer
  // By operand: whether it is linear in it, and some number is a sum over several of its elements.
  std::vector<char> accumulates;

  bool plain() const { return same_numbers || stretch; }  // a formula does not show it
};

// Nothing is known of an op that has no body for double, refuses the numbers tried, or is very large.
algebra algebra_of(const detail::recording& r, node_id n);

}  // namespace reel::check
