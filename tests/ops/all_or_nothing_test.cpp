// SPDX-License-Identifier: MIT
// Every function of the op table records all it has to or nothing: whatever operand is wrong, and whichever
// allocation fails. What is refused is named at the line that called the function.
#include "rows.hpp"

#include <cstdlib>
#include <new>

using namespace reel;
using reel::test::array_of;

namespace {

// The allocation after this many others fails, once; never while it is negative.
long allocations_left = -1;

}  // namespace

// Inlined into each other, g++ takes these for allocations that do not match.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (allocations_left >= 0 && allocations_left-- == 0) throw std::bad_alloc();
  if (void* const p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new[](std::size_t bytes) { return operator new(bytes); }
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace {

var constant_of(tape& t, const sample_array& a) {
  if (a.kind == kind::index) return t.constant(array_of<index_t>(a));
  if (a.kind == kind::boolean) return t.constant(array_of<bool>(a));
  return t.constant(array_of<double>(a));
}

struct operands {
  tape t{"first"}, other{"second"};
  std::vector<var> x;

  explicit operands(const sample& s) {
    for (const sample_array& a : s) x.push_back(constant_of(t, a));
  }
};

struct size_of_tapes {
  std::size_t nodes, other_nodes;
  explicit size_of_tapes(const operands& o) : nodes(o.t.size()), other_nodes(o.other.size()) {}
  bool operator==(const size_of_tapes&) const = default;
};

// Records the row where something is wrong with the operands, and looks for traces where that is refused.
void leaves_no_trace(const op_row& row, operands& o, const char* what) {
  const size_of_tapes before(o);
  try {
    row.record(o.x);
  } catch (const error& e) {
    BOOST_TEST((size_of_tapes(o) == before), row.name << " of " << what << " left nodes behind");
    const std::string where = to_string(e.where());
    BOOST_TEST(where.starts_with("table_"), row.name << " of " << what << " names '" << where
                                                     << "', not the line that called it: " << e.what());
  }
}

// What may stand in place of an operand.
struct wrong_operand {
  const char* what;
  var (*make)(operands& o, const sample_array& right);
};

const wrong_operand wrong_operands[] = {
    {"one on another tape", [](operands& o, const sample_array& a) { return constant_of(o.other, a); }},
    {"a mask",
     [](operands& o, const sample_array& a) {
       array<bool> mask = make_array<bool>(a.shape);
       mask.fill(true);
       return o.t.constant(mask);
     }},
    {"an index",
     [](operands& o, const sample_array& a) {
       array<index_t> zeros = make_array<index_t>(a.shape);
       zeros.fill(0);
       return o.t.constant(zeros);
     }},
    {"reals",
     [](operands& o, const sample_array& a) {
       array<double> zeros = make_array<double>(a.shape);
       zeros.fill(0);
       return o.t.constant(zeros);
     }},
    {"another shape",
     [](operands& o, const sample_array&) {
       return o.t.constant(make_array<double>({13, 17}));
     }},
    {"another rank",
     [](operands& o, const sample_array&) {
       return o.t.constant(make_array<double>({2, 1, 3, 1, 2}));
     }},
    {"a scalar", [](operands& o, const sample_array&) { return o.t.constant(0.0); }},
    {"nothing",
     [](operands& o, const sample_array&) {
       return o.t.constant(make_array<double>({0, 0}));
     }},
    {"an empty var", [](operands&, const sample_array&) { return var{}; }},
    {"a stale var",
     [](operands& o, const sample_array& a) {
       const var v = constant_of(o.other, a);
       o.other.clear();
       return v;
     }},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(all_or_nothing)

BOOST_AUTO_TEST_CASE(a_wrong_operand_leaves_no_trace_and_is_named_where_it_was_written) {
  for (const op_row& row : op_table())
    for (const sample& s : row.samples)
      for (std::size_t k = 0; k < s.size(); ++k)
        for (const wrong_operand& wrong : wrong_operands) {
          operands o(s);
          o.x[k] = wrong.make(o, s[k]);
          leaves_no_trace(row, o, wrong.what);
        }
}

BOOST_AUTO_TEST_CASE(two_tapes_are_refused_by_every_function_of_two_operands) {
  for (const op_row& row : op_table())
    for (const sample& s : row.samples) {
      if (s.size() < 2 || row.name == "branch") continue;  // which takes one: the other is what it returns
      operands o(s);
      o.x.back() = constant_of(o.other, s.back());
      BOOST_CHECK_THROW(row.record(o.x), error);
    }
}

BOOST_AUTO_TEST_CASE(an_allocation_that_fails_leaves_no_trace) {
  for (const op_row& row : op_table()) {
    const sample& numbers = row.samples.empty() ? row.edges.at(0).x : row.samples[0];
    long failed = 0;
    for (bool complete = false; !complete; ++failed) {
      operands o(numbers);
      const size_of_tapes before(o);
      try {
        allocations_left = failed;
        row.record(o.x);
        allocations_left = -1;
        complete = true;
      } catch (const std::bad_alloc&) {
        allocations_left = -1;
        if (!(size_of_tapes(o) == before))
          BOOST_ERROR(row.name << ", allocation " << failed << ": nodes are left");
        const var y = row.record(o.x);  // the tape is as good as new
        if (y.shape() != test::recorded(row, numbers).y.shape()) BOOST_ERROR(row.name << " differs");
      }
      BOOST_REQUIRE(failed < 1000);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
