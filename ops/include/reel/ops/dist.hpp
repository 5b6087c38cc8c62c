// SPDX-License-Identifier: MIT
// Distributions: logarithms of densities, and samplers. Parameters and points broadcast. Outside of its
// support a density's logarithm is −∞, with slopes 0; parameters outside of theirs give NaN.
#pragma once

#include <reel/ops/elementwise.hpp>

namespace reel::dist {

// -- logarithms of densities, and of probabilities of whole numbers k (reals or indices).
var normal_log_density(operand x, operand mean, operand scale);
// Of points [… d] with mean [… d] and covariance [… d, d], by its Cholesky factor; [… ].
var multivariate_normal_log_density(operand x, operand mean, operand covariance);
var student_t_log_density(operand x, operand df, operand location, operand scale);
var laplace_log_density(operand x, operand location, operand scale);
var logistic_log_density(operand x, operand location, operand scale);
var gamma_log_density(operand x, operand a, operand rate);
var beta_log_density(operand x, operand a, operand b);
var dirichlet_log_density(operand x, operand a);  // of points [… k] of the simplex; [… ]
var exponential_log_density(operand x, operand rate);
var weibull_log_density(operand x, operand shape, operand scale);
var poisson_log_probability(operand k, operand rate);
var binomial_log_probability(operand k, operand n, operand p);
var negative_binomial_log_probability(operand k, operand r, operand p);  // k failures before r successes
var bernoulli_log_probability(operand k, operand logits);
var categorical_log_probability(operand labels, operand logits);  // labels [… ], logits [… classes]

// -- keys. A key is one index; everything drawn is a function of it (Philox 4x32-10), the same in every
// number type and on every machine. Draw with a key once: split it, or fold numbers into it, for more.
// A whole number as a key on the tape of `beside`; a var as it is. Throws invalid_argument.
var key_beside(const var& beside, const operand& key);
var split(operand key, index_t n);         // [n] keys
var fold_in(operand key, operand number);  // a key for each number

// -- samplers, of a shape or of the parameters' shape. They invert the distribution function, so that a
// sample's slopes in the parameters are those at a fixed probability (reparameterized, or implicit).
var uniform(operand key, const shape& s);  // in [0, 1), a multiple of 2^−53, of 2^−24 in float
var normal(operand key, const shape& s);   // of mean 0 and scale 1
var normal(operand key, operand mean, operand scale);
var laplace(operand key, operand location, operand scale);
var logistic(operand key, operand location, operand scale);
var exponential(operand key, operand rate);
var weibull(operand key, operand shape, operand scale);
var gumbel(operand key, operand location, operand scale);
var gamma(operand key, operand a, operand rate);  // slopes in a to second order, as those of gammainc
var beta(operand key, operand a, operand b);      // of two gammas
var dirichlet(operand key, operand a);            // a [… k]
var student_t(operand key, operand df, operand location, operand scale);
// Without slopes: true with probability p; and the class, of logits [… classes].
var bernoulli(operand key, operand p);
var bernoulli(operand key, double p, const shape& s);  // the same in every number type
var categorical(operand key, operand logits);

}  // namespace reel::dist
