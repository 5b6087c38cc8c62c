// SPDX-License-Identifier: MIT
// Mutation testing of rules: would the check notice? The rule as it was recorded is changed in one way
// after the other (a sign, a factor, a term left out, a matrix transposed, a sum not taken, a loop that
// stops short, ...), replayed, and handed to the same verdict. Your own ops are mutated like the
// library's. The addends of a cotangent are its terms; name one with var::named("-pp^T") in `vjp`.
//
//   BOOST_TEST(check::mutate(my_op{}, {x}));   // all killed but those that change nothing
#pragma once

#include <reel/autodiff/check.hpp>

namespace reel::check {

enum class outcome : std::uint8_t {
  killed,      // the verdict on it is FAIL
  equivalent,  // the same rule: the same numbers to 50 digits, for every sample and seed tried
  survived,    // another rule, and the check did not notice
};
std::string_view name(outcome f) noexcept;

struct mutant {
  std::string family = {};  // "sign", "factor", "term", "transposed", ...
  std::string what = {};    // "drop the term sum(y * ybar) of sub"
  check::outcome outcome = check::outcome::survived;
  double difference = 0;    // from the right cotangent, the largest seen, relative
  std::string reason = {};  // of an equivalent one; of a killed one, the refusal that it met
  std::string breaks = {};  // of a killed one: the identity its op declares that noticed it, too
};

struct mutation_report {
  std::string subject = {};
  std::string reason = {};  // why not everything was tried: a refused sample, or the work it would take
  std::vector<std::string> refusals =
      {};  // what was passed over: elements without an oracle, numbers refused
  std::vector<mutant> mutants = {};
  int smallest = 0;  // the largest k for which the rule times 1 + 10^−k was noticed
  std::uint64_t seed = 0;
  std::size_t samples = 0;  // that were tried
  double work = 0;          // what options::seconds limits, over all samples
  double seconds = 0;

  std::size_t made() const noexcept { return mutants.size(); }
  std::size_t count(outcome f) const noexcept;
  // Whether there were any, every one was tried, and all that are not equivalent were killed.
  explicit operator bool() const noexcept {
    return made() > 0 && count(outcome::survived) == 0 && reason.empty();
  }
};

// Over several samples, a mutant is killed when one of them kills it. Subjects with nothing to
// differentiate are passed over.
mutation_report mutate(std::span<const subject> samples, const options& o = {});
inline mutation_report mutate(const subject& s, const options& o = {}) { return mutate(std::span(&s, 1), o); }
template <operation Op>
mutation_report mutate(const Op& op, const arguments& x, const options& o = {},
                       source_location where = here()) {
  return mutate(subject(op, x, where), o);
}

std::string to_string(const mutation_report& r);  // the kill matrix: families down, outcomes across
std::string to_json(const mutation_report& r);
std::ostream& operator<<(std::ostream& os, const mutation_report& r);

}  // namespace reel::check
