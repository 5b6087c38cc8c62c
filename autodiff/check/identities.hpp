// SPDX-License-Identifier: MIT
// The identities that the author of an op declares, held against the cotangents that a rule gives. What
// must be 0 is recorded behind the rule and bounded by the same running error analysis; 0 is no number to
// be near to in any other way.
#pragma once

#include "check/vjp.hpp"

#include <memory>

namespace reel::check {

// Of the ops whose real inputs are those of the subject, and read by nothing else.
class declared_identities {
 public:
  explicit declared_identities(const rule& r);
  ~declared_identities();

  // In 50 digits at the numbers of the rule: the first that does not hold with these edits, or null.
  const char* broken_by(std::span<const edit> edits, const point& ybar);

  // In every number type that holds the numbers. Nothing where one of the ops has no body for 50 digits,
  // or there is too much for an analysis.
  std::vector<held_identity> hold(const point& x, const point& ybar);

 private:
  struct known;
  template <class T> void hold_in(const point& x, const point& ybar, std::vector<held_identity>& all) const;
  bool analyse(const point& x, const point& ybar);

  std::vector<const char*> texts_;
  rule zeros_;  // what must be 0, before the cotangents
  std::unique_ptr<known> known_;
};

}  // namespace reel::check
