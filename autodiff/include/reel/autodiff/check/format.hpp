// SPDX-License-Identifier: MIT
// What the check kit finds out, through fmt: fmt::print("{}\n", check::vjp(my_op{}, {x})). This is the
// one header of reel that needs fmt, and only where it is included.
#pragma once

#include <reel/autodiff/check/directions.hpp>
#include <reel/autodiff/check/frozen.hpp>
#include <reel/autodiff/check/edge_inputs.hpp>
#include <reel/autodiff/check/mutants.hpp>
#include <reel/autodiff/check/precision.hpp>
#include <reel/autodiff/check/tape.hpp>
#include <reel/autodiff/check/vcurve.hpp>

#include <fmt/format.h>

namespace reel::check {

template <class R, class... All> inline constexpr bool one_of = (std::same_as<R, All> || ...);
template <class R>
concept printed_report = one_of<R, report, taylor_report, mutation_report, tape_report, blame_report, vcurves,
                                precision_ladder_report, edge_inputs_report, frozen_report>;

}  // namespace reel::check

template <reel::check::printed_report R> struct fmt::formatter<R> : fmt::formatter<std::string> {
  template <class Context> auto format(const R& r, Context& context) const {
    return fmt::formatter<std::string>::format(to_string(r), context);
  }
};
