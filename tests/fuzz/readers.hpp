// SPDX-License-Identifier: MIT
// The readers as a fuzzer calls them: any bytes must give data that are whole, or a reel::error.
#pragma once

#include <string_view>

namespace reel::fuzz {

using reader = void (*)(std::string_view input);

// The reader of this name: csv, libsvm, idx, npy or tensors; null if there is none.
reader find_reader(std::string_view name) noexcept;

}  // namespace reel::fuzz
