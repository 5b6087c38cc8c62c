// SPDX-License-Identifier: MIT
#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

namespace reel {

#ifdef _GLIBCXX_DEBUG
const char detail::reel_is_built_with_GLIBCXX_DEBUG = 0;
#else
const char detail::reel_is_built_without_GLIBCXX_DEBUG = 0;
#endif

std::string to_string(const source_location& where) {
  if (where.file == nullptr) return {};
  std::string_view file = where.file;
  if (const auto slash = file.find_last_of('/'); slash != file.npos) file.remove_prefix(slash + 1);
  return fmt::format("{}:{}", file, where.line);
}

std::string_view name(errc code) noexcept {
  switch (code) {
    case errc::shape_mismatch:
      return "ShapeMismatch";
    case errc::kind_mismatch:
      return "KindMismatch";
    case errc::invalid_axis:
      return "InvalidAxis";
    case errc::invalid_argument:
      return "InvalidArgument";
    case errc::invalid_label:
      return "InvalidLabel";
    case errc::size_overflow:
      return "SizeOverflow";
    case errc::empty_variable:
      return "EmptyVariable";
    case errc::stale_variable:
      return "StaleVariable";
    case errc::tape_mismatch:
      return "TapeMismatch";
    case errc::non_scalar_loss:
      return "NonScalarLoss";
    case errc::not_differentiable:
      return "NotDifferentiable";
    case errc::no_value:
      return "NoValue";
    case errc::unsupported_number:
      return "UnsupportedNumber";
    case errc::non_finite:
      return "NonFinite";
    case errc::binding_mismatch:
      return "BindingMismatch";
    case errc::branch_changed:
      return "BranchChanged";
    case errc::unreachable_variable:
      return "UnreachableVariable";
    case errc::bad_file:
      return "BadFile";
    case errc::parse_error:
      return "ParseError";
    case errc::usage:
      return "Usage";
  }
  return "Error";
}

error::error(errc code, std::string detail)
    : std::runtime_error(fmt::format("{}: {}", name(code), detail)),
      code_(code),
      detail_(std::move(detail)) {}

error::error(errc code, std::string_view context, const source_location& where, std::string detail)
    : std::runtime_error(where.file == nullptr ? fmt::format("{} in {}: {}", name(code), context, detail)
                                               : fmt::format("{} in {} ({}): {}", name(code), context,
                                                             to_string(where), detail)),
      code_(code),
      where_(where),
      detail_(std::move(detail)),
      has_context_(true) {}

error::error(errc code, const source_location& where, std::string detail) : error(code, std::move(detail)) {
  where_ = where;
  has_context_ = true;
}

}  // namespace reel
