// SPDX-License-Identifier: MIT
// The verifier notices each way in which a pass can leave a program that cannot be run. Passes themselves are
// verified wherever a test freezes.
#include "program/pipeline.hpp"
#include "program/verify.hpp"

#include "support.hpp"

#include <reel/ops.hpp>

#include <functional>
#include <stdexcept>

using namespace reel;
using detail::program_ir;

namespace {

// A step with a state, a constant and a fusion.
program_ir step() {
  tape t;
  const var x = t.input(shape{3}), w = t.state(array<double>{1.0, 2.0, 3.0}),
            c = t.constant(array<double>{2.0});
  const var y = tanh(x * w) + exp(c);
  return freeze({.outputs = {sum(y)}, .updates = {{w, w - y}}, .inputs = {x}}).ir();
}

std::string refusal(const std::function<void(program_ir&)>& spoil) {
  program_ir c = step();
  spoil(c);
  try {
    detail::verify(c, "a test");
  } catch (const std::logic_error& e) {
    return e.what();
  }
  return "";
}

void check_refused(const std::string& why, const std::function<void(program_ir&)>& spoil) {
  const std::string said = refusal(spoil);
  BOOST_TEST((said.find("after a test: ") == 0 && said.find(why) != std::string::npos),
             "'" << why << "' is missing in: '" << said << "'");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verify)

BOOST_AUTO_TEST_CASE(a_program_as_it_is_passes) {
  BOOST_TEST(refusal([](program_ir&) {}) == "");
}

BOOST_AUTO_TEST_CASE(what_is_read_was_made) {
  const auto body = [](program_ir& c) {
    return c.instructions.begin() + static_cast<std::ptrdiff_t>(c.prologue);
  };
  check_refused("is read before it is made", [&](program_ir& c) { c.instructions.erase(body(c)); });
  check_refused("is read before it is made",
                [&](program_ir& c) { std::swap(*body(c), c.instructions.back()); });
  check_refused("is read before it is made", [](program_ir& c) { c.instructions.pop_back(); });
  check_refused("does not exist",
                [](program_ir& c) { c.outputs[0] = static_cast<detail::value_id>(c.values.size()); });
}

BOOST_AUTO_TEST_CASE(a_storage_is_made_once) {
  check_refused("something else lies already",
                [](program_ir& c) { c.instructions.push_back(c.instructions.back()); });
}

BOOST_AUTO_TEST_CASE(a_value_fits_its_storage) {
  check_refused("has another size", [](program_ir& c) { ++c.storages[c.values[c.outputs[0]].storage].size; });
  check_refused("is of another kind", [](program_ir& c) { c.values[c.outputs[0]].kind = kind::index; });
  check_refused("lies in no storage", [](program_ir& c) { c.values[c.outputs[0]].storage = 1000; });
}

BOOST_AUTO_TEST_CASE(the_prologue_reads_constants) {
  check_refused("neither a constant nor made from constants",
                [](program_ir& c) { c.prologue = c.instructions.size(); });
}

BOOST_AUTO_TEST_CASE(the_epilogue_is_where_the_program_says) {
  check_refused("where the epilogue begins", [](program_ir& c) { c.epilogue.push_back({0, {}}); });
  check_refused("where the epilogue begins", [](program_ir& c) { c.instructions.back().in_epilogue = true; });
}

BOOST_AUTO_TEST_CASE(effects_keep_their_order) {
  tape t;
  const var x = t.input(array<double>(1.0)), y = t.input(array<double>(2.0));
  const bool first = branch(x > 0), second = branch(y > 0);
  BOOST_TEST((first && second));
  const program_ir good = freeze({.outputs = {x * y}, .inputs = {x, y}}).ir();
  std::vector<std::size_t> effects;
  for (std::size_t i = 0; i < good.instructions.size(); ++i)
    if (good.instructions[i].op.type->effect) effects.push_back(i);
  BOOST_TEST_REQUIRE(effects.size() == 2U);
  program_ir c = good;
  std::swap(c.instructions[effects[0]].node, c.instructions[effects[1]].node);
  BOOST_CHECK_THROW(detail::verify(c, "a test"), std::logic_error);
}

BOOST_AUTO_TEST_CASE(passes_that_are_listed_as_exact_are) {
  tape t;
  const var x = t.input(shape{8, 100}), w = t.state(make_array<double>(shape{100, 10}));
  const var loss = mean(square(matmul(x, w)));
  freeze_request request{.outputs = {loss}, .updates = {{w, w - 0.1 * grad(loss, w)}}, .inputs = {x}};
  BOOST_TEST(!detail::is_exact(freeze(request).ir()));
  for (const detail::pass& p : detail::passes())
    if (!p.exact) request.disabled_passes.emplace_back(p.name);
  BOOST_TEST(detail::is_exact(freeze(request).ir()));
}

BOOST_AUTO_TEST_SUITE_END()
