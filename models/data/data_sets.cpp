// SPDX-License-Identifier: MIT
#include <reel/models/data_sets.hpp>

#include "text_source.hpp"

#include <data_places.hpp>
#include <reel/autodiff/error.hpp>
#include <reel/models/csv.hpp>
#include <reel/models/data_file.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

namespace reel {

namespace fs = std::filesystem;

namespace {

// Where data are looked for, the first place first.
std::vector<fs::path> places() {
  std::vector<fs::path> all;
  if (const char* chosen = std::getenv("REEL_DATA"); chosen != nullptr && *chosen != '\0')
    all.emplace_back(chosen);
  all.emplace_back(installed_data);
  return all;
}

std::string list(const std::vector<fs::path>& paths) {
  std::string all;
  for (const fs::path& path : paths) all += (all.empty() ? "'" : ", '") + path.string() + "'";
  return all;
}

// Where a system keeps data, by the XDG base directory specification.
std::vector<fs::path> shared_places() {
  const char* chosen = std::getenv("XDG_DATA_DIRS");
  std::istringstream all(chosen != nullptr && *chosen != '\0' ? chosen : "/usr/local/share:/usr/share");
  std::vector<fs::path> places;
  for (std::string place; std::getline(all, place, ':');)
    if (!place.empty()) places.emplace_back(place);
  return places;
}

std::vector<fs::path> fashion_places() {
  std::vector<fs::path> all;
  for (const fs::path& place : places()) all.push_back(place / "fashion-mnist");
  for (const fs::path& place : shared_places()) all.push_back(place / "datasets" / "fashion-mnist");
  return all;
}

const char* const fashion_classes[] = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                       "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

}  // namespace

std::string find_data(const std::string& name) {
  auto searched = places();
  searched.emplace_back(source_data);
  std::error_code ignored;
  const bool is_name = !name.empty() && name.find_first_of("/\\") == name.npos;
  std::set<std::string> found;
  for (const fs::path& place : searched) {
    const fs::path file = place / (name + ".csv");
    if (is_name && fs::is_regular_file(file, ignored)) return file.string();
    std::error_code failed;
    for (fs::directory_iterator entry(place, failed), end; !failed && entry != end; entry.increment(failed))
      if (entry->path().extension() == ".csv") found.insert(entry->path().stem().string());
  }
  std::string names;
  for (const auto& n : found) names += (names.empty() ? "" : ", ") + n;
  throw error(
      errc::bad_file,
      fmt::format("there is no data set {} in {}; {}.", detail::quoted(name), list(searched),
                  names.empty() ? "set REEL_DATA to the directory that has it" : "there are " + names));
}

dataset load_data(const std::string& name) { return read_csv(find_data(name)); }

std::optional<std::string> find_fashion_mnist() {
  std::error_code ignored;
  for (const fs::path& place : fashion_places())
    if (fs::is_regular_file(place / "train-images-idx3-ubyte.gz", ignored)) return place.string();
  return std::nullopt;
}

train_and_test<std::uint8_t> load_fashion_mnist() {
  const auto folder = find_fashion_mnist();
  if (!folder)
    throw error(
        errc::bad_file,
        fmt::format("Fashion-MNIST is not in {}: install Debian's dataset-fashion-mnist, or put its four "
                    "files into the folder fashion-mnist of the directory that REEL_DATA names.",
                    list(fashion_places())));
  data_options options;
  options.csv.class_names.assign(std::begin(fashion_classes), std::end(fashion_classes));
  const auto read = [&](const char* part) {
    const std::string path = (fs::path(*folder) / part).string();
    auto data = read_data(path, options);
    if (auto* bytes = std::get_if<byte_dataset>(&data)) return std::move(*bytes);
    throw error(errc::bad_file, fmt::format("'{}' does not hold bytes: fetch it again.", path));
  };
  return {read("train-images-idx3-ubyte.gz"), read("t10k-images-idx3-ubyte.gz")};
}

}  // namespace reel
