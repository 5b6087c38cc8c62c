// SPDX-License-Identifier: MIT
#include <reel/models/data_sets.hpp>

#include "text_source.hpp"

#include <data_places.hpp>
#include <reel/autodiff/error.hpp>
#include <reel/models/csv.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <system_error>

namespace reel {

namespace fs = std::filesystem;

std::string find_data(const std::string& name) {
  std::vector<fs::path> places;
  if (const char* chosen = std::getenv("REEL_DATA"); chosen != nullptr && *chosen != '\0')
    places.emplace_back(chosen);
  places.emplace_back(installed_data);
  places.emplace_back(source_data);

  std::error_code ignored;
  const bool is_name = !name.empty() && name.find_first_of("/\\") == name.npos;
  std::string searched;
  std::set<std::string> found;
  for (const fs::path& place : places) {
    const fs::path file = place / (name + ".csv");
    if (is_name && fs::is_regular_file(file, ignored)) return file.string();
    searched += (searched.empty() ? "" : ", ") + fmt::format("'{}'", place.string());
    std::error_code failed;
    for (fs::directory_iterator entry(place, failed), end; !failed && entry != end; entry.increment(failed))
      if (entry->path().extension() == ".csv") found.insert(entry->path().stem().string());
  }
  std::string names;
  for (const auto& n : found) names += (names.empty() ? "" : ", ") + n;
  throw error(
      errc::bad_file,
      fmt::format("there is no data set {} in {}; {}.", detail::quoted(name), searched,
                  names.empty() ? "set REEL_DATA to the directory that has it" : "there are " + names));
}

dataset load_data(const std::string& name) { return read_csv(find_data(name)); }

}  // namespace reel
