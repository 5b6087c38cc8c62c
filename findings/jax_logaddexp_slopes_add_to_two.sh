#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# JAX 0.10.2: the two slopes of jnp.logaddexp add up to 2 at large equal arguments.
#
# d logaddexp(a, b) is a weighted mean of da and db, with weights e^(a − y) and e^(b − y) that add up to 1. JAX takes
# them from the rounded result y. From about 1e16 on, ln 2 is lost in y = a + ln 2, and both weights come out as 1.
#   seen, in double: weights (0.5, 0.5) at 1, (1.0, 1.0) at 1e17 and at 1e308
# logsumexp of the same two numbers has weights (0.5, 0.5): it does not use its result. In float this begins at 1e7,
# which log-weights of long sequences do reach.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q --disable-pip-version-check install numpy==2.4.6 scipy==1.17.1 jax==0.10.2 jaxlib==0.10.2
JAX_PLATFORMS=cpu JAX_ENABLE_X64=1 "$folder/venv/bin/python" - <<'END'
import jax
import jax.numpy as jnp

def weights(a, dtype):
    x = jnp.asarray(a, dtype)
    return tuple(float(w) for w in jax.grad(jnp.logaddexp, (0, 1))(x, x))

def weights_of_logsumexp(a):
    return tuple(float(w) for w in jax.grad(jax.nn.logsumexp)(jnp.array([a, a])))

for a, dtype in ((1.0, "float64"), (1e17, "float64"), (1e308, "float64"), (1e8, "float32")):
    print(f"{a:g} in {dtype}: logaddexp {weights(a, dtype)}")
print(f"1e+308: logsumexp {weights_of_logsumexp(1e308)}")
assert all(abs(w - 0.5) < 1e-12 for w in weights(1.0, "float64"))
assert weights(1e17, "float64") == weights(1e308, "float64") == weights(1e8, "float32") == (1.0, 1.0)
assert all(abs(w - 0.5) < 1e-12 for w in weights_of_logsumexp(1e308))
END
