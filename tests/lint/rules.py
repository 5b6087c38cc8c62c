#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rules.py RULE: one rule of the house, checked on the text of the whole tree.

A rule is a function from a root folder to findings, 'file:line: what is wrong: what to do'.
"""
import os
import re
import sys
from itertools import zip_longest

from tree import CPP, ROOMS, ROOT, close, files, read

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def code_lines(text):
    """The lines of a C++ text with comments and literals blanked out."""
    return COMMENT_OR_STRING.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text).split("\n")


def includes(root, path):
    """(line number, '<' or '"', what is included) of each include of a file."""
    for number, line in enumerate(read(path, root).split("\n"), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def room_of(path):
    top = path.split(os.sep)[0]
    return top if top in ROOMS else None


def spdx(root):
    """Every source says its licence, once, in its first two lines."""
    scripts = [p for p in ("dev", os.path.join(".ci", "run")) if os.path.exists(os.path.join(root, p))]
    for path in files(*CPP, ".py", "meson.build", "meson_options.txt", root=root) + scripts:
        head = read(path, root).split("\n")[:2]
        if sum("SPDX-License-Identifier: MIT" in line for line in head) != 1:
            yield f"{path}:1: no licence line: begin with SPDX-License-Identifier: MIT in a comment"


def rooms(root):
    """A room includes only itself and the rooms below it: autodiff, ops, optim, models."""
    for path in files(*CPP, root=root):
        room = room_of(path)
        if room is None:
            continue
        above = ROOMS[ROOMS.index(room) + 1:]
        for number, bracket, name in includes(root, path):
            target = re.match(r"reel/([a-z_]+)", name)
            if target and target.group(1) in above:
                yield f"{path}:{number}: {room} includes {target.group(1)}, a room above it: move the code up or what it needs down"
            elif target and bracket == '"':
                yield f"{path}:{number}: write public headers as <{name}>"
            elif bracket == '"':
                header = private_header(root, path, name)
                if header is None:
                    yield f"{path}:{number}: no \"{name}\" beside this file or below {room}/: name a private header from there"
                elif room_of(header) != room:
                    yield f"{path}:{number}: \"{name}\" is a private header of another room: use that room's public headers"


def private_header(root, path, name):
    """The file that an include with quotes means: one beside the file, or one named from its room; None if there is none."""
    for base in (os.path.dirname(path), path.split(os.sep)[0]):
        header = os.path.normpath(os.path.join(base, name))
        if os.path.exists(os.path.join(root, header)):
            return header
    return None


# The folders of autodiff, low to high: each may include those before it.
FLOORS = ("base", "kernels", "tape", "program", "runtime", "transforms", "graph", "check")


def floors(root):
    """A folder of autodiff includes private headers of itself and of the folders below it only."""
    for path in files(*CPP, root=root):
        parts = path.split(os.sep)
        if parts[0] != "autodiff" or parts[1] not in FLOORS:
            if parts[0] == "autodiff" and parts[1] not in ("include", "cmake"):
                yield f"{path}:1: autodiff/{parts[1]} is no folder of autodiff: put the file into one of {', '.join(FLOORS)}"
            continue
        for number, bracket, name in includes(root, path):
            if bracket != '"':
                continue
            floor = name.split("/")[0]
            if floor not in FLOORS:
                floor = os.path.normpath(os.path.join(os.path.dirname(path), name)).split(os.sep)[1]
            if floor in FLOORS and FLOORS.index(floor) > FLOORS.index(parts[1]):
                yield f"{path}:{number}: {parts[1]} includes {floor}, a folder above it: move the code up or what it needs down"


# Which files may include a library: (what is included, paths, what to do).
PLACES = (
    (r"boost/", r"autodiff/include/reel/autodiff/graph\.hpp|autodiff/graph/\w+\.cpp|autodiff/base/(real50|special)\w*\.[ch]pp|tests/.*",
     "Boost stays in autodiff's graph and in base/real50* and base/special*, so that including reel stays cheap"),
    (r"(xtensor|xtl)/", r"autodiff/include/reel/autodiff/array(_io)?\.hpp",
     "include <reel/autodiff/array.hpp>, which knows where xtensor keeps its headers"),
    (r"Eigen/|unsupported/Eigen/", r"ops/linalg/symmetric\.cpp", "Eigen compiles for long: it stays in the one file that calls it"),
    (r"xsimd/|immintrin", r"autodiff/kernels/.*|tests/.*", "loops over SIMD registers live in autodiff/kernels"),
    (r"cblas\.h|openblas|(one)?dnnl", r"tests/bench/.*", "matrix products live in autodiff/kernels"),
    (r"fmt/", r"(?!\w+/include/).*|autodiff/include/reel/autodiff/check/format\.hpp", "public headers leave formatting to the sources, so that users need no fmt"),
    (r"CLI/|nlohmann/|zlib\.h", r"models/(data|io|cli)/.*|tests/.*", "readers, model files and the program live in models"),
    (r"torch/|benchmark/", r"tests/bench/.*", "benchmarks live in tests/bench"),
)


def libraries(root):
    """A library is included where its use lives and nowhere else."""
    for path in files(*CPP, root=root):
        for number, _, name in includes(root, path):
            for library, places, advice in PLACES:
                if re.match(library, name) and not re.fullmatch(places, path):
                    yield f"{path}:{number}: <{name}> does not belong here: {advice}"


def joins(root):
    """fmt::join is in <fmt/ranges.h> from fmt 11 on, and in fmt 9 either header has it."""
    for path in files(*CPP, root=root):
        text = read(path, root)
        if "fmt::join" in "\n".join(code_lines(text)) and "#include <fmt/ranges.h>" not in text:
            line = text[:text.index("fmt::join")].count("\n") + 1
            yield f"{path}:{line}: fmt::join without <fmt/ranges.h>, where fmt 11 keeps it: include that"


# What a library must not do to the program it is part of.
CALLS = (
    (r"\bstd\s*::\s*(cout|cerr|clog)\b|\bf?printf\s*\(|\bf?puts\s*\(|\bfmt\s*::\s*print\w*\s*\(", "prints: return text or throw"),
    (r"\b(exit|abort|quick_exit|_Exit|terminate)\s*\(", "ends the host program: throw reel::error"),
    (r"(?<!\w)assert\s*\(", "is gone in release builds: throw reel::error"),
    (r"\b(setlocale|fesetround|fesetenv|_MM_SET_\w+)\s*\(|\blocale\s*::\s*global\b", "changes the host's locale or floating-point mode"),
    (r"\b\w*set_num_threads\s*\(", "changes the host's thread count: call in blocks small enough to stay serial"),
)


def calls(root):
    """The library never prints, ends the program or changes its host's modes; models/cli, a program, may."""
    for path in files(*CPP, root=root):
        if room_of(path) is None or path.startswith(os.path.join("models", "cli") + os.sep):
            continue
        for number, line in enumerate(code_lines(read(path, root)), 1):
            for pattern, advice in CALLS:
                match = re.search(pattern, line)
                if match:
                    yield f"{path}:{number}: {match.group().rstrip('( ')} {advice}"


def flags(root):
    """No flag that lets the compiler change results."""
    for path in files("meson.build", "meson_options.txt", root=root):
        for number, line in enumerate(read(path, root).split("\n"), 1):
            match = re.search(r"-Ofast|-f(fast-math|unsafe-math-optimizations|associative-math|finite-math-only)", line)
            if match:
                yield f"{path}:{number}: {match.group()} changes results: write the faster loop in autodiff/kernels instead"


def rows(root):
    """Every op of autodiff and ops has a row in the op table, and every row an op, unless it is a composite."""
    ops, tried = [], []
    for path in files(*CPP, root=root):
        if path.split(os.sep)[0] not in ("autodiff", "ops"):
            continue
        text = re.sub(r"//[^\n]*", "", read(path, root))  # the examples in comments are no ops
        place = lambda match: f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
        ops += ((m.group(1), place(m)) for m in re.finditer(r'static constexpr auto name = "([^"]+)"', text))
        if re.fullmatch(r"ops/table_\w+\.cpp", path):
            for row in re.split(r"(?=\{\.name = )", text)[1:]:
                name = re.match(r'\{\.name = "([^"]+)"', row).group(1)
                tried.append((name, ".composite = true" in row, f"{path}:{text.count(chr(10), 0, text.index(row)) + 1}"))
    for name, where in ops:
        if name not in {t[0] for t in tried}:
            yield f"{where}: op '{name}' has no row in the op table: add one to ops/table_*.cpp"
    for name, composite, where in tried:
        if not composite and name not in dict(ops):
            yield f"{where}: no op is called '{name}': correct the row, or mark it composite"


def anchors(text):
    """The names under which the headings of a Markdown text can be linked to."""
    seen = {}
    for line in prose_lines(text, keep_spans=True):
        match = re.match(r"#{1,6}\s+(.*?)\s*#*$", line)
        if match:
            name = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match.group(1)).lower()
            name = re.sub(r"[^\w\- ]", "", name).replace(" ", "-")
            number = seen.get(name, 0)
            seen[name] = number + 1
            yield name if number == 0 else f"{name}-{number}"


def prose_lines(text, keep_spans=False):
    """The lines of a Markdown text with blocks of code, and spans of it, blanked out."""
    fence = None
    for line in text.split("\n"):
        match = re.match(r"\s*(```+|~~~+)", line)
        if match and fence is None:
            fence = match.group(1)
        elif match and line.strip() == fence:
            fence = None
            line = ""
        yield "" if fence else line if keep_spans else re.sub(r"`[^`]*`", "", line)


def links(root):
    """Links between the project's own pages lead somewhere."""
    for path in files(".md", root=root):
        for number, line in enumerate(prose_lines(read(path, root)), 1):
            for target in re.findall(r"\]\(<?([^)\s>]+)", line):
                if re.match(r"[a-z]+:", target):
                    continue
                file, _, anchor = target.partition("#")
                other = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
                if not os.path.exists(os.path.join(root, other)):
                    yield f"{path}:{number}: there is no {other}: correct the link"
                elif anchor and other.endswith(".md") and anchor not in anchors(read(other, root)):
                    yield f"{path}:{number}: {other} has no heading #{anchor}: correct the link"


# Words that the code used before it took those of the field (docs/changes.md): where, in which sense, what to say.
# A pattern is one of code; comments and strings are not looked at.
RETIRED = (
    (r".*", r"\bpull\s*\(|\bcheck::push\b|\bconst pulled\s*&|\bpull_reference\b", "vjp, jvp, applied_vjp"),
    (r".*", r"\bop_traits\b|\btraits_of\b|\bleaf_traits\b", "op_type"),
    (r"(autodiff|ops|optim)/.*", r"\b(const )?place\s*&?\s*where\b|\bplace_of\b", "source_location"),
    (r".*", r"(?<![\w.])element::|\belement_(of|for|count)\b", "dtype"),
    (r"(autodiff|ops|optim|models)/.*", r"\bworkplace\b|\bdetail::fresh\b|\bdeliver<|\bfollows_of\b", "recorder, rewrap, materialize, kind_rule"),
    (r".*", r"\.off\s*=|\brequest\.off\b|\brequest\.finite\b|\.finite\s*=\s*\{", "disabled_passes, check_finite"),
    (r".*", r"\badds?_scaled(_product)?\b", "accumulate_scaled(alpha, beta), accumulates_scaled"),
    (r".*", r"\bdouble bound\s*\(\s*in<|\btype->bound\b", "magnitude_bound"),
    (r".*", r"\bby_rows\b|\brow_use\b|\buse\.sums\b|\.sums\s*=\s*true", "slices, row_slices, reduces"),
    (r".*", r"\bturned_op\b|\bturned\s*\(\s*unsigned|\bturn_narrow_states\b", "relaid, relaid_for"),
    (r"(autodiff|ops)/.*", r"\bunits\b|\bdrop_unit_factors\b", "identity_elements, simplify_algebra"),
    (r".*", r"\busing beside\b|\bbool brings\s*\(|\beval_both\b|\bpair_up\b", "sibling, computes, eval_with_sibling"),
    (r".*", r"\bkernels::(links?|chains|best|set)\b|\blinks?_of\b", "stage, stages, pipelines, active, dispatch_table"),
    (r"autodiff/kernels/.*", r"(?<![\w.:])(pieces|least|root)\s*\(|\bturn_(in|out)\b", "ceil_div, min, sqrt, pack, unpack"),
    (r"autodiff/(program|runtime)/.*", r"(?<![\w.])group\b|\bgroup_runner\b|\bis_fill\b|\bwatched\b", "fusion, fused_loop, is_broadcast, guarded"),
    (r".*", r"\brow_(group|member|runner|team)\b|\bcut_into_row_blocks\b", "tiled_loop, loop_op, tiled_loop_runner, parallel_loop"),
    (r"autodiff/(program|runtime)/.*", r"\bchunks?\b|\bsum_in_chunks\b", "split, split_reductions"),
    (r"autodiff/(program|runtime)/.*", r"\b(is_)?commits?\b|\boverwrit(ing|e_states)\b", "in_place_update, epilogue"),
    (r"autodiff/.*", r"\bmake_sure\b|\bis_certain\b", "ensure_finite, provably_finite"),
    (r".*", r"\barena_plan\b|\bplan_arena\b", "memory_plan, plan_memory"),
    (r"autodiff/(program|runtime)/.*", r"(?<![\w.])code\s*&|\bhome::(kept|next)\b|\bbanks?\b", "program_ir, instance_constant, back_buffer, buffer"),
    (r"(autodiff|optim)/.*", r"\bmachine\b", "executor"),
    (r".*", r"\bcrew_?\b", "thread_pool"),
    (r"autodiff/.*", r"\bblemish\w*|\bgathering\b|\bcutting\b|\bpairing\b", "non_finite, program_graph, tiling, sibling_matcher"),
    (r".*", r"\bknobs\b|\boptim::(change|descend|advanced?)\b|\bdescend\s*\{", "hyperparameters, update, scale_by_learning_rate, apply_updates"),
    (r".*", r"\bundo_on_error\b", "composed"),
    (r"autodiff/check/.*", r"\b(examination|judgement|witness|laboratory|detective|tracer|catalogue)\b", "vjp_comparison, verdict_builder, claim_checker, ..."),
    (r".*", r"\bcheck::(hostile|ladder|fate)\b|\bhostile_(case|report)\b|\bladder_report\b|\.convention\b", "edge_inputs, precision_ladder, outcome, subgradient"),
)


def code_of(path, text):
    """The lines of code of a C++ text, or of a page's blocks."""
    if not path.endswith(".md"):
        return code_lines(text)
    blocks, inside = [], False
    for line in text.split("\n"):
        fence = line.startswith("```")
        inside = line == "```cpp" if fence else inside
        blocks.append(line if inside and not fence else "")
    return code_lines("\n".join(blocks))


def words(root):
    """No retired word in its old sense."""
    for path in files(*CPP, ".md", root=root):
        lines = code_of(path, read(path, root))
        retired = [(pattern, instead) for where, pattern, instead in RETIRED if re.fullmatch(where, path)]
        for number, line in enumerate(lines, 1):
            for pattern, instead in retired:
                match = re.search(pattern, line)
                if match:
                    yield f"{path}:{number}: '{match.group()}' is a retired word: say {instead}"


PIPELINE, HEADER, CHAPTER = ("autodiff/program/pipeline.cpp", "autodiff/include/reel/autodiff/program.hpp", "docs/how-it-works.md")


def passes(root):
    """The passes stand in the same order, and are as exact, in the table that runs them, in the header and in the docs."""
    def rows_of(path, pattern, is_exact):
        text = read(path, root) if os.path.exists(os.path.join(root, path)) else ""
        return [(m.group(1), m.group(2) == is_exact) for m in re.finditer(pattern, text, re.MULTILINE)]

    table = rows_of(PIPELINE, r'^ +\{"(\w+)", (exact|inexact),', "exact")
    for path, pattern, is_exact in ((HEADER, r"^//   ([a-z_]+) +(Exact|Inexact)\.", "Exact"),
                                    (CHAPTER, r"^\| `([a-z_]+)` \| (yes|no) \|", "yes")):
        told = rows_of(path, pattern, is_exact)
        if table and told != table:
            wrong = next((a or b for a, b in zip_longest(table, told) if a != b), ("", False))[0]
            yield f"{PIPELINE}:1: its passes and those of {path} differ from '{wrong}' on: list the same in both"


RULES = {rule.__name__: rule for rule in (spdx, rooms, floors, libraries, joins, calls, flags, links, rows, words, passes)}

if __name__ == "__main__":
    close(list(RULES[sys.argv[1]](ROOT)))
