// SPDX-License-Identifier: MIT
#include "by_libtorch.hpp"

#include "../results.hpp"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

namespace bench {

namespace {

using torch::Tensor;
using tensors = std::vector<Tensor>;

template <class N> Tensor tensor(const std::vector<N>& from, at::IntArrayRef shape) {
  const auto type = c10::CppTypeToScalarType<N>::value;
  return torch::from_blob(const_cast<N*>(from.data()), {static_cast<std::int64_t>(from.size())}, type)
      .clone()
      .reshape(shape);
}
Tensor parameter(const std::vector<float>& from, at::IntArrayRef shape) {
  return tensor(from, shape).requires_grad_();
}

std::vector<double> flat(const Tensor& x) {
  const Tensor d = x.detach().to(torch::kDouble).contiguous();
  return {d.data_ptr<double>(), d.data_ptr<double>() + d.numel()};
}
std::vector<double> difference(const Tensor& now, const Tensor& before) {
  return flat(now.detach().to(torch::kDouble) - before.detach().to(torch::kDouble));
}

constexpr std::int64_t d785 = softmax_regression::features, d784 = perceptron::features,
                       h512 = perceptron::hidden, c10 = classes;

// Forward, backward, and a plain update of the parameters in place.
struct training {
  std::function<Tensor()> loss_of;
  tensors parameters;
  double rate;
  tensors before;
  float loss = 0;

  training(std::function<Tensor()> f, tensors p, float r)
      : loss_of(std::move(f)), parameters(std::move(p)), rate(static_cast<double>(r)) {
    for (const Tensor& w : parameters) before.push_back(w.detach().clone());
  }
  void step() {
    const Tensor l = loss_of();
    l.backward();
    const at::NoGradGuard no_grad;
    for (Tensor& w : parameters) {
      w.sub_(w.grad(), rate);
      w.mutable_grad().reset();
    }
    loss = l.item<float>();
  }
  numbers results() const {
    numbers all{{static_cast<double>(loss)}};
    for (std::size_t i = 0; i < parameters.size(); ++i) all.push_back(difference(parameters[i], before[i]));
    return all;
  }
};

contenders enter(std::shared_ptr<training> t) {
  at::set_num_threads(1);
  return {{"libtorch", maker::other, [=] { t->step(); }, [=] { return t->results(); }}};
}

// Outputs of a function of nothing.
contenders enter(std::function<tensors()> f) {
  at::set_num_threads(1);
  const auto last = std::make_shared<tensors>();
  return {{"libtorch", maker::other, [=] { *last = f(); },
           [=] {
             numbers all;
             for (const Tensor& y : *last) all.push_back(flat(y));
             return all;
           }}};
}

struct perceptron_tensors {
  Tensor x, labels;
  tensors parameters;
  explicit perceptron_tensors(const perceptron& p)
      : x(tensor(p.x, {-1, d784})),
        labels(tensor(p.labels, {-1})),
        parameters{parameter(p.w1, {d784, h512}), parameter(p.b1, {h512}), parameter(p.w2, {h512, c10}),
                   parameter(p.b2, {c10})} {}
  Tensor loss() const {
    const Tensor hidden = torch::addmm(parameters[1], x, parameters[0]).relu_();
    return at::cross_entropy_loss(torch::addmm(parameters[3], hidden, parameters[2]), labels);
  }
};

contenders torch_contenders(const shared<softmax_regression>& p) {
  const Tensor x = tensor(p->x, {-1, d785}), labels = tensor(p->labels, {-1});
  const Tensor w = parameter(p->w, {d785, c10});
  const auto loss = [=] {
    const Tensor data = at::cross_entropy_loss(torch::mm(x, w), labels);
    return p->l2 == 0 ? data : data + w.square().sum() * (p->l2 / 2);
  };
  return enter(std::make_shared<training>(loss, tensors{w}, p->rate));
}

contenders torch_contenders(const shared<image_epoch>& p) {
  struct epochs {
    shared<image_epoch> p;
    Tensor images, labels, ones, w, x, y;
    training steps;
    std::int64_t epoch = 0;
    explicit epochs(const shared<image_epoch>& problem)
        : p(problem),
          images(tensor(p->x, {-1, d784})),
          labels(tensor(p->labels, {-1})),
          ones(torch::ones({static_cast<std::int64_t>(p->batch), 1})),
          w(parameter(p->w, {d785, c10})),
          steps([this] { return at::cross_entropy_loss(torch::mm(x, w), y); }, {w}, p->rate) {}
    void run() {
      const Tensor order = tensor(p->order(epoch++), {-1});
      for (const Tensor& chosen : order.split(static_cast<std::int64_t>(p->batch))) {
        const Tensor pixels = images.index_select(0, chosen).to(torch::kFloat).div_(p->white);
        x = torch::cat({pixels, ones.narrow(0, 0, chosen.numel())}, 1);
        y = labels.index_select(0, chosen);
        steps.step();
      }
    }
  };
  at::set_num_threads(1);
  const auto all = std::make_shared<epochs>(p);
  return {{"libtorch", maker::other, [=] { all->run(); }, [=] { return all->steps.results(); }}};
}

contenders torch_contenders(const shared<perceptron>& p) {
  const auto t = std::make_shared<perceptron_tensors>(*p);
  return enter(std::make_shared<training>([=] { return t->loss(); }, t->parameters, p->rate));
}

// Reverse over reverse.
contenders torch_contenders(const shared<perceptron_hvp>& p) {
  const auto t = std::make_shared<perceptron_tensors>(*p);
  const tensors along{tensor(p->v1, {d784, h512}), tensor(p->c1, {h512}), tensor(p->v2, {h512, c10}),
                      tensor(p->c2, {c10})};
  return enter([=] {
    const tensors gradients = torch::autograd::grad({t->loss()}, t->parameters, {}, true, true);
    return torch::autograd::grad(gradients, t->parameters, along);
  });
}

contenders torch_contenders(const shared<log_sum_exp>& p) {
  const Tensor x = tensor(p->x, {-1}).requires_grad_();
  return enter([=] {
    const Tensor y = x.logsumexp(0);
    return tensors{y, torch::autograd::grad({y}, {x})[0]};
  });
}

contenders torch_contenders(const shared<least_squares>& p) {
  const Tensor powers = tensor(p->powers, {-1, static_cast<std::int64_t>(p->coefficients)});
  const Tensor s = tensor(p->s, {-1}), x = tensor(p->x, {-1}).requires_grad_();
  return enter([=] {
    const Tensor r = s - powers.mv(x);
    const Tensor y = 0.5 * r.dot(r);
    return tensors{y, torch::autograd::grad({y}, {x})[0]};
  });
}

contenders torch_contenders(const shared<small_chain>& p) {
  Tensor x = tensor(p->x, {-1}), z = tensor(p->z, {-1});
  const Tensor ones = torch::ones_like(x);
  const auto chain = [p](const Tensor& from, const Tensor& with) {
    Tensor v = from;
    for (std::size_t k = 0; k < p->ops; ++k) v = p->op == link::add ? v + with : v * with;
    return v;
  };
  if (!p->gradients)
    return enter([=] {
      const c10::InferenceMode guard;
      return tensors{chain(x, z)};
    });
  x.requires_grad_();
  z.requires_grad_();
  return enter([=] {
    const Tensor v = chain(x, z);
    const tensors g = torch::autograd::grad({v}, {x, z}, {ones});
    return tensors{v, g[0], g[1]};
  });
}

contenders torch_contenders(const shared<long_chain>& p) {
  const Tensor x = tensor(p->x, {-1}), z = tensor(p->z, {-1});
  return enter([=] {
    const c10::InferenceMode guard;
    Tensor v = x * x + z;
    for (std::size_t k = 1; k < long_chain::links; ++k) v.mul_(x).add_(z);
    if (p->exponential) v.neg_().exp_();
    return tensors{v};
  });
}

template <class... P> constexpr functions_of<P...> functions(const functions_of<P...>*) {
  return {+[](const shared<P>& p) { return torch_contenders(p); }...};
}

}  // namespace

}  // namespace bench

const bench::libtorch_functions* reel_bench_libtorch() {
  static const bench::libtorch_functions all =
      bench::functions(static_cast<const bench::libtorch_functions*>(nullptr));
  return &all;
}
