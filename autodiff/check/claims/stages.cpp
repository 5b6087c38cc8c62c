// SPDX-License-Identifier: MIT
#include "check/claims/claim_checker.hpp"

#include <reel/autodiff/kernels.hpp>

namespace reel::check {

namespace {

template <class T>
buffer pipelined(const claim_checker<T>& c, const void* what, std::size_t in_register,
                 std::span<const buffer> x, bool pins = false) {
  const kernels::pipelines& kit = kernels::active<T>().pipelines;
  buffer y(c.y().dims, c.y().each);
  std::vector<void*> at{x[in_register].view().data};
  for (std::size_t k = 0; k < x.size(); ++k)
    if (k != in_register) at.push_back(x[k].view().data);
  at.resize(3);
  void* const to = y.view().data;
  const bool loads_bools = x[in_register].each == sizeof(bool), stores_bools = y.each == sizeof(bool);
  std::vector<kernels::stage> stages;
  if (pins) stages.push_back(kit.stage_of(kit.pin, &at[1], nullptr));
  stages.push_back(kit.stage_of(loads_bools ? kit.load_bools : kit.load, &at[0], nullptr));
  stages.push_back(kit.stage_of(what, &at[1], &at[2]));
  stages.push_back(kit.stage_of(stores_bools ? kit.store_bools : kit.store, &to, nullptr));
  stages.push_back(kit.end());
  kit.run(stages.data(), y.dims.size(), pins);
  return y;
}

}  // namespace

// As a pipeline of one stage, with each operand in registers in turn; of two, with the other one kept there,
// too; and with one that is both.
template <class T> void check_stages(claim_checker<T>& c) {
  if (c.type().stages == nullptr || detail::generic_kind(c.source(), c.node()) != kind::real) return;
  c.begin();
  const kernels::stages& all = *c.type().stages->of(c.op(), dtype_of<T>);
  for (std::size_t k = 0; k < c.x().size(); ++k)
    if (!(pipelined(c, all.in_register[k], k, c.x()) == c.y()))
      return c.refute(
          fmt::format("its stages do not compute what it does, where registers hold input {}", k));
  if (c.x().size() != 2) return;
  for (const std::size_t k : {0U, 1U})
    if (all.pinned[k] != nullptr && !(pipelined(c, all.pinned[k], k, c.x(), true) == c.y()))
      return c.refute(fmt::format("its stages do not compute what it does, where input {} is pinned", 1 - k));
  const std::vector<buffer> twice(2, c.x()[0]);
  buffer y(c.y().dims, c.y().each);
  c.eval(y, twice);
  if (!(pipelined(c, all.in_register[2], 0, std::span(twice).first(1)) == y))
    c.refute("its stages do not compute what it does, where registers hold both inputs");
}

template void check_stages(claim_checker<float>&);
template void check_stages(claim_checker<double>&);

}  // namespace reel::check
