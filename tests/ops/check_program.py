#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_program.py REEL CHECK_WRONG: the verb `check` of the program, as other programs meet it. CHECK_WRONG has that
verb alone, for a table with ops that are wrong."""
import json
import os
import subprocess
import sys
import tempfile
import xml.dom.minidom

REEL, CHECK_WRONG = sys.argv[1:]


def run(*arguments):
    return subprocess.run([REEL, "check", *arguments], capture_output=True, text=True, timeout=120)


def run_wrong(*arguments):
    return subprocess.run([CHECK_WRONG, "check", *arguments], capture_output=True, text=True, timeout=120)


def expect(what, holds, detail=""):
    if not holds:
        sys.exit(f"{what}: {detail}")


one = run("--op", "relu", "--op", "tanh")
expect("a check that passes exits with 0", one.returncode == 0, one.stderr)
expect("it ends with a count", one.stdout.rstrip().endswith("8 checks: 8 passed, 0 failed, 0 undecided"), one.stdout)
expect("no progress where there is no terminal", one.stderr == "", one.stderr)

once = json.loads(run("--op", "softmax", "--json").stdout)
reports = json.loads(run("--op", "softmax", "--seeds", "2", "--json").stdout)
expect("a report for every sample", len(once) >= 6 and len({(r["subject"], r["inputs"]) for r in once}) == len(once), once)
expect("and every seed", len(reports) == 2 * len(once), len(reports))
expect("each is a PASS with its limit", all(r["outcome"] == "PASS" and 0 < r["detection_limit"] < 1e-30 for r in reports), reports)
expect("seeds count up", {r["seed"] for r in reports} == {0x5EED, 0x5EEE}, reports)

mutants = json.loads(run("--op", "mul", "--mutate", "--json").stdout)
expect("all mutants are killed", mutants[0]["made"] == mutants[0]["killed"] > 20, mutants)
expect("the kill matrix is text", "made  killed  equivalent  survived" in run("--op", "mul", "--mutate").stdout)

with tempfile.TemporaryDirectory() as folder:
    svg, csv = os.path.join(folder, "v.svg"), os.path.join(folder, "v.csv")
    drawn = run("--op", "exp", "--vcurve", svg)
    expect("curves are drawn", drawn.returncode == 0 and "complex step, double" in drawn.stdout, drawn.stderr)
    expect("the picture is SVG", xml.dom.minidom.parse(svg).documentElement.tagName == "svg")
    run("--op", "exp", "--vcurve", csv)
    expect("and CSV", open(csv).readline() == "method,number,step,error\n")

right, wrong = run_wrong("--op", "right"), run_wrong()
expect("a right op of that table passes", right.returncode == 0, right.stdout + right.stderr)
expect("a wrong one makes the status 1", wrong.returncode == 1, wrong.stdout + wrong.stderr)
expect("its report says what is wrong", "FAIL  vjp(wrong)" in wrong.stdout and "FACTOR" in wrong.stdout, wrong.stdout)
expect("and the count", wrong.stdout.rstrip().endswith("3 checks: 1 passed, 1 failed, 1 undecided"), wrong.stdout)
expect("so does JSON", run_wrong("--op", "wrong", "--json").returncode == 1)
expect("what is undecided has not failed", run_wrong("--op", "undecided").returncode == 0)
expect("mutants that could not be tried make it 1", run_wrong("--op", "undecided", "--mutate").returncode == 1)
matrix = run_wrong("--matrix")
expect("and so does the matrix", matrix.returncode == 1 and "| `wrong` | FAIL" in matrix.stdout, matrix.stdout)

for arguments, words in [
    (["--op", "nonesuch"], "no op with a derivative is called 'nonesuch'"),
    (["--vcurve", "v.svg"], "name it with --op"),
    (["--op", "exp", "--vcurve", "v.png"], "does not end with .svg, .csv or .json"),
    (["--op", "exp", "--vcurve", "/no/such/folder/v.svg"], "cannot be saved"),
    (["--seeds", "0"], "--seeds"),
]:
    refused = run(*arguments)
    expect(f"{arguments} is refused", refused.returncode in (1, 2) and words in refused.stderr, refused.stderr)
