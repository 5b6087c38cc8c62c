// SPDX-License-Identifier: MIT
#include <reel/autodiff/number.hpp>

namespace reel {

std::size_t size_of(element e) noexcept {
  constexpr std::size_t bytes[] = {sizeof(float),   sizeof(double),  sizeof(real50),
                                   sizeof(complex), sizeof(index_t), sizeof(bool)};
  return bytes[static_cast<std::size_t>(e)];
}

std::string_view name(element e) noexcept {
  constexpr std::string_view names[] = {"float", "double", "50 digits", "complex", "index", "bool"};
  return names[static_cast<std::size_t>(e)];
}

std::string_view name(kind k) noexcept {
  constexpr std::string_view names[] = {"real", "index", "bool"};
  return names[static_cast<std::size_t>(k)];
}

}  // namespace reel
