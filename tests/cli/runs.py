#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""runs.py PROGRAM: what a run leaves behind, for itself and for those after it: its model, its folder, and what the model
remembers of how its data were read."""
import json
import os
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile

from program import content, fine, run, write
from reference import Model, Report

KINDS = ["ash", "fir"]
FILES = ["model.safetensors", "history.jsonl", "loss.svg"]


def shrubs(count, first=0):
    """(height, spread, kind) of kinds that can be told apart, and no column like another."""
    return [(round(1 + i % 2 + 0.07 * (i * i % 11), 3), round(40 - 9 * (i % 2) + 1.3 * (i * 7 % 13), 3), KINDS[i % 2])
            for i in range(first, first + count)]


TRAIN, TEST = shrubs(60), shrubs(31, 101)


def table(header, rows):
    return "".join(",".join(map(str, row)) + "\n" for row in ([header.split(",")] if header else []) + rows)


def check(condition, *what):
    if not condition:
        sys.exit(f"{sys._getframe(1).f_code.co_name}: {' '.join(map(str, what))}")


def npy(numbers, columns):
    shape = f"({len(numbers) // columns}, {columns})" if columns else f"({len(numbers)},)"
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(numbers)}d", *numbers)


def write_bytes(folder, name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def bytes_of(folder, run_folder, names=FILES):
    return [content(folder, run_folder, name) for name in names]


def a_failed_run_replaces_nothing(reel, folder):
    fine(reel, "train", "train.csv", "--out", "run", "--quiet", folder=folder)
    good = bytes_of(folder, "run")
    for how in ["--lr", "1e30"], ["--lr", "1e25", "--hidden", "4"], ["--lr", "1e20", "--l2", "1e20"]:
        for json_or_text in [], ["--json"]:
            status, out, err = run(reel, "train", "train.csv", "--out", "run", "--scale", "none", *how, *json_or_text, folder=folder)
            check(status == 1, "a run that diverged exits with", status, err)
            check(re.search(r"^reel: training stopped at step \d+ \(epoch \d+\): NonFinite", err, re.MULTILINE), err)
            check(f"try a smaller rate than --lr {float(how[1]):g}".replace("e+", "e+") in err.replace("1e+", "1e+"), err)
            check("--clip 1" in err and "--scale standardize" in err, err)
            check(bytes_of(folder, "run") == good, "a failed run has replaced a good one")
            check(os.path.join("run", "failed.safetensors") in out, out)
            if json_or_text:
                said = json.loads(out)
                check(said["stopped"] == "non_finite" and said["history"] == os.path.join("run", "failed.jsonl"), said)
                check(said["picture"] == os.path.join("run", "failed.svg"), said)
    _, _, err = run(reel, "train", "train.csv", "--out", "run", "--lr", "1e30", "--clip", "5", folder=folder)
    check("--clip" not in err.partition("try a smaller")[2] and "--scale" not in err.partition("try a smaller")[2], err)
    for how in ["--l2", "1e38"], ["--weight-decay", "1e38"], ["--schedule", "step", "--every", "1", "--factor", "1e38"]:
        status, out, err = run(reel, "train", "train.csv", "--out", "run", "--lr", "1", *how, folder=folder)
        check(status == 1 and f"or less than {how[-2]} 1e+38" in err and not re.search(r"\d{9}", out), out, err)
    fine(reel, "eval", os.path.join("run", "failed.safetensors"), "test.csv", folder=folder)
    status, _, _ = run(reel, "train", "train.csv", "--out", "empty", "--lr", "1e30", folder=folder)
    check(status == 1 and sorted(os.listdir(os.path.join(folder, "empty"))) == ["failed.jsonl", "failed.safetensors", "failed.svg"])
    write(folder, "hostile.csv", table("height,spread,kind", TEST + [("1e39", "1e39", "ash")]))
    status, _, err = run(reel, "train", "train.csv", "--test", "hostile.csv", "--out", "run", folder=folder)
    check(status == 1 and bytes_of(folder, "run") == good, "a model that cannot be evaluated has replaced a good one", err)


def a_run_that_cannot_be_written_does_not_begin(reel, folder):
    for name in ["model.safetensors", "history.jsonl", "loss.svg", "checkpoint.safetensors"]:
        os.makedirs(os.path.join(folder, "blocked", name))
        status, _, err = run(reel, "train", "train.csv", "--out", "blocked", folder=folder)
        check(status == 1 and f"'{os.path.join('blocked', name)}' cannot be written: Is a directory." in err, err)
        check("epoch" not in err, "it trained first", err)
        os.rmdir(os.path.join(folder, "blocked", name))
    for verb in "sweep", "compare":
        status, _, err = run(reel, verb, "train.csv", "--seconds", "0.01", "--out", "blocked", folder=folder)
        check(status == 1 and "'blocked' cannot be written: Is a directory." in err and "rate" not in err, err)


def a_resumed_run_goes_on_in_its_own_folder(reel, folder):
    fine(reel, "train", "train.csv", "--quiet", "--seed", "8", folder=folder)
    other = bytes_of(folder, "reel-train")
    for own in "mine", os.path.join("far", "mine"), "my run", "Bob's $HOME run":
        _, _, err = run(reel, "train", "train.csv", "--hidden", "3", "--stop-after", "5", "--out", own, folder=folder)
        hint = err.rpartition("go on with: ")[2].strip()
        check(hint.startswith("reel train --resume "), err)
        path = os.path.dirname(reel) + os.pathsep + os.environ["PATH"]
        done = subprocess.run(["sh", "-c", hint + " --quiet"], cwd=folder, env=os.environ | {"PATH": path}, encoding="utf-8",
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100)
        check(done.returncode == 0 and f"wrote {os.path.join(own, 'model.safetensors')}, " in done.stdout, hint, done.stdout, done.stderr)
        check(bytes_of(folder, "reel-train") == other, "the model of another run was replaced")
        fine(reel, "train", "train.csv", "--hidden", "3", "--out", "whole", "--quiet", folder=folder)
        check(content(folder, own, FILES[0]) == content(folder, "whole", FILES[0]), "another model than of a run in one go")
    _, _, err = run(reel, "train", "train.csv", "--stop-after", "5", "--out", ".", folder=folder)
    check("go on with: reel train --resume checkpoint.safetensors\n" in err, err)
    out = fine(reel, "train", "--resume", "checkpoint.safetensors", "--quiet", folder=folder)
    check("wrote model.safetensors, history.jsonl, loss.svg" in out, out)
    fine(reel, "train", "--resume", "checkpoint.safetensors", "--quiet", "--out", "elsewhere", folder=folder)
    check(content(folder, "elsewhere", FILES[0]) == content(folder, FILES[0]))


def files_of_text_are_replaced_at_once(reel, folder):
    fine(reel, "train", "train.csv", "--quiet", folder=folder)
    model = os.path.join("reel-train", FILES[0])
    classes = fine(reel, "predict", model, "test.csv", folder=folder)
    for to in "classes.csv", "/dev/stdout":
        out = fine(reel, "predict", model, "test.csv", "--out", to, folder=folder)
        check((out if to == "/dev/stdout" else content(folder, to).decode()) == classes, to)
    if os.path.exists("/dev/full"):
        status, _, err = run(reel, "predict", model, "test.csv", "--out", "/dev/full", folder=folder)
        check(status == 1 and "'/dev/full' cannot be written: No space left on device." in err, status, err)
    os.link(os.path.join(folder, "classes.csv"), os.path.join(folder, "kept.csv"))
    fine(reel, "predict", model, "test.csv", "--proba", "--out", "classes.csv", folder=folder)
    check(content(folder, "kept.csv").decode() == classes, "the old file was written into")
    check([name for name in os.listdir(folder) if name.endswith(".saving")] == [], "something was left lying")


def what_does_not_fit_replaces_nothing(reel, folder):
    """On a disk that is full: no file may be longer than a limit."""
    def small(limit):
        def prepare():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        return prepare
    settings = ["train.csv", "--epochs", "1", "--quiet", "--out", "run"]
    fine(reel, "train", *settings, folder=folder)
    good = bytes_of(folder, "run")
    sizes = [len(data) for data in good]
    model = os.path.join("run", FILES[0])
    fine(reel, "predict", model, "test.csv", "--out", "classes.csv", folder=folder)
    classes = content(folder, "classes.csv")
    for limit in 0, 1, min(sizes) - 1, max(sizes) - 1:
        status, _, err = run(reel, "train", *settings, "--seed", "5", folder=folder, preexec_fn=small(limit))
        check(status == 1 and "File too large." in err, limit, status, err)
        check(content(folder, "run", FILES[0]) == good[0], "a model was replaced by a run that failed")
    for limit in 0, len(classes) - 1:
        status, _, err = run(reel, "predict", model, "train.csv", "--out", "classes.csv", folder=folder, preexec_fn=small(limit))
        check(status == 1 and "'classes.csv' cannot be written: File too large." in err, limit, status, err)
        check(content(folder, "classes.csv") == classes, "half of the predictions")
    check(all(not name.endswith(".saving") for name in os.listdir(os.path.join(folder, "run"))), "something was left lying")


def losses(reel, folder, test, *arguments):
    said = json.loads(fine(reel, "train", "train.csv", "--test", test, "--json", "--quiet", *arguments, folder=folder))
    return said["test_loss"], said["test_accuracy"], said["model"]


def columns_are_matched_by_name(reel, folder):
    straight = losses(reel, folder, "test.csv")
    check(straight[1] == 1, straight)
    model = straight[2]
    by_row = [(spread, height, kind) for height, spread, kind in TEST]
    write(folder, "swapped.csv", table("spread,height,kind", by_row))
    write(folder, "first.csv", table("kind,spread,height", [(k, s, h) for s, h, k in by_row]))
    write(folder, "bare.csv", table("", TEST))
    for name, how in ("swapped.csv", []), ("first.csv", ["--label", "kind"]), ("bare.csv", []):
        if name != "first.csv":
            check(losses(reel, folder, name) == straight, f"train --test {name}", losses(reel, folder, name), straight)
        said = json.loads(fine(reel, "eval", model, name, "--json", *how, folder=folder))
        check((said["loss"], said["accuracy"]) == straight[:2], f"eval {name}", said, straight)
        for proba in [], ["--proba"]:
            check(fine(reel, "predict", model, name, *how, *proba, folder=folder) == fine(reel, "predict", model, "test.csv", *proba, folder=folder), name)
    for verb, points in ("sweep", lambda j: j["trials"][0]["test_loss"]), ("compare", lambda j: j["methods"][0]["points"][-1]["test_loss"]):
        said = json.loads(fine(reel, verb, "train.csv", "--test", "swapped.csv", "--rates", "0.5", "--seconds", "0.1", "--json", "--quiet", folder=folder))
        check(points(said) < 0.2, f"{verb} on columns in another order", points(said))
    write(folder, "unlabelled.csv", table("spread,height", [row[:2] for row in by_row]))
    check(fine(reel, "predict", model, "unlabelled.csv", folder=folder) == fine(reel, "predict", model, "test.csv", folder=folder))


def names_that_look_like_numbers_are_names(reel, folder):
    for names in "column a,column b", "column ,column x1", "column 1st,column":
        write(folder, "named.csv", table(names + ",kind", TRAIN))
        write(folder, "turned.csv", table(",".join(reversed(names.split(","))) + ",kind", [(s, h, k) for h, s, k in TRAIN]))
        said = json.loads(fine(reel, "train", "named.csv", "--json", "--quiet", folder=folder))
        on = [json.loads(fine(reel, "eval", said["model"], name, "--json", folder=folder)) for name in ("named.csv", "turned.csv")]
        check(on[0] == on[1], names, on)
    write(folder, "other.csv", table("column c,column b,kind", TRAIN))
    write(folder, "named.csv", table("column a,column b,kind", TRAIN))
    fine(reel, "train", "named.csv", "--quiet", folder=folder)
    status, _, err = run(reel, "eval", os.path.join("reel-named", FILES[0]), "other.csv", folder=folder)
    check(status == 1 and "has no column 'column a'" in err, err)


def predicting_does_not_look_at_the_label_column(reel, folder):
    model = losses(reel, folder, "test.csv")[2]
    classes = fine(reel, "predict", model, "test.csv", folder=folder)
    for label in "?", "", "NA", "larch", "1.5", '"a ""b"""', "1e999":
        write(folder, "new.csv", table("height,spread,kind", [(*row[:2], label) for row in TEST]))
        check(fine(reel, "predict", model, "new.csv", folder=folder) == classes, f"labels '{label}'")
        status, _, err = run(reel, "eval", model, "new.csv", folder=folder)
        check(status == 1 and "new.csv:2:" in err, f"eval of labels '{label}'", err)
    fine(reel, "train", "train.csv", "--label", "kind", "--missing", "drop", "--quiet", "--out", "named", folder=folder)
    named = os.path.join("named", FILES[0])
    write(folder, "new.csv", table("kind,height,spread", [("?", *row[:2]) for row in TEST]))
    check(fine(reel, "predict", named, "new.csv", folder=folder).count("\n") == len(TEST) + 1, "rows without a label were dropped")
    sparse = "".join(f"{'+-'[i % 2]}1 1:{h} 2:{s}\n" for i, (h, s, _) in enumerate(TRAIN))
    write(folder, "sparse.svm", sparse)
    said = json.loads(fine(reel, "train", "sparse.svm", "--json", "--quiet", folder=folder))
    expected = fine(reel, "predict", said["model"], "sparse.svm", folder=folder)
    for label in "0", "7", "?", "unknown":
        write(folder, "new.svm", re.sub("^[+-]1", label, sparse, flags=re.MULTILINE))
        check(fine(reel, "predict", said["model"], "new.svm", folder=folder) == expected, f"sparse labels '{label}'")


def a_model_remembers_how_its_data_were_read(reel, folder):
    gaps = [("" if i % 9 == 0 else h, "NA" if i % 7 == 0 else s, k) for i, (h, s, k) in enumerate(TRAIN)]
    write(folder, "gaps.csv", table("height,spread,kind", gaps))
    complete = [row for row in gaps if row[0] != "" and row[1] != "NA"]
    for how in "mean", "drop":
        fine(reel, "train", "gaps.csv", "--missing", how, "--label", "kind", "--out", how, "--quiet", folder=folder)
        model = os.path.join(how, FILES[0])
        own = Model(content(folder, model))
        filled = [[float(x) if x not in ("", "NA") else m for x, m in zip(row[:2], own.shift)] for row in gaps]
        if how == "drop":
            filled = [list(map(float, row[:2])) for row in complete]
        kinds = [row[2] for row in (gaps if how == "mean" else complete)]
        said = json.loads(fine(reel, "eval", model, "gaps.csv", "--json", folder=folder))
        wrong = Report(own, filled, kinds).differs(said)
        check(not wrong, how, wrong)
        status, out, err = run(reel, "predict", model, "gaps.csv", folder=folder)
        check(status == 0 and out.count("\n") == len(kinds) + 1, how, out, err)
        left_out = f"{len(gaps) - len(complete)} rows with missing values are left out: there are no predictions of them\n"
        check(err == (left_out if how == "drop" else ""), err)
        check(run(reel, "eval", model, "gaps.csv", "--missing", "refuse", folder=folder)[0] == 1, "what was asked for does not come first")
    out = fine(reel, "predict", os.path.join("drop", FILES[0]), "gaps.csv", "--missing", "mean", folder=folder)
    check(out.count("\n") == len(gaps) + 1, "means are in the scaling of a model that was standardised")
    write(folder, "nothing.csv", table("height,spread,kind", [("", 1, "ash"), (2, "", "fir")]))
    status, _, err = run(reel, "predict", os.path.join("drop", FILES[0]), "nothing.csv", folder=folder)
    check(status == 1 and "'nothing.csv': there is no row without a missing value" in err, err)
    nan = float("nan")
    write_bytes(folder, "x.npy", npy([v if isinstance(v, float) else nan for row in gaps for v in row[:2]], 2))
    write_bytes(folder, "y.npy", npy([KINDS.index(row[2]) for row in gaps], 0))
    fine(reel, "train", "x.npy", "--labels", "y.npy", "--missing", "mean", "--out", "array", "--quiet", folder=folder)
    check(fine(reel, "predict", os.path.join("array", FILES[0]), "x.npy", folder=folder).count("\n") == len(gaps) + 1)


def test_samples_have_labels_of_their_own(reel, folder):
    for name, rows in ("train", TRAIN), ("test", TEST):
        write_bytes(folder, f"{name}.npy", npy([v for row in rows for v in row[:2]], 2))
        write_bytes(folder, f"{name}-kinds.npy", npy([KINDS.index(row[2]) for row in rows], 0))
    arrays = ["train", "train.npy", "--labels", "train-kinds.npy", "--test", "test.npy", "--test-labels", "test-kinds.npy"]
    said = json.loads(fine(reel, *arrays, "--json", "--quiet", folder=folder))
    check((said["test_loss"], said["test_accuracy"]) == losses(reel, folder, "test.csv")[:2], said)
    for name, rows in ("train", TRAIN), ("test", TEST):
        write_bytes(folder, f"{name}.idx", struct.pack(">BBBBII", 0, 0, 8, 2, len(rows), 2) + bytes(int(v) for row in rows for v in row[:2]))
        write_bytes(folder, f"{name}-kinds.idx", struct.pack(">BBBBI", 0, 0, 8, 1, len(rows)) + bytes(KINDS.index(row[2]) for row in rows))
    images = [word.replace(".npy", ".idx") for word in arrays]
    said = json.loads(fine(reel, *images, "--json", "--quiet", folder=folder))
    own = Model(content(folder, said["model"]))
    wrong = Report(own, [[int(v) for v in row[:2]] for row in TEST], [str(KINDS.index(row[2])) for row in TEST]).differs(said, "test_")
    check(not wrong and own.classes == ["0", "1"], wrong)
    status, _, err = run(reel, *arrays[:-1], "train-kinds.npy", folder=folder)
    check(status == 1 and "'train-kinds.npy' has labels of shape [60]: expected [31]" in err, err)


def classes_without_samples_are_named(reel, folder):
    rare = TRAIN + [(9, 9, "yew")]
    write(folder, "rare.csv", table("height,spread,kind", rare))
    seen = set()
    for seed in range(12):
        status, _, err = run(reel, "train", "rare.csv", "--class-weights", "balanced", "--quiet", "--seed", str(seed), folder=folder)
        seen.add(status)
        check(status == 0 or ("no training sample is of class 'yew'" in err and "another --seed" in err), err)
        for verb in ["graph"], ["sweep", "--seconds", "0.001", "--rates", "0.1", "--batches", "8"]:
            same, _, _ = run(reel, verb[0], "rare.csv", "--class-weights", "balanced", *verb[1:], *(["--seed", str(seed)] if verb[0] != "graph" else []), folder=folder)
            check(same == status or verb[0] == "graph", verb, same, status)
    check(seen == {0, 1}, "twelve seeds part the rows in one way only")


TESTS = [a_failed_run_replaces_nothing, a_run_that_cannot_be_written_does_not_begin, a_resumed_run_goes_on_in_its_own_folder,
         files_of_text_are_replaced_at_once, what_does_not_fit_replaces_nothing, columns_are_matched_by_name, names_that_look_like_numbers_are_names,
         predicting_does_not_look_at_the_label_column, a_model_remembers_how_its_data_were_read,
         test_samples_have_labels_of_their_own, classes_without_samples_are_named]


def main(program):
    for test in TESTS:
        with tempfile.TemporaryDirectory() as folder:
            write(folder, "train.csv", table("height,spread,kind", TRAIN))
            write(folder, "test.csv", table("height,spread,kind", TEST))
            test(os.path.abspath(program), folder)
    print(f"{len(TESTS)} promises kept")


main(*sys.argv[1:])
