// SPDX-License-Identifier: MIT
// Tape, differentiation and programs. (The Boost.Graph view is <reel/autodiff/graph.hpp>.)
#pragma once

#include <reel/autodiff/constant.hpp>
#include <reel/autodiff/node.hpp>
#include <reel/autodiff/op.hpp>
#include <reel/autodiff/print.hpp>
#include <reel/autodiff/program.hpp>
#include <reel/autodiff/structural.hpp>
#include <reel/autodiff/sweep.hpp>
#include <reel/autodiff/tape.hpp>
#include <reel/autodiff/transforms.hpp>
#include <reel/autodiff/tree.hpp>
#include <reel/autodiff/workers.hpp>
#include <reel/autodiff/zero_cotangents.hpp>
