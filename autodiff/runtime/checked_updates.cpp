// SPDX-License-Identifier: MIT
// Before an update w = beta·w + alpha·op(x) is made over its state: will every number be finite? Nearly
// always that is certain beforehand. A number t of less than half the gap between the largest numbers cannot
// carry a finite w beyond the largest: the sum rounds to it at most. And |t| ≤ |alpha|·magnitude_bound, where
// the op bounds its results, and |beta·w| ≤ |w| where |beta| ≤ 1. Otherwise the update is tried on a copy.
#include "runtime/memory.hpp"

#include "tape/inspect.hpp"

#include <cmath>
#include <cstring>
#include <limits>

namespace reel::detail {

namespace {

// Half that gap is max·ε/4 to within a rounding; half of it again makes up for the roundings of the bound,
// of the sums it bounds and of the product with alpha.
template <class T>
inline constexpr double harmless = static_cast<double>(std::numeric_limits<T>::max() *
                                                       std::numeric_limits<T>::epsilon() / 8);

template <class T> double magnitude(const operand_view& x) {
  return std::fabs(static_cast<double>(*static_cast<const T*>(x.data)));
}
// Comparisons with a NaN are false.
template <class T> bool is_harmless(double bound, const operand_view& alpha, const operand_view& beta) {
  return bound < harmless<T> && bound * magnitude<T>(alpha) < harmless<T> && magnitude<T>(beta) <= 1;
}

}  // namespace

bool executor::execution_state::provably_finite(const program_ir& c, const in_place_update& update,
                                                std::size_t index) {
  const auto bound_of =
      c.instructions[index].op.type->accumulates->magnitude_bound[static_cast<std::size_t>(number)];
  if (bound_of == nullptr) return false;
  const value_id w = c.states[update.state];
  if (known_finite[update.state] == 0 && !is_finite(w, c.values[w])) return false;
  const kernel_call& s = calls[front][index];
  const double most = bound_of(s.op, s.inputs);
  const operand_view &alpha = s.inputs[s.inputs.size() - 2], &beta = s.inputs.back();
  return number == dtype::f32 ? is_harmless<float>(most, alpha, beta)
                              : is_harmless<double>(most, alpha, beta);
}

bool executor::execution_state::dry_run(const program_ir& c, const in_place_update& update,
                                        std::size_t index) {
  const kernel_call& s = calls[front][index];
  const auto n = static_cast<std::size_t>(s.output.dims->size());
  const aligned_bytes copy = allocate(n * size_of(number));
  std::memcpy(copy.get(), s.output.data, n * size_of(number));
  const operand_view tried{copy.get(), s.output.dims};
  body_of(c.instructions[index], number)(s.op, tried, s.inputs);
  if (first_not_finite(number, copy.get(), n) == n) return true;
  if (!c.finite[*update.check].state || !reel::detail::stays_finite(number, s.output.data, copy.get(), n))
    blame(c, *update.check);
  return false;
}

void executor::execution_state::ensure_finite(const program_ir& c) {
  const std::size_t first = c.instructions.size() - c.epilogue.size();
  for (std::size_t k = 0; k < c.epilogue.size(); ++k) {
    const in_place_update& update = c.epilogue[k];
    will_be_finite[k] =
        update.check && (provably_finite(c, update, first + k) || dry_run(c, update, first + k));
  }
  for (std::size_t k = 0; k < c.epilogue.size(); ++k) known_finite[c.epilogue[k].state] = will_be_finite[k];
}

}  // namespace reel::detail
