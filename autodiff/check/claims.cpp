// SPDX-License-Identifier: MIT
#include "check/claims.hpp"

#include "check/claims/claim_checker.hpp"

namespace reel::check {

template <class T>
std::vector<std::string> broken_claims(const replay<T>& values, node_id n, std::size_t& tried) {
  if (values.source().nodes[n].role != tape::role::computed) return {};
  claim_checker<T> c(values, n);
  if (c.y().dims.size() == 0 || c.x().empty() || c.type().effect) return {};
  for (const auto check :
       {check_elementwise<T>, check_view<T>, check_row_slices<T>, check_layouts<T>, check_algebra<T>,
        check_accumulation<T>, check_siblings<T>, check_sums<T>, check_stages<T>})
    check(c);
  tried += c.tried();
  return std::move(c.broken());
}
template std::vector<std::string> broken_claims(const replay<float>&, node_id, std::size_t&);
template std::vector<std::string> broken_claims(const replay<double>&, node_id, std::size_t&);

}  // namespace reel::check
