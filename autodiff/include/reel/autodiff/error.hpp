// SPDX-License-Identifier: MIT
// One family of errors. Every refusal says what is wrong, where it was written, and what to do:
//   ShapeMismatch in matmul (train.cpp:41): [32x784] · [10x784]: inner sizes 784 and 10 differ. ...
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace reel {

namespace detail {
// Containers that check themselves lie in memory differently. A program and a library that disagree about it
// are not linked: the symbol is then missing that says how the library was built.
extern const char reel_is_built_with_GLIBCXX_DEBUG, reel_is_built_without_GLIBCXX_DEBUG;
#ifdef _GLIBCXX_DEBUG
[[gnu::used]] inline const char* const same_containers = &reel_is_built_with_GLIBCXX_DEBUG;
#else
[[gnu::used]] inline const char* const same_containers = &reel_is_built_without_GLIBCXX_DEBUG;
#endif
}  // namespace detail

// A line of the user's source. `file` has static storage (it comes from __builtin_FILE).
struct source_location {
  const char* file = nullptr;
  unsigned line = 0;
  bool operator==(const source_location&) const = default;
};

// The place of the caller, as a default argument.
constexpr source_location here(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
  return {file, line};
}

// "train.cpp:41", without the directories; empty when unknown.
std::string to_string(const source_location& where);

// Kinds of error. name(code) is the word a message starts with.
enum class errc {
  shape_mismatch,        // shapes that do not fit together
  kind_mismatch,         // a real, index or bool where another kind is needed
  invalid_axis,          // an axis out of range or named twice
  invalid_argument,      // any other argument an op or function cannot take
  invalid_label,         // an index outside its range
  size_overflow,         // more elements than can be addressed, or more nodes than a tape holds
  empty_variable,        // a var that was never recorded
  stale_variable,        // a var of a cleared recording or a destroyed tape
  tape_mismatch,         // operands from two tapes
  non_scalar_loss,       // a gradient of something with more than one element, and no seed
  not_differentiable,    // a derivative through an op or kind that has none
  no_value,              // asking for the number of an unbound input or of a symbolic cotangent
  unsupported_number,    // an op without a body for the number type asked for
  non_finite,            // an infinity or NaN where training must stop
  binding_mismatch,      // numbers that do not fit a program's inputs or states
  branch_changed,        // a recorded branch that comes out differently in a run
  unreachable_variable,  // a parameter the loss cannot see
  bad_file,              // a file that cannot be read or written
  parse_error,           // text that is not what it should be
  usage,                 // wrong command-line arguments
};

std::string_view name(errc code) noexcept;

class error : public std::runtime_error {
 public:
  // "Name: detail", before the place is known.
  error(errc code, std::string detail);
  // "Name in context (file:line): detail".
  error(errc code, std::string_view context, const source_location& where, std::string detail);
  // "Name: detail", where the detail itself says the place.
  error(errc code, const source_location& where, std::string detail);

  errc code() const noexcept { return code_; }
  const source_location& where() const noexcept { return where_; }
  const std::string& detail() const noexcept { return detail_; }
  bool has_context() const noexcept { return has_context_; }

 private:
  errc code_;
  source_location where_;
  std::string detail_;
  bool has_context_ = false;
};

}  // namespace reel
