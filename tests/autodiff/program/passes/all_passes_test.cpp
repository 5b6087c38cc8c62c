// SPDX-License-Identifier: MIT
// Passes are exact: whichever of them run, a program computes what evaluation does, bit for bit. Held
// against hundreds of random computations, in float, double and 50 digits.
#include "autodiff/random_graph.hpp"

#include <bit>
#include <cstring>

using namespace reel;
using reel::test::random_graph;

namespace {

bool same_bits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (a != a && b != b);
}
bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (a != a && b != b);
}
bool same_bits(const real50& a, const real50& b) { return a == b || (num::isnan(a) && num::isnan(b)); }

// Everything one can see of an instance or of evaluation, in a row.
template <class T> struct outcome {
  std::vector<T> reals;
  std::vector<index_t> others;
  template <class N> void add(const array<N>& a) {
    if constexpr (std::same_as<N, T>) reals.insert(reals.end(), a.begin(), a.end());
    else others.insert(others.end(), a.begin(), a.end());
  }
  bool operator==(const outcome& b) const {
    return others == b.others && std::equal(reals.begin(), reals.end(), b.reals.begin(), b.reals.end(),
                                            [](const T& x, const T& y) { return same_bits(x, y); });
  }
};

template <class T> array<T> in_numbers(const array<double>& a) {
  auto b = make_array<T>(shape_of(a));
  std::transform(a.begin(), a.end(), b.begin(), [](double x) { return num::convert<T>(x); });
  return b;
}

template <class T> outcome<T> evaluated(const std::vector<var>& outputs) {
  outcome<T> all;
  for (const var& v : outputs) {
    if (v.kind() == kind::real) all.add(v.value<T>());
    else if (v.kind() == kind::index) all.add(v.value<index_t>());
    else all.add(v.value<bool>());
  }
  return all;
}

template <class T> outcome<T> read(const instance<T>& run) {
  outcome<T> all;
  const auto slots = run.source().outputs();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].kind == kind::real) all.add(run.output(i));
    else if (slots[i].kind == kind::index) all.add(run.template output<index_t>(i));
    else all.add(run.template output<bool>(i));
  }
  for (std::size_t i = 0; i < run.source().states().size(); ++i) all.add(run.state(i));
  return all;
}

std::vector<std::string> without(std::size_t mask) {
  const auto names = pass_names();
  std::vector<std::string> off;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (mask >> i & 1) off.push_back(names[i]);
  return off;
}

// A random computation with outputs of every kind, leaves and duplicates among them, and states that
// are overwritten by whatever fits.
struct subject {
  random_graph g;
  freeze_request request;

  explicit subject(std::uint32_t seed, std::size_t width = 3) : g(seed, 30, width) {
    request.inputs = g.inputs;
    request.outputs = {g.reals.back(),   g.any(g.reals), g.any(g.reals),
                       g.any(g.indices), g.any(g.bools), g.any(g.reals)};
    request.outputs.push_back(request.outputs[1]);
    for (const var& s : g.states) {
      std::vector<var> fits;
      for (const var& v : g.reals)
        if (v.shape() == s.shape()) fits.push_back(v);
      if (!fits.empty() && g.below(4) > 0) request.updates.push_back({s, g.any(fits)});
    }
  }

  // Three runs, and what could be seen after each.
  template <class T> std::vector<outcome<T>> runs(std::size_t mask) {
    request.disabled_passes = without(mask);
    instance<T> run(freeze(request));
    const array<T> a = in_numbers<T>(g.inputs[0].value()), b = in_numbers<T>(g.inputs[1].value());
    std::vector<outcome<T>> seen;
    for (int i = 0; i < 3; ++i) {
      run.run(a, b);
      seen.push_back(read(run));
    }
    return seen;
  }

  template <class T> void check(const std::vector<std::size_t>& masks, std::uint32_t seed) {
    const std::size_t everything = (std::size_t{1} << pass_names().size()) - 1;
    const auto plain = runs<T>(everything);
    outcome<T> first = evaluated<T>(request.outputs);
    BOOST_TEST((first.reals.size() <= plain[0].reals.size()));
    outcome<T> outputs = plain[0];
    outputs.reals.resize(first.reals.size());  // states follow
    BOOST_TEST((outputs == first), "graph " << seed << " is not evaluated to the same bits");
    for (const std::size_t mask : masks)
      BOOST_TEST((runs<T>(mask) == plain), "graph " << seed << " changes with passes off: " << mask);
  }
};

// Every subset of passes in turn, `per_graph` of them for each graph, and always all passes on.
template <class T>
void check_graphs(std::uint32_t graphs, std::size_t per_graph, std::uint32_t first_seed,
                  std::size_t width = 3) {
  const std::size_t subsets = std::size_t{1} << pass_names().size();
  std::size_t mask = 0;
  for (std::uint32_t seed = first_seed; seed < first_seed + graphs; ++seed) {
    std::vector<std::size_t> masks{0};
    for (std::size_t i = 0; i < per_graph; ++i) masks.push_back(mask = (mask + 37) % subsets);
    subject(seed, width).check<T>(masks, seed);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(program_passes)

BOOST_AUTO_TEST_CASE(in_double) { check_graphs<double>(150, 8, 0); }
BOOST_AUTO_TEST_CASE(in_float) { check_graphs<float>(150, 8, 1000); }
BOOST_AUTO_TEST_CASE(in_fifty_digits) { check_graphs<real50>(20, 2, 2000); }
BOOST_AUTO_TEST_CASE(on_arrays_longer_than_a_block) {
  check_graphs<double>(10, 4, 3000, 601);
  check_graphs<float>(10, 4, 4000, 601);
}

BOOST_AUTO_TEST_CASE(in_every_number_type_at_length,
                     *boost::unit_test::label("long") * boost::unit_test::disabled()) {
  check_graphs<double>(2000, 128, 10'000);
  check_graphs<float>(2000, 128, 20'000);
  check_graphs<real50>(200, 16, 30'000);
  check_graphs<double>(100, 32, 40'000, 601);
  check_graphs<float>(100, 32, 50'000, 601);
}

BOOST_AUTO_TEST_CASE(each_pass_has_its_line_in_explain) {
  subject s(1);
  for (const bool off : {false, true}) {
    s.request.disabled_passes = off ? pass_names() : std::vector<std::string>{};
    const std::string text = freeze(s.request).explain();
    for (const auto& name : pass_names()) {
      const auto at = text.find("\n  " + name + " ");
      BOOST_REQUIRE(at != text.npos);
      const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
      BOOST_TEST((line.find(" off") != line.npos) == off, line);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
