#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""options.py PROGRAM: every option of every verb changes what comes out. A verb with an option that this test does not know
fails it: add a row that shows its effect."""
import json
import os
import re
import struct
import sys
import tempfile

from program import close, content, fine, run, write

KINDS = ["ash", "fir", "yew"]


def plants(count, first=0):
    return [(round(1 + 0.5 * (i % 3) + 0.07 * (i * i % 11), 3), round(40 - 9 * (i % 3) + 1.3 * (i * 7 % 13), 3), KINDS[min(i % 4, 2)])
            for i in range(first, first + count)]


def table(rows, header="height,spread,kind", separator=","):
    return "".join(separator.join(map(str, row)) + "\n" for row in ([header.split(",")] if header else []) + rows)


def npy(numbers, columns):
    shape = f"({len(numbers) // columns}, {columns})" if columns else f"({len(numbers)},)"
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(numbers)}d", *numbers)


def files(folder):
    rows, more = plants(60), plants(21, 200)
    write(folder, "p.csv", table(rows))
    write(folder, "more.csv", table(more))
    write(folder, "counts.csv", table([(h, s, i % 2) for i, (h, s, _) in enumerate(rows)], "height,spread,ring"))
    write(folder, "turned.csv", table([(i % 2, h, s) for i, (h, s, _) in enumerate(rows)], "ring,height,spread"))
    write(folder, "two.csv", table([(h, round(s) % 3, i % 2) for i, (h, s, _) in enumerate(rows)], "height,ring,flag"))
    write(folder, "bare.csv", table([(h, s, i % 2) for i, (h, s, _) in enumerate(rows)], ""))
    write(folder, "semicolon.csv", table([(h, s, f"{k}, tall, green, old") for h, s, k in rows], "", ";"))
    write(folder, "gaps.csv", table([("" if i % 9 == 0 else h, s, k) for i, (h, s, k) in enumerate(rows)]))
    for name, part in ("x", rows), ("x2", more):
        with open(os.path.join(folder, name + ".npy"), "wb") as file:
            file.write(npy([v for h, s, _ in part for v in (h, s)], 2))
        for labels, number in ("a", lambda i: i % 3), ("b", lambda i: i // 2 % 2):
            with open(os.path.join(folder, f"{name}-{labels}.npy"), "wb") as file:
                file.write(npy([number(i) for i in range(len(part))], 0))
    write(folder, "comma.csv", table([(str(h).replace(".", ","), str(s).replace(".", ","), k) for h, s, k in rows], "height;spread;kind", ";"))
    write(folder, "comment.csv", "% as measured\n" + table(rows))
    write(folder, "extra.csv", table([(i % 2, i % 5, h, s) for i, (h, s, _) in enumerate(rows)], "ring,row,height,spread"))
    write(folder, "marks.csv", table([(999 if i % 9 == 0 else h, s, k) for i, (h, s, k) in enumerate(rows)]))
    write(folder, "bare4.csv", table([(h, s, i % 7, i % 2) for i, (h, s, _) in enumerate(rows)], ""))
    for name, first in ("one", 1), ("zero", 0):
        write(folder, name + ".svm", "".join(f"{i % 2} {first}:{h} {first + 1}:{s}\n" for i, (h, s, _) in enumerate(rows)))
    write(folder, "three.conf", "epochs = 3\nl2 = 0.5\n")


# Option: arguments that differ in it, or in its value; more than two where one effect does not show another.
DATA = {
    "--test": ["p.csv", "p.csv --test more.csv"],
    "--test-labels": ["x.npy --labels x-a.npy --test x2.npy --test-labels x2-a.npy", "x.npy --labels x-a.npy --test x2.npy --test-labels x2-b.npy"],
    "--test-share": ["p.csv", "p.csv --test-share 0.5", "p.csv --test-share 0.4"],
    "--label": ["two.csv", "two.csv --label ring"],
    "--labels": ["x.npy --labels x-a.npy", "x.npy --labels x-b.npy"],
    "--separator": ["semicolon.csv", "semicolon.csv --separator ;"],
    "--header": ["bare.csv", "bare.csv --header yes"],
    "--missing": ["gaps.csv", "gaps.csv --missing drop", "gaps.csv --missing mean"],
    "--missing-marks": ["marks.csv --missing drop", "marks.csv --missing drop --missing-marks 999"],
    "--decimal": ["comma.csv", "comma.csv --decimal comma"],
    "--comment": ["comment.csv", "comment.csv --comment %"],
    "--ignore": ["p.csv", "p.csv --ignore spread", "bare4.csv", "bare4.csv --ignore 3", "bare4.csv --ignore 2,3"],
    "--zero-based": ["zero.svm", "zero.svm --zero-based"],
    "--stratify": ["p.csv", "p.csv --stratify"],
    "--scale": ["p.csv", "p.csv --scale none", "p.csv --scale 40"],
}
MODEL = {
    "--hidden": ["p.csv", "p.csv --hidden 4", "p.csv --hidden 4,4", "p.csv --hidden 5"],
    "--optimizer": ["p.csv", "p.csv --optimizer adam", "p.csv --optimizer adamw --weight-decay 0.1"],
    "--momentum": ["p.csv", "p.csv --momentum 0.5", "p.csv --momentum 0.9"],
    "--nesterov": ["p.csv --momentum 0.5", "p.csv --momentum 0.5 --nesterov"],
    "--weight-decay": ["p.csv", "p.csv --weight-decay 0.1", "p.csv --weight-decay 0.2"],
    "--l2": ["p.csv", "p.csv --l2 0", "p.csv --l2 0.5"],
    "--clip": ["p.csv", "p.csv --clip 0.1", "p.csv --clip 0.2"],
    "--class-weights": ["p.csv", "p.csv --class-weights balanced"],
    "--seed": ["p.csv --seed 1", "p.csv --seed 2", "p.csv --hidden 4 --test more.csv --seed 1", "p.csv --hidden 4 --test more.csv --seed 2"],
}
FIT = {
    "--lr": ["p.csv", "p.csv --lr 0.2"],
    "--batch": ["p.csv", "p.csv --batch 16", "p.csv --batch 0"],
    "--schedule": ["p.csv", "p.csv --schedule constant", "p.csv --schedule step"],
    "--factor": ["p.csv --schedule step", "p.csv --schedule step --factor 0.1"],
    "--every": ["p.csv --schedule step", "p.csv --schedule step --every 3"],
    "--warm-up": ["p.csv", "p.csv --warm-up 4", "p.csv --warm-up 20"],
    "--epochs": ["p.csv", "p.csv --epochs 3"],
    "--patience": ["p.csv --epochs 60 --lr 9", "p.csv --epochs 60 --lr 9 --patience 1", "p.csv --epochs 60 --lr 9 --patience 25"],
    "--min-delta": ["p.csv --epochs 60 --patience 2", "p.csv --epochs 60 --patience 2 --min-delta 0.2"],
    "--validation-share": ["p.csv --patience 5", "p.csv --patience 5 --validation-share 0.5"],
    "--seconds": ["p.csv --epochs 200000 --seconds 0.02", "p.csv"],
    "--config": ["p.csv", "p.csv --config three.conf"],
}
# Of these the effect is elsewhere, and other tests show it: files, time, what is on a stream.
ELSEWHERE = {"train": "--out --resume --save-every --stop-after --threads --json --quiet".split(),
             "graph": ["--config", "--lr", "--seed", "--scale", "--stratify"], "eval": ["--json"], "predict": ["--out"],
             "sweep": "--out --json --quiet --config --batches --rates --seconds --target".split(),
             "compare": "--out --json --quiet --config --rates --seconds".split(),
             "check": "--op --mutate --vcurve --matrix --seed --seeds --json --quiet".split()}


def trained(program, arguments, folder):
    """A model without its settings, and what was said of samples."""
    status, out, _ = run(program, "train", *arguments, "--json", "--quiet", "--out", "run", folder=folder)
    if status != 0:
        return "refused"
    said = json.loads(out)
    model = content(folder, "run", "model.safetensors")
    size, = struct.unpack_from("<Q", model)
    header = json.loads(model[8:8 + size])
    about = {k: v for k, v in header.pop("__metadata__").items() if not k.startswith(("about.", "reel"))}
    return repr(about), repr(sorted(header)), model[8 + size:], [v for k, v in sorted(said.items()) if k.startswith(("test", "train"))]


def graph(program, arguments, folder):
    batch = [] if "--batch" in arguments else ["--batch", "0"]
    return run(program, "graph", *arguments, *batch, folder=folder)[:2]


def descent(verb):
    """Gradient descent at a constant rate has taken the steps that `train` takes with the same options: it has their effect."""
    def tried(program, arguments, folder):
        batches = ["--batches", "0"] if verb == "sweep" else []
        status, out, err = run(program, verb, *arguments, *batches, "--rates", "0.05", "--seconds", "0.01", "--json", "--quiet", folder=folder)
        if status != 0:
            return err
        said = json.loads(out)
        first = said["trials"][0] if verb == "sweep" else said["methods"][0]["points"][-1]
        epochs, loss, test_loss = first["epochs"], first["loss" if verb == "sweep" else "train_loss"], first["test_loss"]
        same = json.loads(fine(program, "train", *arguments, "--batch", "0", "--lr", "0.05", "--schedule", "constant", "--epochs",
                               str(round(epochs)), "--json", "--quiet", "--out", "same", folder=folder))
        if abs(loss - same["train_loss"]) > 1e-5 * loss or abs(test_loss - same["test_loss"]) > 1e-5 * test_loss:
            raise ValueError(f"reel {verb} {' '.join(arguments)}: after {epochs} epochs a loss of {loss} and {test_loss}, of reel train {same}")
        return arguments
    return tried


def applied(verb):
    return lambda program, arguments, folder: run(program, verb, *arguments, folder=folder)


APPLY = {
    "--label": ["ring.model extra.csv", "ring.model extra.csv --label ring"],
    "--separator": ["semicolon.model semicolon.csv", "semicolon.model semicolon.csv --separator ;"],
    "--header": ["bare.model bare.csv", "bare.model bare.csv --header yes"],
    "--missing-marks": ["p.model marks.csv --missing drop", "p.model marks.csv --missing drop --missing-marks 999"],
    "--decimal": ["p.model comma.csv", "p.model comma.csv --decimal comma"],
    "--comment": ["p.model comment.csv", "p.model comment.csv --comment %"],
    "--ignore": ["bare.model bare4.csv", "bare.model bare4.csv --ignore 3"],
    "--zero-based": ["one.model zero.svm", "one.model zero.svm --zero-based"],
    "--unverified": ["stale.model p.csv", "stale.model p.csv --unverified"],
    "--missing": ["p.model gaps.csv", "p.model gaps.csv --missing drop", "p.model gaps.csv --missing mean"],
}
EVAL = {"--labels": ["x.model x.npy --labels x-a.npy", "x.model x.npy --labels x-b.npy"]}
PREDICT = {"--proba": ["p.model p.csv", "p.model p.csv --proba"], "--labels": None}
MODELS = {"ring": "counts.csv", "semicolon": "semicolon.csv --separator ;", "bare": "bare.csv", "p": "p.csv", "x": "x.npy --labels x-a.npy", "one": "one.svm"}


def options_of(program, verb, folder):
    return [o for o in re.findall(r"^  (?:-\w,)?(--[\w-]+)", fine(program, verb, "--help", folder=folder), re.MULTILINE) if o != "--help"]


def findings(program, folder):
    files(folder)
    in_graph = {k: v for k, v in (DATA | MODEL).items() if k not in ELSEWHERE["graph"]}
    in_graph |= {"--batch": ["p.csv", "p.csv --batch 16"], "--explain": ["p.csv", "p.csv --explain"],
                 "--test-labels": None,
                 # What an option adds to the program is seen, and not by which number.
                 "--momentum": MODEL["--momentum"][:2], "--weight-decay": MODEL["--weight-decay"][:2],
                 "--l2": MODEL["--l2"][:2], "--clip": MODEL["--clip"][:2]}
    for name, arguments in MODELS.items():
        fine(program, "train", *arguments.split(), "--out", ".", "--quiet", folder=folder)
        os.rename(os.path.join(folder, "model.safetensors"), os.path.join(folder, name + ".model"))
    with open(os.path.join(folder, "stale.model"), "wb") as file:
        file.write(re.sub(rb"crc32:[0-9a-f]{8}", b"crc32:00000000", content(folder, "p.model")))
    tables = {"eval": (APPLY | EVAL, applied("eval")), "predict": (APPLY | PREDICT, applied("predict")), "train": (DATA | MODEL | FIT, trained), "graph": (in_graph, graph),
              "sweep": (DATA | MODEL, descent("sweep")), "compare": (DATA | MODEL | {"--batch": None}, descent("compare"))}
    for verb, (rows, outcome) in tables.items():
        for option, variants in rows.items():
            seen = {}
            for arguments in variants or []:
                try:
                    came = outcome(program, arguments.split(), folder)
                except ValueError as wrong:
                    yield str(wrong)
                    continue
                for other, there in seen.items():
                    if there == came and option != "--seconds":
                        yield f"reel {verb}: {option} has no effect: '{other}' and '{arguments}' come out the same"
                seen[arguments] = came
        for option in options_of(program, verb, folder):
            if option not in rows and option not in ELSEWHERE[verb]:
                yield f"reel {verb}: what {option} changes is not tested: add a row"
    print(f"{sum(len(rows) for rows, _ in tables.values())} options")


with tempfile.TemporaryDirectory() as temporary:
    close(list(findings(sys.argv[1], temporary)))
