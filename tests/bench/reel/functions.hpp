// SPDX-License-Identifier: MIT
// Runs of a recorded function: frozen once, or recorded and evaluated anew each time.
#pragma once

#include "../results.hpp"
#include "../row.hpp"

#include <reel/autodiff.hpp>

namespace bench {

// What a function is given, as inputs when frozen and as variables and constants otherwise.
template <reel::number T> struct arguments {
  std::vector<reel::array<T>> reals;
  std::vector<reel::array<reel::index_t>> indices;
};

// Records the outputs from the real and the index inputs.
using recorder = std::function<std::vector<reel::var>(reel::tape& t, const std::vector<reel::var>& reals,
                                                      const std::vector<reel::var>& indices)>;

template <class N>
reel::array<N> array_of(const std::vector<N>& from, std::initializer_list<std::size_t> shape) {
  typename reel::array<N>::shape_type sizes(shape.begin(), shape.end());
  reel::array<N> a(sizes);
  std::copy(from.begin(), from.end(), a.data());
  return a;
}

template <reel::number T>
reel::program freeze_on(reel::tape& t, const recorder& record, const arguments<T>& given) {
  std::vector<reel::var> reals, indices;
  for (const auto& x : given.reals) reals.push_back(t.input(reel::shape_of(x)));
  for (const auto& x : given.indices) indices.push_back(t.input(reel::shape_of(x), reel::kind::index));
  reel::freeze_request request;
  request.inputs = reals;
  request.inputs.insert(request.inputs.end(), indices.begin(), indices.end());
  request.outputs = record(t, reals, indices);
  return reel::freeze(request);
}

template <reel::number T>
contender frozen(const char* name, const recorder& record, const arguments<T>& given) {
  struct prepared {
    arguments<T> given;
    std::vector<reel::binding> inputs;
    reel::instance<T> machine;
    prepared(const arguments<T>& a, const reel::program& p) : given(a), machine(p) {
      for (const auto& x : given.reals) inputs.emplace_back(x);
      for (const auto& x : given.indices) inputs.emplace_back(x);
    }
  };
  reel::tape t;
  const auto made = std::make_shared<prepared>(given, freeze_on(t, record, given));
  return {name, maker::reel, [=] { made->machine.run(made->inputs); },
          [=] {
            numbers all;
            for (std::size_t i = 0; i < made->machine.source().outputs().size(); ++i)
              all.push_back(in_double(made->machine.view(i)));
            return all;
          }};
}

// The tape is cleared and used again, as one does whose graph changes from run to run.
template <reel::number T> class anew {
 public:
  anew(recorder record, arguments<T> given) : record_(std::move(record)), given_(std::move(given)) {}

  std::vector<reel::var> record() {
    tape_.clear();
    reals_.clear();
    indices_.clear();
    for (const auto& x : given_.reals) reals_.push_back(tape_.variable(x));
    for (const auto& x : given_.indices) indices_.push_back(tape_.constant(x));
    return record_(tape_, reals_, indices_);
  }
  void evaluate() {
    outputs_.clear();
    for (const reel::var& y : record()) outputs_.push_back(y.value<T>());
  }
  numbers results() const {
    numbers all;
    for (const auto& y : outputs_) all.push_back(in_double(y));
    return all;
  }

 private:
  recorder record_;
  arguments<T> given_;
  reel::tape tape_;
  std::vector<reel::var> reals_, indices_;
  std::vector<reel::array<T>> outputs_;
};

template <reel::number T>
contender afresh(const char* name, const recorder& record, const arguments<T>& given) {
  const auto made = std::make_shared<anew<T>>(record, given);
  return {name, maker::reel, [=] { made->evaluate(); }, [=] { return made->results(); }};
}

template <reel::number T>
contender recording(const char* name, const recorder& record, const arguments<T>& given) {
  const auto made = std::make_shared<anew<T>>(record, given);
  return {name, maker::reel, [=] { made->record(); }, {}};
}

// Recording, freezing and the first allocation of memory.
template <reel::number T>
contender freezing(const char* name, const recorder& record, const arguments<T>& given) {
  const auto tape = std::make_shared<reel::tape>();
  return {name,
          maker::reel,
          [=] {
            tape->clear();
            const reel::instance<T> made(freeze_on(*tape, record, given));
          },
          {}};
}

}  // namespace bench
