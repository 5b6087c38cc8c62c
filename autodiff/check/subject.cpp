// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/subject.hpp>

#include <fmt/format.h>

namespace reel::check {

argument::argument(const reel::shape& s, std::vector<double> numbers, reel::kind k)
    : shape_(s), kind_(k), numbers_(std::move(numbers)) {
  if (static_cast<index_t>(numbers_.size()) != s.size())
    throw error(errc::shape_mismatch, fmt::format("{} numbers for an input of shape {}; give one for each "
                                                  "element.",
                                                  numbers_.size(), to_string(s)));
}

namespace {

template <class T> array<T> array_of(const argument& a) {
  auto x = make_array<T>(a.shape());
  std::transform(a.numbers().begin(), a.numbers().end(), x.data(),
                 [](double v) { return static_cast<T>(v); });
  return x;
}

}  // namespace

subject::subject(std::string name, const arguments& x, source_location where)
    : name_(std::move(name)), where_(where), tape_(std::make_shared<reel::tape>(name_)), numbers_(x) {
  for (const argument& a : x) {
    if (a.kind() == kind::real) inputs_.push_back(tape_->variable(array_of<double>(a), where));
    all_.push_back(a.kind() == kind::real    ? inputs_.back()
                   : a.kind() == kind::index ? tape_->constant(array_of<index_t>(a), where)
                                             : tape_->constant(array_of<bool>(a), where));
  }
}

void subject::finish() {
  std::erase_if(outputs_, [](const var& y) { return y.kind() != kind::real; });
}

std::string subject::attribute(double number) { return fmt::format("{}", number); }

}  // namespace reel::check
