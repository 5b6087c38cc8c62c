// SPDX-License-Identifier: MIT
#include "check/claims/claim_checker.hpp"

#include <reel/autodiff/kernels.hpp>

namespace reel::check {

namespace {

template <class T>
buffer chained(const claim_checker<T>& c, const void* what, std::size_t held, std::span<const buffer> x,
               bool keeps = false) {
  const kernels::chains& kit = kernels::best<T>().chains;
  buffer y(c.y().dims, c.y().each);
  std::vector<void*> at{x[held].view().data};
  for (std::size_t k = 0; k < x.size(); ++k)
    if (k != held) at.push_back(x[k].view().data);
  at.resize(3);
  void* const to = y.view().data;
  const bool loads_bools = x[held].each == sizeof(bool), stores_bools = y.each == sizeof(bool);
  std::vector<kernels::link> links;
  if (keeps) links.push_back(kit.link_of(kit.keep, &at[1], nullptr));
  links.push_back(kit.link_of(loads_bools ? kit.load_bools : kit.load, &at[0], nullptr));
  links.push_back(kit.link_of(what, &at[1], &at[2]));
  links.push_back(kit.link_of(stores_bools ? kit.store_bools : kit.store, &to, nullptr));
  links.push_back(kit.end());
  kit.run(links.data(), y.dims.size(), keeps);
  return y;
}

}  // namespace

// As a chain of one link, with each operand in registers in turn; of two, with the other one kept there,
// too; and with one that is both.
template <class T> void check_stages(claim_checker<T>& c) {
  if (c.type().links == nullptr || detail::generic_kind(c.source(), c.node()) != kind::real) return;
  c.begin();
  const kernels::links& all = *c.type().links(c.op(), dtype_of<T>);
  for (std::size_t k = 0; k < c.x().size(); ++k)
    if (!(chained(c, all.held[k], k, c.x()) == c.y()))
      return c.refute(fmt::format("its links do not compute what it does, where registers hold input {}", k));
  if (c.x().size() != 2) return;
  for (const std::size_t k : {0U, 1U})
    if (all.kept[k] != nullptr && !(chained(c, all.kept[k], k, c.x(), true) == c.y()))
      return c.refute(fmt::format("its links do not compute what it does, where input {} is kept", 1 - k));
  const std::vector<buffer> twice(2, c.x()[0]);
  buffer y(c.y().dims, c.y().each);
  c.eval(y, twice);
  if (!(chained(c, all.held[2], 0, std::span(twice).first(1)) == y))
    c.refute("its links do not compute what it does, where registers hold both inputs");
}

template void check_stages(claim_checker<float>&);
template void check_stages(claim_checker<double>&);

}  // namespace reel::check
