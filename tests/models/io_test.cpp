// SPDX-License-Identifier: MIT
// Trees, models and checkpoints in files: what comes back is what was saved, bit for bit.
#include "support.hpp"
#include "temporary.hpp"

#include <reel/models/io.hpp>
#include <reel/models/mlp.hpp>
#include <reel/optim.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <limits>
#include <span>

using namespace reel;
using reel::test::check_error;
using reel::test::temporary_directory;

namespace {

enum class colour { red, green = 7 };

template <class T> struct everything {
  T weights;
  std::vector<T> layers;
  std::array<T, 2> pair;
  std::tuple<T, int> mixed;
  colour hue;
  bool flag;
  double number;
  float small;
  std::int64_t whole;
  std::uint64_t large;
  std::string text;
  std::vector<std::string> names;
};

template <class T> bool same_bits(const array<T>& a, const array<T>& b) {
  const auto bytes = [](const array<T>& x) { return std::as_bytes(std::span(x.data(), x.size())); };
  return shape_of(a) == shape_of(b) && std::ranges::equal(bytes(a), bytes(b));
}

everything<array<double>> full() {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  return {{{0.1, -0.0, nan}, {inf, -inf, 5e-324}},
          {array<double>{1, 2}, make_array<double>({0, 3}), array<double>(3.0)},
          {array<double>{4}, array<double>{5}},
          {array<double>{6}, -7},
          colour::green,
          true,
          5e-324,
          0.1f,
          std::numeric_limits<std::int64_t>::min(),
          std::numeric_limits<std::uint64_t>::max(),
          "a \"quoted\"\\\n\x01 text, straße 🦊",
          {"", "T-shirt/top", "a,b"}};
}

template <class T> struct five {
  array<float> f;
  array<index_t> i;
  array<bool> b;
  array<std::uint8_t> u;
  T d;
};

struct other {
  array<double> weights;
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(io)

BOOST_AUTO_TEST_CASE(a_tree_comes_back_as_it_was) {
  const temporary_directory place;
  const std::string path = place.path() + "/tree";
  const auto tree = full();
  save(path, tree);
  const auto back = load<everything<array<double>>>(path);
  BOOST_TEST(same_bits(back.weights, tree.weights));
  BOOST_REQUIRE(back.layers.size() == 3u);
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(same_bits(back.layers[i], tree.layers[i]));
  BOOST_TEST((same_bits(back.pair[0], tree.pair[0]) && same_bits(back.pair[1], tree.pair[1])));
  BOOST_TEST((same_bits(std::get<0>(back.mixed), std::get<0>(tree.mixed)) && std::get<1>(back.mixed) == -7));
  BOOST_TEST((back.hue == colour::green && back.flag && back.number == 5e-324 && back.small == 0.1f));
  BOOST_TEST((back.whole == tree.whole && back.large == tree.large));
  BOOST_TEST((back.text == tree.text && back.names == tree.names));
  // The same tree gives the same file.
  save(path + "2", back);
  BOOST_TEST((content(path) == content(path + "2")));
}

BOOST_AUTO_TEST_CASE(arrays_of_every_type) {
  const temporary_directory place;
  const std::string path = place.path() + "/arrays";
  const five<array<double>> tree{
      {0.1f, -0.0f}, {-1, index_t{1} << 62}, {true, false, true}, {0, 255, 7}, {{0.1, 1}, {0.2, 2}}};
  save(path, tree);
  const auto back = load<five<array<double>>>(path);
  BOOST_TEST((same_bits(back.f, tree.f) && same_bits(back.i, tree.i) && same_bits(back.b, tree.b)));
  BOOST_TEST((same_bits(back.u, tree.u) && same_bits(back.d, tree.d)));
  save(path, array<float>{0.1f, 2});
  BOOST_TEST((load<array<double>>(path) == array<double>{0.1f, 2}));
  save(path, std::vector<double>{0.1, -0.0, std::numeric_limits<double>::infinity()});
  BOOST_TEST(load<std::vector<double>>(path).size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_trained_model_keeps_names_and_scaling) {
  const temporary_directory place;
  const std::string path = place.path() + "/model";
  using model = trained<mlp<array<double>>>;
  model m{make_mlp({3, 4, 2}, 1), {"no", "yes"}};
  m.feature_names = {"a", "b", "c"};
  m.scale.shift = {0.1, 2, 3};
  m.scale.divisor = {1e-300, 1, 7};
  m.scale.fills_missing = true;
  m.about = {{"lr", "0.1"}};
  save(path, m);
  const auto back = load<model>(path);
  BOOST_REQUIRE(back.model.layers.size() == 2u);
  BOOST_TEST(same_bits(back.model.layers[1].W, m.model.layers[1].W));
  BOOST_TEST((back.class_names == m.class_names && back.feature_names == m.feature_names));
  BOOST_TEST((back.scale.shift == m.scale.shift && back.scale.divisor == m.scale.divisor &&
              back.scale.fills_missing));
  BOOST_TEST((back.about == m.about));
  // Arrays have the names of their fields, for other readers of the format.
  const tensor_file file = read_tensors(path);
  BOOST_TEST((file.tensors.contains("model.layers.0.W") && file.tensors.contains("model.layers.1.b")));
  BOOST_TEST(file.about.at("class_names") == "[\"no\",\"yes\"]");
  BOOST_TEST(file.about.at("about.lr") == "0.1");
}

BOOST_AUTO_TEST_CASE(a_checkpoint_goes_on_bit_for_bit) {
  const temporary_directory place;
  const std::string path = place.path() + "/run";
  const auto loss = [](const mlp<var>& m, var x, var labels) { return mlp_loss(m, x, labels); };
  const auto make = [&] {
    return optim::freeze_step<float>(loss, optim::sgd{.lr = 0.1, .momentum = 0.9}, make_mlp({2, 3, 2}, 1));
  };
  const array<double> x{{0, 1}, {1, 0}, {1, 1}, {0, 0}, {2, 1}};
  const array<index_t> labels{1, 1, 0, 0, 1};
  optim::fit_options options;
  options.epochs = 6;
  options.batch = 2;
  options.seed = 3;
  auto straight = make();
  optim::fit(straight, std::tie(x, labels), options);
  auto first = make();
  options.on_step = [](const optim::fit_state& s) { return s.steps < 7; };
  const auto stopped = optim::fit(first, std::tie(x, labels), options);
  save(path, checkpoint{first.save(), stopped.at, options.seed, fingerprint_of(std::tie(x, labels))});

  auto second = make();
  using run = checkpoint<decltype(second.save())>;
  const auto from = load<run>(path);
  check_same_data(from.data, fingerprint_of(std::tie(x, labels)));
  second.restore(from.step);
  options.on_step = {};
  options.from = from.at;
  options.seed = from.seed;
  optim::fit(second, std::tie(x, labels), options);
  save(path + "1", straight.save());
  save(path + "2", second.save());
  BOOST_TEST((content(path + "1") == content(path + "2")));
}

BOOST_AUTO_TEST_CASE(other_data_have_another_fingerprint) {
  const array<double> x{{0, 1}, {1, 0}};
  const array<index_t> labels{1, 0};
  const data_fingerprint of_run = fingerprint_of(std::tie(x, labels));
  BOOST_TEST(of_run.arrays.size() == 2u);
  check_same_data(of_run, of_run);
  check_same_data({}, of_run);  // of a run that kept none
  const auto refused = [&](const data_fingerprint& now, const char* text) {
    check_error(
        errc::binding_mismatch, [&] { check_same_data(of_run, now); }, text);
  };
  refused(fingerprint_of(x), "2 arrays, where there are 1 now");
  refused(fingerprint_of(std::tuple(array<double>{{0, 1, 1, 0}}, labels)),
          "array 0 of shape [2x2], which is [1x4] now");
  refused(fingerprint_of(std::tuple(array<double>{{0, 1}, {1, -0.0}}, labels)),
          "array 0 of shape [2x2] as now, but with other numbers");
  refused(fingerprint_of(std::tuple(x, array<index_t>{0, 1})), "array 1 of shape [2]");
  dataset d{x, labels, {"no", "yes"}, {"a", "b"}};
  const data_fingerprint of_dataset = fingerprint_of(d);
  d.x(1, 1) = 5;
  check_error(
      errc::binding_mismatch, [&] { check_same_data(of_dataset, fingerprint_of(d)); },
      "features of shape [2x2]");
}

BOOST_AUTO_TEST_CASE(another_kind_of_tree_is_refused) {
  const temporary_directory place;
  const std::string path = place.path() + "/tree";
  const auto refused = [&](auto tree, const char* text) {
    using tree_type = decltype(tree);
    check_error(
        errc::parse_error, [&] { load<tree_type>(path); }, path, text);
  };
  save(path, mlp<array<double>>{{{array<double>{{1, 2}}, array<double>{3, 4}}}});
  refused(other{}, "there is no array '0'");
  refused(mlp<array<float>>{}, "'layers.0.W' is not an array of F32");
  refused(std::tuple<int>{}, "there is no '0'");
  save(path, std::tuple<array<double>, int>{array<double>{1}, 300});
  refused(other{}, "there is '1', which has no place");
  refused(std::tuple<array<index_t>, int>{}, "'0' is not an array of I64");
  refused(std::tuple<array<double>, std::int8_t>{}, "'1' is not a number that fits");
  refused(std::tuple<array<double>, bool>{}, "'1' is not true or false");
  refused(std::tuple<array<double>, std::vector<std::string>>{}, "1: byte 0: expected [ here");
  save(path, std::tuple<array<double>, double>{array<double>{1}, 0.5});
  refused(std::tuple<array<double>, int>{}, "'1' is not a whole number");
  refused(std::tuple<array<double>, unsigned>{}, "'1' is not a whole number from 0");
  save(path, std::tuple<array<double>, array<double>>{array<double>{1}, array<double>{2}});
  refused(other{}, "there is '1', which has no place");
}

BOOST_AUTO_TEST_CASE(names_and_texts_are_UTF_8) {
  const temporary_directory place;
  const std::string path = place.path() + "/file";
  check_error(
      errc::invalid_argument, [&] { save(path, std::tuple<std::string>{"\xFF"}); }, "is not UTF-8");
  const auto refused = [&](const char* array_name, const char* text_name, const char* message) {
    tensor_file file;
    file.tensors.emplace(array_name, array<float>{1, 2});
    file.about.emplace(text_name, "");
    check_error(
        errc::invalid_argument, [&] { write_tensors(path, file); }, message);
  };
  refused("\xC3", "a", "is not UTF-8");
  refused("a", "\xC3", "is not UTF-8");
  refused("__metadata__", "a", "cannot be called '__metadata__'");
  refused("a", "reel.checksum", "reel's own");
  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_saved_leaves_the_old_file) {
  const temporary_directory place;
  const std::string path = place.path() + "/file";
  save(path, array<double>{1, 2});
  const std::string before = content(path);
  // A disk that is full: no file may grow beyond 4 KiB.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit usual{};
  getrlimit(RLIMIT_FSIZE, &usual);
  const rlimit small{4096, usual.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  check_error(
      errc::bad_file, [&] { save(path, make_array<double>({1000})); }, "cannot be written");
  setrlimit(RLIMIT_FSIZE, &usual);
  BOOST_TEST((content(path) == before));
  BOOST_TEST(!std::filesystem::exists(path + ".saving"));
  // What a killed program left is taken over.
  place.file("file.saving", "half a file");
  save(path, array<double>{3});
  BOOST_TEST(load<array<double>>(path)(0) == 3);
  check_error(
      errc::bad_file, [&] { save(place.path(), array<double>{1}); }, "is no regular file");
  check_error(
      errc::bad_file, [&] { save(place.path() + "/none/file", array<double>{1}); }, "cannot be saved");
  check_error(
      errc::bad_file, [] { load<array<double>>("/no/such/file"); }, "cannot be opened");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_being_saved_is_left_alone) {
  const temporary_directory place;
  const std::string path = place.path() + "/file",
                    other = place.file("file.saving", "half of what another program saves");
  const int held = open(other.c_str(), O_RDWR);
  BOOST_REQUIRE(flock(held, LOCK_EX) == 0);
  check_error(
      errc::bad_file,
      [&] {
        save(path, array<double>{1, 2});
      },
      "is being saved by another program: wait for it");
  BOOST_TEST((content(other) == "half of what another program saves"));
  close(held);
  save(path, array<double>{1, 2});
  BOOST_TEST(load<array<double>>(path).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_link_stays_a_link_and_permissions_stay) {
  namespace fs = std::filesystem;
  const temporary_directory place;
  const fs::path file = place.path() + "/file", link = place.path() + "/link";
  save(file, array<double>{1});
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink(file, link);
  save(link, array<double>{2});
  BOOST_TEST(fs::is_symlink(link));
  BOOST_TEST(load<array<double>>(file)(0) == 2);
  BOOST_TEST((fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
}

BOOST_AUTO_TEST_SUITE_END()
