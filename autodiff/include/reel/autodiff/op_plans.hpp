// SPDX-License-Identifier: MIT
// What an op may tell freeze and the check kit, beside its contract: one header per optional interface.
// Included by op.hpp.
#pragma once

#include <reel/autodiff/op/accumulation.hpp>
#include <reel/autodiff/op/identities.hpp>
#include <reel/autodiff/op/layout.hpp>
#include <reel/autodiff/op/sibling.hpp>
#include <reel/autodiff/op/slicing.hpp>
#include <reel/autodiff/op/stages.hpp>

#include <reel/autodiff/op_impl.hpp>
