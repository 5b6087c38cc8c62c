#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SciPy 1.17.1: scipy.differentiate.derivative says success and error 0.0 where its result is wrong.
#
# The function chooses its steps, estimates its own error and reports both. Its first step is 0.5 whatever x is.
# For x² at 1e9 the values are multiples of 128, so differences over steps of 0.5 and less are rounding alone. Two
# of them agree by chance, the estimate of the error becomes exactly 0, and the search ends with success = True.
#   seen: df = 1999634432.0, which should be 2000000000.0; success True, error 0.0
# With initial_step = 1e8 the same call is right to 14 digits. A check of a gradient that trusts success and error
# passes a derivative that is wrong in the fourth digit, and fails the right one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q --disable-pip-version-check install numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'END'
from scipy.differentiate import derivative

def square(x):
    return x * x

far = derivative(square, 1e9)
print(f"at 1e9: df = {far.df}, should be 2000000000.0; success {far.success}, error {far.error}")
wide = derivative(square, 1e9, initial_step=1e8)
print(f"with initial_step = 1e8: df = {wide.df}, success {wide.success}")
assert far.success and far.error == 0.0 and far.df == 1999634432.0
assert wide.success and abs(wide.df - 2e9) < 1e-4
END
