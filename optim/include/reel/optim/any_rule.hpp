// SPDX-License-Identifier: MIT
// A rule whose type is chosen when the program runs, such as by an option.
#pragma once

#include <reel/optim/rule.hpp>

#include <memory>

namespace reel::optim {

class any_rule {
 public:
  template <rule R>
  requires(!std::same_as<R, any_rule>) any_rule(R r)
      : lr(r.lr), inner_(std::make_shared<holder<R>>(std::move(r))) {}

  double lr;
  void check() const { inner_->check(); }
  preparation prepare(std::vector<var> gradients) const { return inner_->prepare(std::move(gradients)); }
  std::vector<shape> state_shapes(const shape& parameter) const { return inner_->state_shapes(parameter); }
  update apply(var gradient, var parameter, std::span<const var> state, const hyperparameters& k) const {
    return inner_->apply(gradient, parameter, state, k);
  }

 private:
  struct interface {
    virtual ~interface() = default;
    virtual void check() const = 0;
    virtual preparation prepare(std::vector<var> gradients) const = 0;
    virtual std::vector<shape> state_shapes(const shape& parameter) const = 0;
    virtual update apply(var gradient, var parameter, std::span<const var> state,
                         const hyperparameters& k) const = 0;
  };
  template <class R> struct holder final : interface {
    explicit holder(R r) : held(std::move(r)) {}
    void check() const override { check_settings(held); }
    preparation prepare(std::vector<var> gradients) const override {
      return optim::prepare(held, std::move(gradients));
    }
    std::vector<shape> state_shapes(const shape& parameter) const override {
      return held.state_shapes(parameter);
    }
    update apply(var gradient, var parameter, std::span<const var> state,
                 const hyperparameters& k) const override {
      return held.apply(gradient, parameter, state, k);
    }
    R held;
  };
  std::shared_ptr<const interface> inner_;
};

}  // namespace reel::optim
