// SPDX-License-Identifier: MIT
// Trees in files: whatever is made of arrays, numbers, enums, texts, and structs and vectors of these can be
// saved and loaded again, bit for bit. A model:
//
//   save("flowers.reel", trained<mlp<array<double>>>{model, d.class_names, d.feature_names, scaling});
//   auto flowers = load<trained<mlp<array<double>>>>("flowers.reel");
//
// And a run that goes on later as if it had never stopped:
//
//   save("run.reel", checkpoint{step.save(), history.at, options.seed, fingerprint_of(data)});
//   auto run = load<checkpoint<decltype(step.save())>>("run.reel");
//   check_same_data(run.data, fingerprint_of(data));
//   step.restore(run.step);
//   options.from = run.at;
//
// Files are safetensors (<reel/models/tensor_file.hpp>): an array is called by its place in the tree, such as
// model.layers.0.W, a field that the struct does not name by its number. Numbers and texts are metadata. A
// struct names its fields in a static member:
//   static constexpr const char* field_names[] = {"W", "b"};
#pragma once

#include <reel/autodiff/tree.hpp>
#include <reel/models/dataset.hpp>
#include <reel/models/fingerprint.hpp>
#include <reel/models/tensor_file.hpp>
#include <reel/optim/history.hpp>

#include <concepts>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace reel {

// A model and what it takes to apply it: rows of data are scaled, the model's first output belongs to the
// first class.
template <class Model> struct trained {
  Model model;
  std::vector<std::string> class_names, feature_names = {};
  scaling scale = {};
  metadata about = {};  // hyper-parameters and whatever else is worth keeping
  static constexpr const char* field_names[] = {"model", "class_names", "feature_names", "scale", "about"};
};

// A step's snapshot, where the fit was that it belongs to, and what tells its data from others.
template <class Snapshot> struct checkpoint {
  Snapshot step;
  optim::fit_state at = {};
  std::uint64_t seed = 0;
  data_fingerprint data = {};
  metadata about = {};
  static constexpr const char* field_names[] = {"step", "at", "seed", "data", "about"};
};
template <class Snapshot>
checkpoint(Snapshot, optim::fit_state, std::uint64_t, data_fingerprint = {}) -> checkpoint<Snapshot>;

namespace detail {

template <class T>
concept stored_element = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, index_t> ||
    std::same_as<T, bool> || std::same_as<T, std::uint8_t>;

// A number as the widest of its kind.
template <class T>
using widest = std::conditional_t<
    std::same_as<T, bool>, bool,
    std::conditional_t<std::is_floating_point_v<T>, double,
                       std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>>;

// Texts that give the same number back.
std::string text_of(bool x);
std::string text_of(double x);
std::string text_of(std::int64_t x);
std::string text_of(std::uint64_t x);

// Puts a tree together for writing.
class tree_writer {
 public:
  template <class T> void put(const std::string& place, const array<T>& a) {
    static_assert(stored_element<T>, "reel: files hold arrays of float, double, index_t, bool and bytes");
    tensors_.push_back(view_of(place, a));
  }
  void put_text(const std::string& place, const std::string& text);
  void put_texts(const std::string& place, const std::vector<std::string>& texts);
  void put_numbers(const std::string& place, const std::vector<double>& numbers);
  void put_metadata(const std::string& place, const metadata& about);
  void write(const std::string& path) const { write_tensors(path, tensors_, about_); }

 private:
  std::vector<tensor_view> tensors_;
  metadata about_;
};

// Whether doubles that are floats may become floats: another program may have saved them so.
enum class narrowing { refuse, if_exact };

// Takes a file apart. Everything in it has to be taken.
class tree_reader {
 public:
  explicit tree_reader(const std::string& path) : tree_reader(path, read_own_tensors(path)) {}
  tree_reader(std::string path, tensor_file file, narrowing doubles = narrowing::refuse)
      : path_(std::move(path)), file_(std::move(file)), doubles_(doubles) {}

  // All throw parse_error for what is not there, or of another type. Floats become doubles where these
  // are asked for, and doubles floats if that is allowed and every one of them is a float.
  template <class T> array<T> take(const std::string& place);
  std::string take_text(const std::string& place);
  std::vector<std::string> take_texts(const std::string& place);
  std::vector<double> take_numbers(const std::string& place);
  metadata take_metadata(const std::string& place);
  template <class T> T take_number(const std::string& place) {
    widest<T> x{};
    take_widest(place, x);
    const T narrow = static_cast<T>(x);
    if (static_cast<widest<T>>(narrow) != x && x == x) refuse(place, "a number that fits");
    return narrow;
  }
  // Whether anything is called `place`, or is part of it.
  bool has(const std::string& place) const;
  // Throws parse_error where something was not taken: the file holds another kind of tree.
  void finish() const;

 private:
  void take_widest(const std::string& place, bool& x);
  void take_widest(const std::string& place, double& x);
  void take_widest(const std::string& place, std::int64_t& x);
  void take_widest(const std::string& place, std::uint64_t& x);
  [[noreturn]] void refuse(const std::string& place, std::string_view wanted) const;
  std::string path_;
  tensor_file file_;
  narrowing doubles_ = narrowing::refuse;
};

inline std::string place_in(const std::string& parent, const std::string& name) {
  return parent.empty() ? name : parent + '.' + name;
}

template <class T> std::string field_name(std::size_t i) {
  if constexpr (requires { T::field_names; }) {
    static_assert(std::size(T::field_names) == field_count<T>(),
                  "reel: field_names has a name for every field");
    return T::field_names[i];
  } else {
    return std::to_string(i);
  }
}

// f(place, part) for every part of a struct or tuple.
template <class T, class F> void for_each_part(const std::string& place, T& tree, const F& f) {
  const auto all = parts(tree);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (f(place_in(place, field_name<std::remove_cv_t<T>>(I)), std::get<I>(all)), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(all)>>{});
}

// What a tree that is a single leaf is called.
template <class Tree> std::string root_place() {
  const bool is_leaf = array_expression<Tree> || static_leaf<Tree> ||
                       std::same_as<Tree, std::vector<double>> ||
                       std::same_as<Tree, std::vector<std::string>>;
  return is_leaf ? "value" : "";
}

template <class T> void write_tree(tree_writer& to, const std::string& place, const T& tree) {
  if constexpr (array_expression<T>) to.put(place, tree);
  else if constexpr (std::is_enum_v<T>) write_tree(to, place, static_cast<std::underlying_type_t<T>>(tree));
  else if constexpr (std::is_arithmetic_v<T>) to.put_text(place, text_of(widest<T>{tree}));
  else if constexpr (std::same_as<T, std::string>) to.put_text(place, tree);
  else if constexpr (std::same_as<T, metadata>) to.put_metadata(place, tree);
  else if constexpr (std::same_as<T, std::vector<std::string>>) to.put_texts(place, tree);
  else if constexpr (std::same_as<T, std::vector<double>>) to.put_numbers(place, tree);
  else if constexpr (is_sequence<T>) {
    for (std::size_t i = 0; i < tree.size(); ++i) write_tree(to, place_in(place, std::to_string(i)), tree[i]);
  } else {
    for_each_part(place, tree, [&](const std::string& at, const auto& part) { write_tree(to, at, part); });
  }
}

template <class T> void read_tree(tree_reader& from, const std::string& place, T& tree) {
  if constexpr (array_expression<T>) tree = from.take<typename T::value_type>(place);
  else if constexpr (std::is_enum_v<T>)
    tree = static_cast<T>(from.take_number<std::underlying_type_t<T>>(place));
  else if constexpr (std::is_arithmetic_v<T>) tree = from.take_number<T>(place);
  else if constexpr (std::same_as<T, std::string>) tree = from.take_text(place);
  else if constexpr (std::same_as<T, metadata>) tree = from.take_metadata(place);
  else if constexpr (std::same_as<T, std::vector<std::string>>) tree = from.take_texts(place);
  else if constexpr (std::same_as<T, std::vector<double>>) tree = from.take_numbers(place);
  else if constexpr (is_sequence<T>) {
    const auto item = [&](std::size_t i) { return place_in(place, std::to_string(i)); };
    if constexpr (requires { tree.emplace_back(); }) {
      tree.clear();
      for (std::size_t i = 0; from.has(item(i)); ++i) read_tree(from, item(i), tree.emplace_back());
    } else {
      for (std::size_t i = 0; i < tree.size(); ++i) read_tree(from, item(i), tree[i]);
    }
  } else {
    for_each_part(place, tree, [&](const std::string& at, auto& part) { read_tree(from, at, part); });
  }
}

}  // namespace detail

// Saves a tree; `path` is replaced at once or not at all, and when this returns the disk has it. Throws as
// write_tensors.
template <class Tree> void save(const std::string& path, const Tree& tree) {
  detail::tree_writer to;
  detail::write_tree(to, detail::root_place<Tree>(), tree);
  to.write(path);
}

// Loads a tree that was saved. Vectors are as long as the file says. Throws bad_file for a file that cannot
// be read; parse_error for one that is damaged, or that holds another kind of tree.
template <class Tree> Tree load(const std::string& path) {
  detail::tree_reader from(path);
  Tree tree{};
  detail::read_tree(from, detail::root_place<Tree>(), tree);
  from.finish();
  return tree;
}

template <class Tree> struct loaded {
  Tree tree;
  std::string not_verified;  // what nobody vouches for; empty if the checksum was right
};

// Loads a tree from a file that another program has saved again, which leaves its checksum wrong or out.
// Throws as load for everything else.
template <class Tree> loaded<Tree> load_unverified(const std::string& path) {
  tensor_file file = detail::read_own_tensors(path, checksum::ignored);
  loaded<Tree> all{Tree{}, std::move(file.not_verified)};
  detail::tree_reader from(path, std::move(file), detail::narrowing::if_exact);
  detail::read_tree(from, detail::root_place<Tree>(), all.tree);
  from.finish();
  return all;
}

}  // namespace reel
