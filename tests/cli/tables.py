#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tables.py PROGRAM: tables as other programs write them, and what the program says of them.

What a reader makes of a text is tested in tests/models; here it is tried that the options reach it, that a model
remembers what its data were read with, and that what is noticed is said.
"""
import json
import os
import random
import re
import struct
import sys
import tempfile

from program import content, fine, run, write

dice = random.Random(11)


def rows(count, kinds=("oak", "elm")):
    """(height, width, kind) of trees that can be told apart by their heights."""
    return [(f"{5 * (i % len(kinds)) + dice.gauss(0, 0.4):.3f}", f"{dice.gauss(3, 1):.3f}", kinds[i % len(kinds)]) for i in range(count)]


def text(table, header="height,width,kind"):
    return "".join(",".join(row) + "\n" for row in ([header.split(",")] if header else []) + [list(row) for row in table])


def check(condition, *what):
    if not condition:
        sys.exit(f"{sys._getframe(1).f_code.co_name}: {' '.join(map(str, what))}")


def trained(reel, folder, *arguments):
    return json.loads(fine(reel, "train", *arguments, "--json", "--quiet", "--out", "run", folder=folder))


def refused(reel, folder, status, text_, *arguments):
    got, out, err = run(reel, *arguments, folder=folder)
    check(got == status and out == "" and text_ in err, arguments, "exit status", got, err)


MODEL = os.path.join("run", "model.safetensors")


def columns_are_meant_by_number(reel, folder):
    write(folder, "bare.data", text([(k, h, w) for h, w, k in rows(60)], header=None))
    refused(reel, folder, 1, "'oak' in column 1 is not a number: features are numbers, and one column only is the label. Is it that "
            "one? Then say so with --label. As in --label 1, or --ignore 1, which leaves it out.", "train", "bare.data")
    refused(reel, folder, 1, "--label 1", "train", "bare.data", "--header", "no")
    check(trained(reel, folder, "bare.data", "--label", "1")["test_accuracy"] > 0.9)
    check(json.loads(fine(reel, "eval", MODEL, "bare.data", "--json", folder=folder))["accuracy"] > 0.9)
    write(folder, "unlabelled.data", text([(h, w) for h, w, _ in rows(5)], header=None))
    check(len(fine(reel, "predict", MODEL, "unlabelled.data", folder=folder).split()) == 6)


def columns_are_left_out_and_the_model_remembers(reel, folder):
    table = [(str(i), "Hill Street", *row) for i, row in enumerate(rows(60))]
    write(folder, "frame.csv", text(table, ",street,height,width,kind"))
    status, _, err = run(reel, "train", "frame.csv", "--ignore", "street", "--quiet", folder=folder)
    check(status == 0 and "frame.csv: column 1 ('') numbers the rows" in err and "--ignore 1 leaves it out" in err, err)
    said = trained(reel, folder, "frame.csv", "--ignore", "1,street")
    check(said["test_accuracy"] > 0.9, said)
    _, _, err = run(reel, "train", "frame.csv", "--ignore", "1,street", "--quiet", folder=folder)
    check(err == "", err)
    all_of_it = fine(reel, "predict", MODEL, "frame.csv", folder=folder)
    check(all_of_it.split()[1:3] == ["oak", "elm"], all_of_it)
    write(folder, "turned.csv", text([(k, w, h) for _, _, h, w, k in table], "kind,width,height"))
    check(fine(reel, "predict", MODEL, "turned.csv", folder=folder) == all_of_it, "columns are not found by their names")
    check(fine(reel, "eval", MODEL, "turned.csv", folder=folder) == fine(reel, "eval", MODEL, "frame.csv", folder=folder))
    refused(reel, folder, 1, "ignore 'road': there is no column of this name or number", "train", "frame.csv", "--ignore", "road")


def columns_are_matched_whatever_they_are_called(reel, folder):
    table = rows(60)
    for names in ("column a,column b,kind", "column 1,column 2,kind", "2,1,kind"):
        first, second, kind = names.split(",")
        write(folder, "named.csv", text(table, names))
        write(folder, "swapped.csv", text([(w, h, k) for h, w, k in table], f"{second},{first},{kind}"))
        trained(reel, folder, "named.csv", "--header", "yes")
        right = fine(reel, "predict", MODEL, "named.csv", "--header", "yes", folder=folder)
        check(fine(reel, "predict", MODEL, "swapped.csv", "--header", "yes", folder=folder) == right, names)
        said = trained(reel, folder, "named.csv", "--test", "swapped.csv", "--header", "yes")
        check(said["test_accuracy"] == said["train_accuracy"] > 0.9, names, said)


def dialects_are_read_as_told(reel, folder):
    table = rows(60)
    comma = "".join(f"{h.replace('.', ',')};{w.replace('.', ',')};{k}\n" for h, w, k in table)
    write(folder, "comma.csv", "sep=;\nheight;width;kind\n" + comma)
    refused(reel, folder, 1, "or say that commas are decimal, --decimal comma.", "train", "comma.csv")
    write(folder, "point.csv", text(table))
    right = trained(reel, folder, "point.csv")["test_loss"]
    check(trained(reel, folder, "comma.csv", "--decimal", "comma")["test_loss"] == right)
    write(folder, "blanks.txt", "% made by hand\n" + "".join(f"  {h}\t {w}   {k} \n" for h, w, k in table))
    refused(reel, folder, 1, "--comment %", "train", "blanks.txt")
    check(trained(reel, folder, "blanks.txt", "--separator", "blanks", "--comment", "%")["test_loss"] == right)
    write(folder, "marks.csv", text(table + [("-", "3", "oak"), ("none", "2", "elm")]))
    refused(reel, folder, 1, "if it stands for a missing value, say so: --missing-marks -.", "train", "marks.csv")
    marks = ["--missing-marks", "none,-", "--missing", "mean"]
    trained(reel, folder, "marks.csv", *marks)
    check(len(fine(reel, "predict", MODEL, "marks.csv", folder=folder).split()) == 63, "the model does not remember the marks")
    write(folder, "numbers.csv", text(table, "0,1,2"))
    _, _, err = run(reel, "train", "numbers.csv", "--quiet", folder=folder)
    check("numbers.csv: line 1" not in err, err)
    check(trained(reel, folder, "numbers.csv")["test_loss"] == right)


def sparse_text_counts_from_0_as_told(reel, folder):
    table = rows(60)
    write(folder, "zero.svm", "".join(f"{int(k == 'oak')} qid:1 0:{h} 1:{w}\n" for h, w, k in table))
    refused(reel, folder, 1, "'qid:1' tells the queries of a ranking apart, and is no feature; --ignore qid leaves it out", "train", "zero.svm")
    refused(reel, folder, 1, "scikit-learn writes it; --zero-based reads it so", "train", "zero.svm", "--ignore", "qid")
    check(trained(reel, folder, "zero.svm", "--ignore", "qid", "--zero-based")["test_accuracy"] > 0.9)
    check(json.loads(fine(reel, "eval", MODEL, "zero.svm", "--json", folder=folder))["accuracy"] > 0.9)
    refused(reel, folder, 2, "--zero-based has no effect on 'trees.csv', which is CSV", "train", "trees.csv", "--zero-based")


def every_class_is_in_a_stratified_split(reel, folder):
    table = rows(60) + [("50", "3", "yew"), ("51", "3", "yew")]
    write(folder, "rare.csv", text(table))
    for seed in range(8):
        said = trained(reel, folder, "rare.csv", "--stratify", "--class-weights", "balanced", "--patience", "4", "--seed", str(seed))
        check(said["epochs"] > 0, said)
    statuses = [run(reel, "train", "rare.csv", "--class-weights", "balanced", "--test-share", "0.5", "--quiet", "--seed", str(seed),
                    folder=folder) for seed in range(8)]
    failed = [err for status, _, err in statuses if status != 0]
    check(failed and all("no training sample is of class 'yew'. --stratify keeps" in err for err in failed), failed)


def saved_again(data, change):
    """A model file as another program writes it: its header read and written anew, numbers as `change` makes them."""
    (length,) = struct.unpack_from("<Q", data)
    header, body, at = json.loads(data[8:8 + length]), data[8 + length:], 0
    numbers = b""
    for name in [n for n in header if n != "__metadata__"]:
        begin, end = header[name]["data_offsets"]
        header[name]["dtype"], packed = change(struct.unpack(f"<{(end - begin) // 4}f", body[begin:end]))
        numbers += packed
        header[name]["data_offsets"] = [at, at + len(packed)]
        at += len(packed)
    out = json.dumps(header).encode()
    return struct.pack("<Q", len(out)) + out + numbers


def a_model_saved_by_another_program_is_read_on_request(reel, folder):
    trained(reel, folder, "trees.csv")
    right = fine(reel, "predict", MODEL, "trees.csv", folder=folder)
    changes = {"float": lambda x: ("F32", struct.pack(f"<{len(x)}f", *x)), "double": lambda x: ("F64", struct.pack(f"<{len(x)}d", *x)),
               "half": lambda x: ("F16", struct.pack(f"<{len(x)}e", *x))}
    for name, change in changes.items():
        path = os.path.join(folder, f"{name}.safetensors")
        with open(path, "wb") as file:
            file.write(saved_again(content(folder, MODEL), change))
        refused(reel, folder, 1, "was saved again by another program: read it unverified if you trust it: --unverified.", "predict", path, "trees.csv")
        status, out, err = run(reel, "predict", path, "trees.csv", "--unverified", folder=folder)
        check(status == 0 and out == right and "not verified: the checksum is that of another file" in err, name, status, err)
    _, _, err = run(reel, "eval", MODEL, "trees.csv", "--unverified", folder=folder)
    check(err == "", err)


def numbers_that_are_no_features_are_refused(reel, folder):
    refused(reel, folder, 2, "'1e-320' is no scale", "train", "trees.csv", "--scale", "1e-320")
    refused(reel, folder, 1, "--scale 1e-38: 'height' of row", "train", "trees.csv", "--scale", "1e-38")
    table = [(h, "0.7" if i % 2 else repr(0.1 + 0.6), k) for i, (h, _, k) in enumerate(rows(60))]
    write(folder, "nearly.csv", text(table))
    trained(reel, folder, "nearly.csv")
    write(folder, "new.csv", text([(h, "0.71", k) for h, _, k in rows(20)]))
    said = json.loads(fine(reel, "eval", MODEL, "new.csv", "--json", folder=folder))
    check(said["accuracy"] > 0.9 and said["loss"] < 1, said)
    write(folder, "quoted.csv", text([(h, w, '"01"' if k == "oak" else '"1"') for h, w, k in rows(60)]))
    out = fine(reel, "train", "quoted.csv", "--quiet", "--out", "run", folder=folder)
    check(re.search(r"predicted\s+01\s+1", out), out)
    write(folder, "array.npz", "PK\x03\x04" + "\0" * 22 + "\x05\0\0\0x.npy")
    refused(reel, folder, 1, "this is an NPZ file", "train", "array.npz")


TESTS = [columns_are_meant_by_number, columns_are_left_out_and_the_model_remembers, columns_are_matched_whatever_they_are_called,
         dialects_are_read_as_told, sparse_text_counts_from_0_as_told, every_class_is_in_a_stratified_split,
         a_model_saved_by_another_program_is_read_on_request, numbers_that_are_no_features_are_refused]


def main(program):
    reel = os.path.abspath(program)
    for test in TESTS:
        with tempfile.TemporaryDirectory() as folder:
            write(folder, "trees.csv", text(rows(60)))
            test(reel, folder)
    print(f"{len(TESTS)} promises kept")


main(*sys.argv[1:])
