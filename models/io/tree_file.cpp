// SPDX-License-Identifier: MIT
#include <reel/models/io.hpp>

#include "../data/text_source.hpp"
#include "json_text.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace reel::detail {

namespace {

template <class T> std::string list_of(const std::vector<T>& items, std::string (*text)(const T&)) {
  std::string all = "[";
  for (const T& item : items) {
    if (all.size() > 1) all += ',';
    all += text(item);
  }
  return all + ']';
}

template <class T> bool read_whole(std::string_view text, T& x) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), x);
  return code == std::errc{} && end == text.data() + text.size();
}

// Whether `name` is `place` or below it.
bool is_in(std::string_view name, std::string_view place) {
  return name.starts_with(place) && (name.size() == place.size() || name[place.size()] == '.');
}

template <class Map> bool has_in(const Map& map, const std::string& place) {
  const auto exact = map.find(place);
  const auto below = map.lower_bound(place + '.');
  return exact != map.end() || (below != map.end() && is_in(below->first, place));
}

// Whether no double loses anything as a float.
bool are_floats(const array<double>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(),
                     [](double x) { return x != x || static_cast<double>(static_cast<float>(x)) == x; });
}

}  // namespace

std::string text_of(bool x) { return x ? "true" : "false"; }
std::string text_of(double x) { return fmt::format("{}", x); }
std::string text_of(std::int64_t x) { return fmt::format("{}", x); }
std::string text_of(std::uint64_t x) { return fmt::format("{}", x); }

void tree_writer::put_text(const std::string& place, const std::string& text) { about_.emplace(place, text); }

void tree_writer::put_texts(const std::string& place, const std::vector<std::string>& texts) {
  put_text(place, list_of<std::string>(texts, [](const std::string& t) { return json_string(t); }));
}

void tree_writer::put_numbers(const std::string& place, const std::vector<double>& numbers) {
  put_text(place, list_of<double>(numbers, [](const double& x) { return text_of(x); }));
}

void tree_writer::put_metadata(const std::string& place, const metadata& about) {
  for (const auto& [name, text] : about) put_text(place_in(place, name), text);
}

void tree_reader::refuse(const std::string& place, std::string_view wanted) const {
  throw error(errc::parse_error, fmt::format("{}: {} is not {}: the file holds another kind of tree.", path_,
                                             quoted(place), wanted));
}

std::string tree_reader::take_text(const std::string& place) {
  auto node = file_.about.extract(place);
  if (node.empty())
    throw error(errc::parse_error, fmt::format("{}: there is no {}: the file holds another kind of tree.",
                                               path_, quoted(place)));
  return std::move(node.mapped());
}

template <class T> array<T> tree_reader::take(const std::string& place) {
  const auto at = file_.tensors.find(place);
  if (at == file_.tensors.end())
    throw error(
        errc::parse_error,
        fmt::format("{}: there is no array {}: the file holds another kind of tree.", path_, quoted(place)));
  array<T> taken;
  if (auto* same = std::get_if<array<T>>(&at->second)) taken = std::move(*same);
  else if (const auto* floats = std::get_if<array<float>>(&at->second);
           std::same_as<T, double> && floats != nullptr)
    taken = *floats;
  else if (const auto* doubles = std::get_if<array<double>>(&at->second);
           std::same_as<T, float> && doubles != nullptr && doubles_ == narrowing::if_exact &&
           are_floats(*doubles))
    taken = *doubles;
  else refuse(place, fmt::format("an array of {}", view_of(place, array<T>()).type));
  file_.tensors.erase(at);
  return taken;
}
template array<float> tree_reader::take(const std::string&);
template array<double> tree_reader::take(const std::string&);
template array<index_t> tree_reader::take(const std::string&);
template array<bool> tree_reader::take(const std::string&);
template array<std::uint8_t> tree_reader::take(const std::string&);

std::vector<std::string> tree_reader::take_texts(const std::string& place) {
  const std::string text = take_text(place);
  json_cursor json(text, path_ + ": " + place, 0);
  std::vector<std::string> all;
  json.items('[', ']', [&] { all.push_back(json.string()); });
  json.end();
  return all;
}

std::vector<double> tree_reader::take_numbers(const std::string& place) {
  const std::string text = take_text(place);
  json_cursor json(text, path_ + ": " + place, 0);
  std::vector<double> all;
  json.items('[', ']', [&] { all.push_back(json.number()); });
  json.end();
  return all;
}

metadata tree_reader::take_metadata(const std::string& place) {
  metadata taken;
  for (auto at = file_.about.lower_bound(place + '.'); at != file_.about.end() && is_in(at->first, place);) {
    taken.emplace(at->first.substr(place.size() + 1), std::move(at->second));
    at = file_.about.erase(at);
  }
  return taken;
}

void tree_reader::take_widest(const std::string& place, bool& x) {
  const std::string text = take_text(place);
  if (text != "true" && text != "false") refuse(place, "true or false");
  x = text == "true";
}
void tree_reader::take_widest(const std::string& place, double& x) {
  if (!read_whole(take_text(place), x)) refuse(place, "a number");
}
void tree_reader::take_widest(const std::string& place, std::int64_t& x) {
  if (!read_whole(take_text(place), x)) refuse(place, "a whole number");
}
void tree_reader::take_widest(const std::string& place, std::uint64_t& x) {
  if (!read_whole(take_text(place), x)) refuse(place, "a whole number from 0");
}

bool tree_reader::has(const std::string& place) const {
  return has_in(file_.tensors, place) || has_in(file_.about, place);
}

void tree_reader::finish() const {
  const std::string* left = !file_.tensors.empty() ? &file_.tensors.begin()->first
                            : !file_.about.empty() ? &file_.about.begin()->first
                                                   : nullptr;
  if (left != nullptr)
    throw error(
        errc::parse_error,
        fmt::format("{}: there is {}, which has no place in what is asked for: the file holds another kind "
                    "of tree.",
                    path_, quoted(*left)));
}

}  // namespace reel::detail
