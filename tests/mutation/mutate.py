#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Plants faults in the sources, one at a time, and tells which of them the tests notice.

    ./dev mutate [--count 300] [--seed 1] [--room ROOM]... [--test NAME]... [--minutes 120]

Faults are drawn by a seed from all that `faults.py` finds in the rooms; those that do not compile are drawn again. A
copy of the sources is built twice: once to learn which tests reach which lines, and once to plant in. Of each fault
the tests that reach its line are run, the quick ones first, until one fails or does not end. What was found stands in
build-mutate/faults.jsonl, from where the next call goes on. `equivalent.txt` lists faults that change nothing.
"""
import argparse
import glob
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from faults import faults_of

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
WORK = os.path.join(ROOT, "build-mutate")
TREE = os.path.join(WORK, "tree")
ROOMS = ("autodiff", "ops", "optim", "models")
LEFT_OUT_TESTS = ("format", "headers", "consumer", "compile_fail")  # of texts and builds, not of behaviour


def run(command, timeout=None, **options):
    """The exit status and the output of a command; None for one that did not end."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              timeout=timeout, text=True, errors="replace", **options)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired:
        return None, ""


def must(command, **options):
    status, output = run(command, **options)
    if status != 0:
        sys.exit(f"mutate: failed: {' '.join(command)}\n{output[-4000:]}")
    return output


def copy_tree():
    """The files that git tracks, as they are now; those that are the same keep their times."""
    listed = must(["git", "-C", ROOT, "ls-files", "-z"]).split("\0")
    for path in filter(None, listed):
        source, target = os.path.join(ROOT, path), os.path.join(TREE, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not (os.path.exists(target) and open(source, "rb").read() == open(target, "rb").read()):
            shutil.copyfile(source, target)
            shutil.copymode(source, target)


def configure(name, *options):
    build = os.path.join(WORK, name)
    if not os.path.exists(os.path.join(build, "build.ninja")):
        compiler = "ccache g++" if shutil.which("ccache") else "g++"
        must(["meson", "setup", "--buildtype=release", "-Ddocs=disabled", *options, build, TREE],
             env=os.environ | {"CXX": compiler})
    return build


def tests_of(build, names):
    """Name, command and environment of the tests that are worth running, or of those that are named."""
    chosen = []
    for test in json.loads(must(["meson", "introspect", "--tests", build])):
        suites = " ".join(test["suite"])
        if names and test["name"] not in names:
            continue
        if not any(s in suites for s in ("long", "fuzz", "lint", "docs")) and not test["name"].startswith(LEFT_OUT_TESTS):
            chosen.append((test["name"], test["cmd"], test["env"]))
    return chosen


def reached_lines(build, name, command, environment):
    """What a test reaches: for each source its lines. And how long the test takes."""
    data = os.path.join(WORK, "gcda")
    shutil.rmtree(data, ignore_errors=True)
    begin = time.monotonic()
    status, output = run(command, env=os.environ | environment | {"GCOV_PREFIX": data}, cwd=build)
    seconds = time.monotonic() - begin
    if status != 0:
        sys.exit(f"mutate: the test '{name}' fails without any fault:\n{output[-4000:]}")
    notes = glob.glob(data + "/**/*.gcda", recursive=True)
    for gcda in notes:
        note = gcda[len(data):-len(".gcda")] + ".gcno"
        if os.path.exists(note):
            os.symlink(note, gcda[:-len(".gcda")] + ".gcno")
    lines = {}
    for k in range(0, len(notes), 40):
        run(["gcov", "--json-format", *notes[k:k + 40]], cwd=data)
        for file in glob.glob(data + "/*.gcov.json.gz"):
            with gzip.open(file, "rt") as report:
                for source in json.load(report)["files"]:
                    path = os.path.relpath(os.path.join(build, source["file"]), TREE)
                    if path.startswith(ROOMS):
                        lines.setdefault(path, set()).update(n["line_number"] for n in source["lines"] if n["count"])
            os.remove(file)
    return {path: sorted(all_) for path, all_ in lines.items()}, seconds


def programs_of(build, command):
    """What ninja has to build so that a test can run."""
    paths = [os.path.relpath(c, build) if c.startswith(build) else c for c in command]
    return [p for p in paths if "/" in p and not p.startswith(("/", "-", "..")) and not p.endswith(".py")]


def coverage(names):
    """By test: the lines it reaches, and its seconds. Kept for the sources as they are."""
    kept = os.path.join(WORK, "coverage.json")
    state = must(["git", "-C", ROOT, "rev-parse", "HEAD^{tree}"]).strip() + "".join(f" {n}" for n in sorted(names))
    if os.path.exists(kept):
        known = json.load(open(kept, encoding="utf-8"))
        if known["state"] == state:
            return known["tests"]
    build = configure("coverage", "-Db_coverage=true", "-Doptimization=1")
    print("mutate: building with coverage", file=sys.stderr)
    chosen = tests_of(build, names)
    build_all(build, chosen, names)
    tests = {}
    for name, command, environment in chosen:
        lines, seconds = reached_lines(build, name, command, environment)
        tests[name] = {"lines": lines, "seconds": seconds}
        print(f"mutate: '{name}' reaches {sum(map(len, lines.values()))} lines in {seconds:.1f} s", file=sys.stderr)
    json.dump({"state": state, "tests": tests}, open(kept, "w", encoding="utf-8"))
    return tests


def build_all(build, tests, names):
    must(["ninja", "-C", build, *(p for _, command, _ in tests for p in programs_of(build, command) if names)])


def all_faults(rooms):
    found = []
    for room in rooms:
        for ending in (".cpp", ".hpp"):
            for path in sorted(glob.glob(os.path.join(TREE, room, "**", "*" + ending), recursive=True)):
                with open(path, encoding="utf-8") as file:
                    found += [(os.path.relpath(path, TREE), *fault) for fault in faults_of(file.read())]
    return found


def equivalent():
    """The faults that change nothing, each with its reason: 'path | line as it becomes | reason'."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "equivalent.txt")
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split(" | ") for line in file if line.strip() and not line.startswith("#")]
    return {(row[0], row[1].strip()): row[2] for row in rows}


class planting:
    """A source with a fault in it, while the block lasts."""

    def __init__(self, path, number, line):
        self.path = os.path.join(TREE, path)
        with open(self.path, encoding="utf-8") as file:
            self.text = file.read()
        lines = self.text.split("\n")
        lines[number - 1] = line
        self.faulty = "\n".join(lines)

    def __enter__(self):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(self.faulty)

    def __exit__(self, *_):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(self.text)


def try_fault(build, fault, tests, reach):
    """What becomes of a fault: 'does not compile', 'killed by …', 'survived'; None where no test reaches it."""
    path, number, _, line = fault
    names = sorted((n for n in reach if number in reach[n]["lines"].get(path, ())), key=lambda n: reach[n]["seconds"])
    with planting(path, number, line):
        status, _ = run(["ninja", "-C", build, "libreel.so." + version()])
        if status != 0:
            return "does not compile"
        if not names:
            return "survived: no test reaches it"
        for name in names:
            command, environment = tests[name]
            status, _ = run(["ninja", "-C", build, *programs_of(build, command)])
            if status != 0:
                return "does not compile"
            status, _ = run(command, timeout=20 + 5 * reach[name]["seconds"], env=os.environ | environment, cwd=build)
            if status is None:
                return f"killed by {name}: it did not end"
            if status != 0:
                return f"killed by {name}"
    return "survived"


def version():
    return json.loads(must(["meson", "introspect", "--projectinfo", os.path.join(TREE, "meson.build")]))["version"]


def report(results, known):
    by_room = {}
    for r in results:
        room = r["path"].split(os.sep)[0]
        killed, survived, same = by_room.setdefault(room, [0, 0, 0])
        if r["fate"].startswith("killed"):
            by_room[room][0] += 1
        elif (r["path"], r["line"].strip()) in known:
            by_room[room][2] += 1
        else:
            by_room[room][1] += 1
            print(f"survived  {r['path']}:{r['number']}: {r['kind']}: {r['line'].strip()}  ({r['fate']})")
    print(f"{'room':<10}{'killed':>8}{'survived':>10}{'equivalent':>12}")
    for room, (killed, survived, same) in sorted(by_room.items()):
        print(f"{room:<10}{killed:>8}{survived:>10}{same:>12}")
    killed, survived = (sum(counts[k] for counts in by_room.values()) for k in (0, 1))
    if killed + survived:
        print(f"{survived} of {killed + survived} survived: {100 * survived / (killed + survived):.1f} %")


def main():
    parser = argparse.ArgumentParser(prog="./dev mutate", description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=300, help="faults that compile, at most (300)")
    parser.add_argument("--seed", type=int, default=1, help="which faults (1)")
    parser.add_argument("--room", action="append", choices=ROOMS, help="a room to plant in; by default all")
    parser.add_argument("--test", action="append", default=[], help="a test that may notice; by default all that reach a line")
    parser.add_argument("--minutes", type=float, default=120, help="when to stop; the next call goes on (120)")
    a = parser.parse_args()
    end = time.monotonic() + 60 * a.minutes
    os.makedirs(WORK, exist_ok=True)
    copy_tree()
    reach = coverage(a.test)
    build = configure("build")
    print("mutate: building", file=sys.stderr)
    chosen = tests_of(build, a.test)
    build_all(build, chosen, a.test)
    tests = {name: (command, environment) for name, command, environment in chosen}
    faults = all_faults(a.room or ROOMS)
    random.Random(a.seed).shuffle(faults)
    kept = os.path.join(WORK, "faults.jsonl")
    known = {}
    if os.path.exists(kept):
        with open(kept, encoding="utf-8") as file:
            for r in map(json.loads, file):
                known[r["path"], r["number"], r["line"]] = r
    results = []
    for fault in faults:
        if len(results) == a.count or time.monotonic() > end:
            break
        path, number, kind, line = fault
        r = known.get((path, number, line))
        if r is None:
            r = {"path": path, "number": number, "kind": kind, "line": line,
                 "fate": try_fault(build, fault, tests, reach)}
            with open(kept, "a", encoding="utf-8") as file:
                file.write(json.dumps(r) + "\n")
        if r["fate"] != "does not compile":
            results.append(r)
            print(f"mutate: {len(results)}/{a.count} {path}:{number}: {kind}: {r['fate']}", file=sys.stderr)
    report(results, equivalent())


if __name__ == "__main__":
    main()
