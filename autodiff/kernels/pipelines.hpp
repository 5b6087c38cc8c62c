// SPDX-License-Identifier: MIT
// Pipelines of elementwise functions. A stage takes the registers as arguments, applies its function to them,
// and ends by calling the next stage with them, which compilers make a jump: numbers that go from one
// function to the next are neither written nor read, and a stage costs few cycles beside its arithmetic.
// Eight registers are what calling conventions pass so. All of them hold the numbers that go on; or half of
// them do, and the others what is pinned, an operand of many stages, which would be read again by each.
#pragma once

#include "elementwise.hpp"

namespace reel::kernels::REEL_KERNEL_SET {

template <class T> struct pipelines_of {
  using v = vec<T>;
  static constexpr int register_count = 8;
  using wide_stage = void(const stage* l, index_t i, v, v, v, v, v, v, v, v);
  using narrow_stage = void(const stage* l, index_t i, index_t n, v, v pinned);
  struct body {
    wide_stage *wide, *half;
    narrow_stage* narrow;
  };

  // A stage's operands in memory from element i on: as many as lanes, or n of them.
  struct whole {
    void *x, *y;
    index_t i;
    v get(const void* p) const { return load(static_cast<const T*>(p) + i); }
    bits<T> truths(const void* p) const { return load_bools<T>(static_cast<const bool*>(p) + i); }
    void put(void* p, v a) const { store(static_cast<T*>(p) + i, a); }
    void put(void* p, bits<T> a) const { store_bools<T>(static_cast<bool*>(p) + i, a); }
  };
  struct part {
    void *x, *y;
    index_t i, n;
    v get(const void* p) const { return load_some(static_cast<const T*>(p) + i, n); }
    bits<T> truths(const void* p) const { return load_bools<T>(static_cast<const bool*>(p) + i, n); }
    void put(void* p, v a) const { store_some(static_cast<T*>(p) + i, a, n); }
    void put(void* p, bits<T> a) const { store_bools<T>(static_cast<bool*>(p) + i, a, n); }
  };

  // Step::on(operands, a, kept): what becomes of a register. Going on in `Used` of them, the last ones are
  // kept.
  template <class Step, int Used>
  static void wide(const stage* l, index_t i, v a0, v a1, v a2, v a3, v a4, v a5, v a6, v a7) {
    void* const x = Step::operands > 0 ? *l->x : nullptr;
    void* const y = Step::operands > 1 ? *l->y : nullptr;
    v a[] = {a0, a1, a2, a3, a4, a5, a6, a7};
#pragma GCC unroll 8
    for (int r = 0; r < Used; ++r)
      a[r] = Step::on(whole{x, y, i + r * lanes<T>}, a[r], a[register_count - Used + r]);
    ++l;
    const auto next = reinterpret_cast<wide_stage*>(Used == register_count ? l->wide : l->half);
    return next(l, i, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
  }
  template <class Step> static void narrow(const stage* l, index_t i, index_t n, v a, v pinned) {
    void* const x = Step::operands > 0 ? *l->x : nullptr;
    void* const y = Step::operands > 1 ? *l->y : nullptr;
    a = Step::on(part{x, y, i, n}, a, pinned);
    ++l;
    return reinterpret_cast<narrow_stage*>(l->narrow)(l, i, n, a, pinned);
  }
  template <class Step>
  static constexpr body body_of{&wide<Step, register_count>, &wide<Step, register_count / 2>, &narrow<Step>};

  template <v f(v)> struct unary {
    static constexpr int operands = 0;
    static v on(auto, v a, auto) { return f(a); }
  };
  template <v f(v, v)> struct first_of_two {
    static constexpr int operands = 1;
    static v on(auto m, v a, auto) { return f(a, m.get(m.x)); }
  };
  template <v f(v, v)> struct second_of_two {
    static constexpr int operands = 1;
    static v on(auto m, v a, auto) { return f(m.get(m.x), a); }
  };
  template <v f(v, v)> struct both {
    static constexpr int operands = 0;
    static v on(auto, v a, auto) { return f(a, a); }
  };
  template <v f(v, v)> struct first_with_pinned {
    static constexpr int operands = 0;
    static v on(auto, v a, v pinned) { return f(a, pinned); }
  };
  template <v f(v, v)> struct pinned_with_second {
    static constexpr int operands = 0;
    static v on(auto, v a, v pinned) { return f(pinned, a); }
  };
  template <bits<T> f(v, v)> static v truth(v a, v b) { return as_numbers<T>(f(a, b)); }

  using e = lanewise<T>;
  struct select_by {
    static constexpr int operands = 2;
    static v on(auto m, v c, auto) { return e::select(as_bits<T>(c), m.get(m.x), m.get(m.y)); }
  };
  struct select_or {
    static constexpr int operands = 2;
    static v on(auto m, v a, auto) { return e::select(m.truths(m.x), a, m.get(m.y)); }
  };
  struct or_select {
    static constexpr int operands = 2;
    static v on(auto m, v b, auto) { return e::select(m.truths(m.x), m.get(m.y), b); }
  };

  struct loading {
    static constexpr int operands = 1;
    static v on(auto m, v, auto) { return m.get(m.x); }
  };
  struct pinning {
    static constexpr int operands = 1;
    static v on(auto m, v a, v& pinned) { return pinned = m.get(m.x), a; }
  };
  struct restoring {
    static constexpr int operands = 0;
    static v on(auto, v, v pinned) { return pinned; }
  };
  struct storing {
    static constexpr int operands = 1;
    static v on(auto m, v a, auto) { return m.put(m.x, a), a; }
  };
  struct loading_bools {
    static constexpr int operands = 1;
    static v on(auto m, v, auto) { return as_numbers<T>(m.truths(m.x)); }
  };
  struct storing_bools {
    static constexpr int operands = 1;
    static v on(auto m, v a, auto) { return m.put(m.x, as_bits<T>(a)), a; }
  };

  template <v f(v)> static constexpr stages stages_of() { return {{&body_of<unary<f>>}, {}}; }
  template <v f(v, v)> static constexpr stages stages_of() {
    return {{&body_of<first_of_two<f>>, &body_of<second_of_two<f>>, &body_of<both<f>>},
            {&body_of<first_with_pinned<f>>, &body_of<pinned_with_second<f>>}};
  }
  template <bits<T> f(v, v)> static constexpr stages stages_of() { return stages_of<&truth<f>>(); }
  static constexpr stages stages_of_select() {
    return {{&body_of<select_by>, &body_of<select_or>, &body_of<or_select>}, {}};
  }

  static stage stage_of(const void* what, void* const* x, void* const* y) {
    const auto& b = *static_cast<const body*>(what);
    return {reinterpret_cast<stage::body*>(b.wide), reinterpret_cast<stage::body*>(b.half),
            reinterpret_cast<stage::body*>(b.narrow), x, y};
  }
  static void wide_end(const stage*, index_t, v, v, v, v, v, v, v, v) {}
  static void narrow_end(const stage*, index_t, index_t, v, v) {}
  static stage end() {
    static constexpr body nothing{&wide_end, &wide_end, &narrow_end};
    return stage_of(&nothing, nullptr, nullptr);
  }

  static void run(const stage* first, index_t n, bool pins) {
    const v a{};
    const auto begin = reinterpret_cast<wide_stage*>(pins ? first->half : first->wide);
    const index_t tile = (pins ? register_count / 2 : register_count) * lanes<T>;
    index_t i = 0;
    for (; i + tile <= n; i += tile) begin(first, i, a, a, a, a, a, a, a, a);
    for (; i < n; i += lanes<T>)
      reinterpret_cast<narrow_stage*>(first->narrow)(first, i, min(lanes<T>, n - i), a, a);
    clear_upper_halves();  // the stages leave their numbers in them
  }

  static constexpr pipelines make() {
    return {&body_of<loading>,
            &body_of<storing>,
            &body_of<loading_bools>,
            &body_of<storing_bools>,
            &body_of<pinning>,
            &body_of<restoring>,
            &stage_of,
            &end,
            &run};
  }
};

}  // namespace reel::kernels::REEL_KERNEL_SET
