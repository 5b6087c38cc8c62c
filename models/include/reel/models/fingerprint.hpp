// SPDX-License-Identifier: MIT
// What a checkpoint remembers of the data of its run, so that the run does not go on with others unnoticed.
#pragma once

#include <reel/autodiff/array.hpp>
#include <reel/models/dataset.hpp>
#include <reel/optim/minibatches.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace reel {

struct array_fingerprint {
  std::string name, shape;     // "features", "[150x4]"
  std::uint32_t checksum = 0;  // CRC-32 of the numbers as they lie in memory
  static constexpr const char* field_names[] = {"name", "shape", "checksum"};
};

struct data_fingerprint {
  std::vector<array_fingerprint> arrays;
  static constexpr const char* field_names[] = {"arrays"};
};

namespace detail {
array_fingerprint fingerprint_of_bytes(std::string name, const shape& s, std::span<const std::byte> numbers);

template <class T> array_fingerprint fingerprint_of_array(std::string name, const array<T>& a) {
  return fingerprint_of_bytes(std::move(name), shape_of(a), std::as_bytes(std::span(a.data(), a.size())));
}
}  // namespace detail

// Of data as optim::minibatches takes them: an array, a tuple of arrays, or a struct, of which the fields
// that are arrays count.
template <class D> data_fingerprint fingerprint_of(const D& data) {
  data_fingerprint all;
  const auto add = [&](const auto& a) {
    all.arrays.push_back(detail::fingerprint_of_array("array " + std::to_string(all.arrays.size()), a));
  };
  std::apply([&](const auto&... a) { (add(a), ...); }, optim::detail::arrays_of(data));
  return all;
}
template <class T> data_fingerprint fingerprint_of(const basic_dataset<T>& data) {
  return {{detail::fingerprint_of_array("features", data.x),
           detail::fingerprint_of_array("labels", data.labels)}};
}

// Throws binding_mismatch, with what differs, unless the data are those of the run. A run whose fingerprint
// was not kept, which has no arrays, goes on with any.
void check_same_data(const data_fingerprint& of_run, const data_fingerprint& now);

}  // namespace reel
