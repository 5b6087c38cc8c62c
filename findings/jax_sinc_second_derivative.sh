#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# JAX 0.10.2: the second derivative of jnp.sinc is wrong near 0, and right at 0.
#
# sinc(x) = sin(πx)/(πx) is smooth, with sinc''(0) = −π²/3 = −3.29. At 0 JAX uses a series of its own. Beside it the
# quotient is differentiated twice, and its terms of size 1/x² cancel.
#   seen, in double: −3.28987 at 0, 201.062 at 1e-9, −3.41309 at 1e-8, −3.29057 at 1e-6
# Values and first derivatives are right there, so that tests of them notice nothing. A grid that misses 0 by a
# rounding error, such as x − 0.1 − 0.2 + 0.3, can give a curvature of the wrong sign.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q --disable-pip-version-check install numpy==2.4.6 scipy==1.17.1 jax==0.10.2 jaxlib==0.10.2
JAX_PLATFORMS=cpu JAX_ENABLE_X64=1 "$folder/venv/bin/python" - <<'END'
import math
import jax
import jax.numpy as jnp

second = jax.grad(jax.grad(jnp.sinc))
right = -math.pi**2 / 3
for x in (0.0, 1e-9, 1e-8, 1e-7, 1e-6, 1e-3):
    print(f"x = {x:g}: sinc'' = {float(second(x)):.6g}, should be {right:.6g}")
assert abs(float(second(0.0)) - right) < 1e-12
assert abs(float(second(1e-9)) - right) > 100
assert abs(float(jax.grad(jnp.sinc)(1e-9)) - right * 1e-9) < 1e-6
END
