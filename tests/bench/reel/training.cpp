// SPDX-License-Identifier: MIT
// Training steps: frozen with the optimizer, and recorded afresh with the update written out.
#include "by_reel.hpp"
#include "functions.hpp"

#include <reel/models.hpp>
#include <reel/models/batches.hpp>
#include <reel/ops.hpp>
#include <reel/optim.hpp>

namespace bench {

namespace {

using reel::array;
using reel::index_t;
using reel::var;

template <class Model, class Before> void add_changes(numbers& all, const Model& now, const Before& before) {
  std::vector<std::vector<double>> starts;
  reel::for_each_leaf(before, [&](const auto& leaf) { starts.push_back(in_double(leaf)); });
  std::size_t i = 0;
  reel::for_each_leaf(now, [&](const auto& leaf) { all.push_back(change(leaf.storage(), starts[i++])); });
}

template <class Loss, class Model>
contender frozen_step(Loss loss, const Model& model, float rate, const array<float>& x,
                      const array<index_t>& labels, const reel::workers& team = {}) {
  auto step = reel::optim::freeze_step<float>(loss, reel::optim::sgd{.lr = static_cast<double>(rate)}, model);
  step.use(team);
  struct training {
    decltype(step) one;
    Model start;
    array<float> x;
    array<index_t> labels;
    double loss = 0;
  };
  const auto made = std::make_shared<training>(training{std::move(step), model, x, labels});
  return {"reel", maker::reel, [=] { made->loss = made->one(made->x, made->labels); },
          [=] {
            numbers all{{made->loss}};
            add_changes(all, made->one.parameters(), made->start);
            return all;
          }};
}

template <class Loss, class Model> struct afresh_step {
  Loss loss_of;
  Model model, start;
  float rate;
  array<float> x;
  array<index_t> labels;
  double loss = 0;
  reel::tape tape;

  afresh_step(Loss l, const Model& m, float r, const array<float>& batch, const array<index_t>& of_batch)
      : loss_of(l), model(m), start(m), rate(r), x(batch), labels(of_batch) {}

  void step() {
    tape.clear();
    const auto parameters = reel::map_tree<var>(model, [&](const auto& leaf) { return tape.variable(leaf); });
    const var y = loss_of(parameters, tape.constant(x), tape.constant(labels));
    const auto gradients = reel::grad(y, reel::leaves(parameters));
    loss = static_cast<double>(y.template item<float>());
    std::size_t i = 0;
    reel::for_each_leaf(model, [&](auto& leaf) {
      const array<float> g = gradients[i++].template value<float>();
      for (std::size_t k = 0; k < g.size(); ++k) leaf.data()[k] -= rate * g.data()[k];
    });
  }
  numbers results() const {
    numbers all{{loss}};
    add_changes(all, model, start);
    return all;
  }
};

template <class Loss, class Model>
contenders training(Loss loss, const Model& model, float rate, const array<float>& x,
                    const array<index_t>& labels) {
  const auto step = std::make_shared<afresh_step<Loss, Model>>(loss, model, rate, x, labels);
  arguments<float> given;
  reel::for_each_leaf(model, [&](const auto& leaf) { given.reals.push_back(leaf); });
  given.reals.push_back(x);
  given.indices.push_back(labels);
  const auto like = reel::map_tree<var>(model, [](const auto&) { return var(); });
  const recorder value = [=](reel::tape&, const std::vector<var>& reals, const std::vector<var>& indices) {
    return std::vector<var>{loss(reel::unflatten(like, reals), reals.back(), indices[0])};
  };
  contender alone = frozen("reel, value alone", value, given);
  alone.results = nullptr;  // of parameters that do not move
  return {frozen_step(loss, model, rate, x, labels),
          {"reel afresh", maker::reel, [=] { step->step(); }, [=] { return step->results(); }},
          alone};
}

struct regression_loss {
  double l2 = 0;
  var operator()(const var& w, const var& x, const var& labels) const {
    const var data = reel::softmax_regression_loss(w, x, labels);
    return l2 == 0 ? data : data + l2 / 2 * sum(square(w));
  }
};
regression_loss loss_of(const softmax_regression& p) { return {static_cast<double>(p.l2)}; }
const auto perceptron_loss = [](const reel::mlp<var>& m, const var& x, const var& labels) {
  return reel::mlp_loss(m, x, labels);
};
template <class P>
concept regression_problem = std::same_as<P, softmax_regression> || std::same_as<P, image_epoch>;
array<float> model_of(const regression_problem auto& p) { return array_of(p.w, {p.features, classes}); }
reel::mlp<array<float>> model_of(const perceptron& p) {
  return {{{array_of(p.w1, {p.features, p.hidden}), array_of(p.b1, {p.hidden})},
           {array_of(p.w2, {p.hidden, classes}), array_of(p.b2, {classes})}}};
}

// Batches of one epoch after the other.
struct epochs {
  explicit epochs(const image_epoch& p)
      : data{array_of(p.x, {p.samples, p.pixels}), array_of(p.labels, {p.samples}),
             std::vector<std::string>(classes), std::vector<std::string>(p.pixels)},
        batches(reel::scaled_minibatches<float>(data, reel::divide_by(p.white, p.pixels),
                                                static_cast<index_t>(p.batch), 0, 0, 0,
                                                reel::bias_column::yes)),
        start(model_of(p)),
        step(reel::optim::freeze_step<float>(regression_loss{},
                                             reel::optim::sgd{.lr = static_cast<double>(p.rate)}, start)) {}
  epochs(const epochs&) = delete;
  epochs& operator=(const epochs&) = delete;

  void run() {
    batches.restart(epoch++);
    for (const auto& batch : batches) loss = step(batch);
  }
  // As many steps, all on the first batch.
  void run_steps() {
    const auto batch = batches[0];
    for (index_t i = 0; i < batches.batches(); ++i) step(batch);
  }
  numbers results() const {
    numbers all{{loss}};
    add_changes(all, step.parameters(), start);
    return all;
  }

  reel::byte_dataset data;
  reel::scaled_minibatch_range<float, std::uint8_t> batches;
  array<float> start;
  decltype(reel::optim::freeze_step<float>(regression_loss{}, reel::optim::sgd{}, start)) step;
  double loss = 0;
  index_t epoch = 0;
};

template <class P> array<float> batch_of(const P& p) { return array_of(p.x, {p.rows, p.features}); }
template <class P> array<index_t> labels_of(const P& p) { return array_of(p.labels, {p.rows}); }

}  // namespace

contenders by_reel(const shared<softmax_regression>& p) {
  return training(loss_of(*p), model_of(*p), p->rate, batch_of(*p), labels_of(*p));
}
contenders by_reel(const shared<image_epoch>& p) {
  const auto whole = std::make_shared<epochs>(*p), steps = std::make_shared<epochs>(*p);
  return {{"reel", maker::reel, [=] { whole->run(); }, [=] { return whole->results(); }},
          {"reel, steps alone", maker::reel, [=] { steps->run_steps(); }, {}}};
}
contenders by_reel(const shared<perceptron>& p) {
  return training(perceptron_loss, model_of(*p), p->rate, batch_of(*p), labels_of(*p));
}

contender step_of(const softmax_regression& p, const reel::workers& team) {
  return frozen_step(loss_of(p), model_of(p), p.rate, batch_of(p), labels_of(p), team);
}
contender step_of(const perceptron& p, const reel::workers& team) {
  return frozen_step(perceptron_loss, model_of(p), p.rate, batch_of(p), labels_of(p), team);
}

}  // namespace bench
