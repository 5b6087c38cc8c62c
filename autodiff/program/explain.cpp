// SPDX-License-Identifier: MIT
// What a reader is told of a program.
#include "program/ir.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace reel {

using detail::instruction;
using detail::no_value;
using detail::value_id;

namespace detail {

std::string describe(const instruction& i) {
  const auto where = to_string(i.where);
  return fmt::format("{}{} (node {}{}{})",
                     i.backward_of == nullptr ? "" : fmt::format("backward of {}: ", i.backward_of),
                     i.op.type->name, i.node, where.empty() ? "" : ", ", where);
}

}  // namespace detail

namespace {

// The instructions of a program, a line each.
class listing {
 public:
  explicit listing(const detail::program_ir& c) : c_(c) {}

  std::string text() {
    for (std::size_t t = 0; t < c_.instructions.size(); ++t) {
      const instruction& i = c_.instructions[t];
      if (i.rows == nullptr) add(t < c_.prologue ? "once" : "", i);
      else add(*i.rows);
    }
    return std::move(text_);
  }

 private:
  void add(const detail::tiled_loop& loop) {
    text_ += fmt::format("  {} rows in blocks of {}{}:\n", loop.rows, loop.block,
                         loop.split == 0 ? "" : fmt::format(", sums in splits of {}", loop.split));
    for (const auto& m : loop.members) add(m.use.reduces ? "sum" : "rows", m.what);
  }

  void add(const char* when, const instruction& i) {
    if (i.fused == nullptr) return line(when, i);
    for (const auto& one : i.fused->broadcasts) line("fused", one);
    for (const auto& one : i.fused->members) line("fused", one);
  }

  void line(const char* when, const instruction& i) {
    std::vector<std::string> x;
    for (const value_id v : i.inputs) x.push_back(name(v));
    const std::string y = name(i.output);
    const char* const op = i.op.type->name;
    if (is_in_place_update(i)) {
      const std::string alpha = x[x.size() - 2], beta = x.back();
      x.resize(x.size() - 2);
      line("last", fmt::format("{} = {} * {} + {} * {}({})", y, beta, y, alpha, op, fmt::join(x, ", ")), i);
    } else if (i.sibling != no_value) {
      line(when,
           fmt::format("{}, {} = {} and {}({})", y, name(i.sibling), op, i.op.type->with->type->name,
                       fmt::join(x, ", ")),
           i);
    } else {
      line(when, fmt::format("{} = {}({})", y, op, fmt::join(x, ", ")), i);
    }
  }

  void line(const char* when, const std::string& does, const instruction& i) {
    const auto vjp = i.backward_of == nullptr ? "" : fmt::format("backward of {}, ", i.backward_of);
    text_ += fmt::format("  {:<6}{}  {}{}\n", when, does, vjp, to_string(i.where));
  }

  std::string name(value_id v) const {
    static constexpr const char* homes[] = {"",      "instance ", "input ", "state ",
                                            "next ", "constant ", "block "};
    const auto& value = c_.values[v];
    return fmt::format("{}%{}{}", homes[static_cast<std::size_t>(c_.storages[value.storage].where)],
                       value.storage, to_string(value.shape));
  }

  const detail::program_ir& c_;
  std::string text_;
};

}  // namespace

std::string program::explain() const {
  std::string text =
      fmt::format("program: {} instructions per run, {} once per instance, {} inputs, {} states\n",
                  instructions(), ir().prologue, inputs().size(), states().size());
  for (const auto& line : ir().report) text += "  " + line + "\n";
  return text + listing(ir()).text();
}

}  // namespace reel
