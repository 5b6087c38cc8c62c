// SPDX-License-Identifier: MIT
// Derivatives on a tape. Each call appends nodes to the tape of its arguments and returns vars, so
// results can be differentiated again, in either direction. Nothing is computed until asked for.
#pragma once

#include <reel/autodiff/structural.hpp>

#include <span>
#include <vector>

namespace reel {

// Cotangents of `x` when the cotangents of `y` are `ybar`: Jᵀȳ, by playing the tape backwards.
// An x that y does not depend on gets zeros. Throws not_differentiable for index or bool vars.
std::vector<var> vjp(std::span<const var> y, std::span<const var> x, std::span<const var> ybar);
var vjp(const var& y, const var& x, const var& ybar);

// Tangents of `y` when the tangents of `x` are `v`: Jv, by transposing the vjp. (The vjp is linear
// in its cotangent u: u ↦ Jᵀu; its own vjp is v ↦ Jv, and no forward rule is needed.)
std::vector<var> jvp(std::span<const var> y, std::span<const var> x, std::span<const var> v);
var jvp(const var& y, const var& x, const var& v);

// Gradient of a loss with one element. Throws non_scalar_loss.
std::vector<var> grad(const var& loss, std::span<const var> x);
var grad(const var& loss, const var& x);

// Hessian times v, forward over reverse.
var hvp(const var& loss, const var& x, const var& v);

// ∂y/∂x as one var of shape y.shape() + x.shape(), recorded row by row.
var jacobian(const var& y, const var& x);
var hessian(const var& loss, const var& x);

// Which of `x` the loss does not depend on, as messages: "the loss cannot see parameter 'b', recorded
// at model.cpp:12". Empty when it sees all of them.
std::vector<std::string> unseen(const var& loss, std::span<const var> x);

// The outcome of a recorded bool, for a C++ branch. What is recorded after it holds for this outcome
// only: a program frozen from the tape refuses to run, naming this line, when it comes out differently.
bool branch(operand condition);

}  // namespace reel
