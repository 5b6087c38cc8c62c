// SPDX-License-Identifier: MIT
#include <reel/optim/history.hpp>

#include <fmt/format.h>

#include <cmath>

namespace reel::optim {

namespace {

std::string json_number(double x) { return std::isfinite(x) ? fmt::format("{}", x) : "null"; }

}  // namespace

std::string_view name(stop_reason reason) noexcept {
  switch (reason) {
    case stop_reason::finished:
      return "finished";
    case stop_reason::patience:
      return "patience";
    case stop_reason::time:
      return "time";
    case stop_reason::non_finite:
      return "non_finite";
    case stop_reason::callback:
      return "callback";
    case stop_reason::interrupted:
      return "interrupted";
  }
  return "unknown";
}

std::string to_json(const epoch_record& e) {
  const std::string validation =
      e.validation_loss ? fmt::format("\"validation_loss\":{},", json_number(*e.validation_loss)) : "";
  return fmt::format(R"({{"epoch":{},"steps":{},"loss":{},{}"rate":{},"seconds":{}}})", e.epoch, e.steps,
                     json_number(e.loss), validation, json_number(e.rate), json_number(e.seconds));
}

}  // namespace reel::optim
