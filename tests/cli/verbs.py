#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""verbs.py PROGRAM: what each verb of the program promises, tried from outside."""
import csv
import json
import math
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import xml.dom.minidom

from program import content, fine, run, write
from reference import Model

DATA = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "models", "data", "sets")

dice = random.Random(4)


def flowers(count, labels=True):
    """Three kinds that can nearly be told apart."""
    rows = ["length,width,kind" if labels else "length,width"]
    for i in range(count):
        kind = i % 3
        row = [f"{kind + dice.gauss(0, 0.3):.4f}", f"{-2 * kind + dice.gauss(0, 0.5):.4f}"]
        rows.append(",".join(row + (["rose", "a, b", 'say "hi"'][kind:kind + 1] if kind == 0 else [['"a, b"', '"say ""hi"""'][kind - 1]] if labels else [])))
    return "\n".join(rows) + "\n"


def table(text):
    return list(csv.reader(text.splitlines()))


def check(condition, *what):
    if not condition:
        sys.exit(f"{sys._getframe(1).f_code.co_name}: {' '.join(map(str, what))}")


def metadata(saved):
    size, = struct.unpack_from("<Q", saved)
    return json.loads(saved[8:8 + size])["__metadata__"]


def training_writes_what_it_says(reel, folder):
    status, out, err = run(reel, "train", "flowers.csv", "--json", "--quiet", "--seed", "3", folder=folder)
    check(status == 0 and err == "", "on stderr in spite of --quiet:", err)
    said = json.loads(out)
    for key in "train_loss train_accuracy test_loss test_accuracy epochs seconds seconds_per_epoch model history".split():
        check(key in said, "no", key, "in", out)
    check(said["epochs"] == 20 and said["test_accuracy"] > 0.7, out)
    lines = [json.loads(line) for line in open(os.path.join(folder, said["history"]), encoding="utf-8")]
    check([line["epoch"] for line in lines] == list(range(1, 21)), "the history has other epochs")
    check(lines[-1]["loss"] < lines[0]["loss"], "the loss has not fallen")
    xml.dom.minidom.parse(os.path.join(folder, said["picture"]))
    text = fine(reel, "train", "flowers.csv", "--quiet", "--seed", "3", folder=folder)
    for expected in ("rose", "a, b", 'say "hi"', "accuracy", "epoch", said["model"]):
        check(expected in text, f"no '{expected}' in:", text)


def the_same_settings_give_the_same_bytes(reel, folder):
    def model(*arguments):
        fine(reel, "train", "flowers.csv", "--quiet", "--out", "twin", *arguments, folder=folder)
        return content(folder, "twin", "model.safetensors")
    first = model("--seed", "1", "--hidden", "5,4", "--momentum", "0.5", "--nesterov")
    check(first == model("--seed", "1", "--hidden", "5,4", "--momentum", "0.5", "--nesterov"), "one seed, two models")
    check(first != model("--seed", "2", "--hidden", "5,4", "--momentum", "0.5", "--nesterov"), "two seeds, one model")
    write(folder, "same.conf", '# a comment\nseed = 1 # and another\nhidden = "5,4"\nmomentum = 0.9\n\nnesterov = true\n')
    check(first == model("--config", "same.conf", "--momentum", "0.5"), "settings from a file give another model")


def a_model_is_as_good_as_training_said(reel, folder):
    said = json.loads(fine(reel, "train", "flowers.csv", "--test", "more.csv", "--json", "--quiet", folder=folder))
    again = json.loads(fine(reel, "eval", said["model"], "more.csv", "--json", folder=folder))
    check(again["loss"] == said["test_loss"] and again["accuracy"] == said["test_accuracy"], again, said)
    check(again["macro_f1"] == said["test_macro_f1"], again, said)
    check(sum(map(sum, again["confusion"])) == again["samples"] == 60, again)
    check(set(again["classes"]) == {"rose", "a, b", 'say "hi"'}, again)


def predictions_are_csv_whether_the_classes_are_there_or_not(reel, folder):
    fine(reel, "train", "flowers.csv", "--quiet", folder=folder)
    model = os.path.join("reel-flowers", "model.safetensors")
    classes = table(fine(reel, "predict", model, "more.csv", folder=folder))
    check(classes[0] == ["class"] and len(classes) == 61, classes[:2])
    shares = table(fine(reel, "predict", model, "more.csv", "--proba", folder=folder))
    check(sorted(shares[0]) == ["a, b", "rose", 'say "hi"'], shares[0])
    for (predicted,), row in zip(classes[1:], shares[1:]):
        numbers = [float(x) for x in row]
        check(abs(sum(numbers) - 1) < 1e-6 and shares[0][numbers.index(max(numbers))] == predicted, row, predicted)
    bare = "".join(line.rsplit(",", 1)[0] + "\n" if '"' not in line else line.split(',"')[0] + "\n"
                   for line in open(os.path.join(folder, "more.csv"), encoding="utf-8").read().splitlines())
    write(folder, "bare.csv", bare)
    check(table(fine(reel, "predict", model, "bare.csv", folder=folder)) == classes, "without classes, others are predicted")
    fine(reel, "predict", model, "bare.csv", "--out", "classes.csv", folder=folder)
    check(table(content(folder, "classes.csv").decode()) == classes, "the file holds other classes")


def a_model_knows_what_the_classes_are_called(reel, folder):
    turned = "".join(",".join([row[2].replace(", ", "-").replace('"', ""), row[0], row[1]]) + "\n"
                     for row in table(open(os.path.join(folder, "flowers.csv"), encoding="utf-8").read()))
    write(folder, "turned.csv", turned)
    said = json.loads(fine(reel, "train", "turned.csv", "--label", "kind", "--json", "--quiet", folder=folder))
    check(json.loads(fine(reel, "eval", said["model"], "turned.csv", "--json", folder=folder))["accuracy"] > 0.7, said)
    check(len(table(fine(reel, "predict", said["model"], "turned.csv", folder=folder))) == 121)


def a_graph_is_what_would_run(reel, folder):
    dot = fine(reel, "graph", "flowers.csv", "--hidden", "7", folder=folder)
    check(dot.startswith("digraph") and dot.rstrip().endswith("}") and "matmul" in dot and "[32x7]" in dot, dot)
    words = fine(reel, "graph", "flowers.csv", "--hidden", "7", "--optimizer", "adam", "--explain", folder=folder)
    check("fusion" in words and "sqrt" in words, words)


def a_sweep_tries_everything(reel, folder):
    said = json.loads(fine(reel, "sweep", "flowers.csv", "--batches", "0,8", "--rates", "0.1,0.5", "--seconds", "0.02",
                           "--json", "--quiet", folder=folder))
    check([(t["batch"], t["rate"]) for t in said["trials"]] == [(0, 0.1), (0, 0.5), (8, 0.1), (8, 0.5)], said)
    check(any(t["seconds_to_target"] is not None for t in said["trials"]), said)
    xml.dom.minidom.parse(os.path.join(folder, said["picture"]))
    check("quickest" in fine(reel, "sweep", "flowers.csv", "--batches", "8,16", "--seconds", "0.02", "--quiet", folder=folder))


def a_comparison_has_three_methods(reel, folder):
    said = json.loads(fine(reel, "compare", "flowers.csv", "--rates", "0.05,0.2", "--seconds", "0.02", "--json", "--quiet", folder=folder))
    check([m["batch"] for m in said["methods"]] == [0, 1, 32], said)
    for method in said["methods"]:
        start, end = method["points"][0], method["points"][-1]
        check(start["epochs"] == 0 and abs(start["train_loss"] - math.log(3)) < 1e-6, start)
        check(end["train_loss"] < start["train_loss"] and end["epochs"] > 0, end)
    xml.dom.minidom.parse(os.path.join(folder, said["picture"]))


def what_an_optimizer_keeps_stays_finite(reel, folder):
    rows = [f"{i % 3}.5,{i % 2},{'ab'[i % 2]}" for i in range(40)]
    rows[7] = f"3e24,1,{'ab'[7 % 2]}"
    with open(os.path.join(folder, "huge_cell.csv"), "w") as file:
        file.write("x,y,label\n" + "\n".join(rows) + "\n")
    status, out, err = run(reel, "train", "huge_cell.csv", "--scale", "none", "--optimizer", "adam", "--lr", "1e-30", "--test-share",
                           "0.1", "--batch", "4", "--quiet", folder=folder)
    check(status == 1 and "the second moment of parameter '0' is not finite" in err and "--scale standardize" in err, out, err)


def patience_ends_training(reel, folder):
    said = json.loads(fine(reel, "train", "flowers.csv", "--epochs", "2000", "--patience", "3", "--min-delta", "0.01", "--optimizer",
                           "adamw", "--weight-decay", "0.01", "--clip", "1", "--class-weights", "balanced", "--warm-up", "20",
                           "--json", "--quiet", folder=folder))
    check(said["stopped"] == "patience" and said["epochs"] < 2000 and "has not improved for 3 epochs" in said["why"], said)
    said = json.loads(fine(reel, "train", "flowers.csv", "--epochs", "1000000", "--seconds", "0.05", "--json", "--quiet", folder=folder))
    check(said["stopped"] == "time" and 0.05 <= said["seconds"] < 5, said)
    check(said["why"].startswith("the time budget of 0.05 s was spent after "), said)


def ctrl_c_saves_and_a_run_goes_on_to_the_same_bytes(reel, folder):
    for how in signal.SIGINT, signal.SIGTERM:
        interrupted(reel, folder, how)
        shutil.rmtree(os.path.join(folder, "broken"))


def interrupted(reel, folder, how):
    settings = ["--epochs", "4000", "--hidden", "16", "--optimizer", "adam", "--seed", "9"]
    with subprocess.Popen([reel, "train", "flowers.csv", *settings, "--out", "broken"], cwd=folder, encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as training:
        while "epoch " not in training.stderr.readline():
            pass
        training.send_signal(how)
        out, err = training.communicate(timeout=60)
    check(training.returncode == 130 and "interrupted after step" in err, training.returncode, err)
    check(f"reel train --resume {os.path.join('broken', 'checkpoint.safetensors')}" in err, err)
    check(not os.path.exists(os.path.join(folder, "broken", "model.safetensors")), "there is a model of an interrupted run")
    fine(reel, "train", "--resume", os.path.join("broken", "checkpoint.safetensors"), "--out", "broken", "--quiet", folder=folder)
    fine(reel, "train", "flowers.csv", *settings, "--out", "whole", "--quiet", folder=folder)
    check(content(folder, "broken", "model.safetensors") == content(folder, "whole", "model.safetensors"), "other bytes")
    untimed = [[{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in content(folder, name, "history.jsonl").splitlines()]
               for name in ("broken", "whole")]
    check(untimed[0] == untimed[1], "the histories differ")


def classes_that_are_seldom_meant_are_named(reel, folder):
    rows = [f"{i % 7},{i % 3},{'rose' if i % 2 else 'iris'}\n" for i in range(20)]
    write(folder, "typo.csv", "".join(rows[:-1] + ["1,2,irris\n"]))
    _, _, err = run(reel, "train", "typo.csv", folder=folder)
    check("there is one sample only of class 'irris': is it misspelt?" in err, err)
    write(folder, "one.csv", "".join(row for row in rows if "rose" in row))
    _, _, err = run(reel, "train", "one.csv", folder=folder)
    check("all samples are of one class, 'rose'" in err, err)
    _, _, err = run(reel, "train", "flowers.csv", folder=folder)
    check("class '" not in err, err)
    write(folder, "a.csv", "".join(rows + ["3,3,fir\n"]))
    write(folder, "b.csv", "".join(rows[:5] + ["3,3,fir\n"]))
    _, _, err = run(reel, "train", "a.csv", "--test", "b.csv", folder=folder)
    check("class 'fir'" not in err, "there is one to train with and one to test with:", err)


def checkpoints_are_saved_every_so_many_epochs(reel, folder):
    settings = ["flowers.csv", "--epochs", "7", "--patience", "7", "--quiet"]
    fine(reel, "train", *settings, "--save-every", "3", "--out", "whole", folder=folder)
    fine(reel, "train", "--resume", os.path.join("whole", "checkpoint.safetensors"), "--out", "again", "--quiet", folder=folder)
    check(content(folder, "whole", "model.safetensors") == content(folder, "again", "model.safetensors"), "other bytes")
    saved = metadata(content(folder, "whole", "checkpoint.safetensors"))
    check(saved["at.steps"] == "18", "86 rows are 3 batches, and the last epoch but one is no third one:", saved["at.steps"])
    with open(os.path.join(folder, "again", "history.jsonl"), encoding="utf-8") as file:
        check([json.loads(line)["epoch"] for line in file] == list(range(1, 8)), "epochs are missing, or there twice")
    fine(reel, "train", *settings, "--out", "bare", folder=folder)
    check(not os.path.exists(os.path.join(folder, "bare", "checkpoint.safetensors")), "a checkpoint that nobody asked for")


def what_does_not_change_the_model(reel, folder):
    settings = ["flowers.csv", "--hidden", "40", "--optimizer", "adam", "--epochs", "3", "--batch", "50"]
    def model(*arguments):
        fine(reel, "train", *arguments, "--quiet", "--out", "twin", folder=folder)
        return content(folder, "twin", "model.safetensors")
    expected = model(*settings)
    for threads in "2", "3", "7":
        check(model(*settings, "--threads", threads) == expected, "another model with", threads, "threads")
    check(model(*settings, "--save-every", "1") == expected, "another model with checkpoints")
    fine(reel, "train", *settings, "--stop-after", "4", "--quiet", "--out", "twin", folder=folder)
    checkpoint = os.path.join("twin", "checkpoint.safetensors")
    check(model(*settings[:-2], "--resume", checkpoint, "--threads", "2") == expected, "a run does not take its own settings")


def a_run_is_not_resumed_with_other_data(reel, folder):
    fine(reel, "train", "flowers.csv", "--stop-after", "3", "--out", "stopped", "--quiet", folder=folder)
    def refused(text, *what):
        write(folder, "flowers.csv", text)
        status, out, err = run(reel, "train", "--resume", os.path.join("stopped", "checkpoint.safetensors"), folder=folder)
        check(status == 1 and out == "" and all(part in err for part in ("the run was on other data", *what)), err)
    flowers_there = content(folder, "flowers.csv").decode()
    refused(flowers_there.replace(".1", ".2"), "features of shape [96x2] as now, but with other numbers")
    refused(flowers_there + "0,0,rose\n" * 5, "features of shape [96x2], which is [100x2] now")
    refused(flowers_there.replace(",rose\n", ",R\n").replace(',"a, b"\n', ",rose\n").replace(",R\n", ',"a, b"\n'), "labels of shape [96]")
    write(folder, "flowers.csv", flowers_there)
    fine(reel, "train", "--resume", os.path.join("stopped", "checkpoint.safetensors"), "--quiet", folder=folder)


def settings_are_read_as_they_are_meant(reel, folder):
    def model(*arguments):
        fine(reel, "train", *arguments, "--quiet", "--out", "twin", folder=folder)
        return Model(content(folder, "twin", "model.safetensors")).layers
    os.rename(os.path.join(folder, "flowers.csv"), os.path.join(folder, "my #1 flowers.csv"))
    expected = model("my #1 flowers.csv", "--epochs", "3", "--momentum", "0.5", "--nesterov")
    others = model("my #1 flowers.csv", "--epochs", "3", "--momentum", "0.5")
    check(expected != others, "Nesterov's momentum is none")
    for data in '"my #1 flowers.csv"', "'my #1 flowers.csv'", '"my #1 flowers.csv" # not #2', "  'my #1 flowers.csv'  ":
        for end in "\n", "\r\n":
            lines = [f"data = {data}", "", "# epochs = 9", "epochs=3", "\tmomentum =0.5", "nesterov = true"]
            write(folder, "a.conf", end.join(lines) + end)
            check(model("--config", "a.conf") == expected, lines)
    write(folder, "b.conf", "data = 'my #1 flowers.csv'\nepochs = 3\nmomentum = 0.5\nnesterov = false\nhidden = none")
    check(model("--config", "b.conf") == others)
    check(model("--config", "b.conf", "--nesterov") == expected)


def features_are_scaled_as_their_data_ask_for(reel, folder):
    def scale(*arguments):
        fine(reel, "train", *arguments, "--epochs", "0", "--quiet", "--out", "scaled", folder=folder)
        model = Model(content(folder, "scaled", "model.safetensors"))
        return model.shift, model.divisor
    check(scale("digits") == ([0] * 64, [16] * 64))
    check(scale("iris") == ([0] * 4, [1] * 4))
    check(scale("flowers.csv", "--scale", "none") == ([0, 0], [1, 1]))
    check(scale("flowers.csv", "--scale", "2.5") == ([0, 0], [2.5, 2.5]))
    check(scale("flowers.csv") == scale("flowers.csv", "--scale", "standardize") != scale("flowers.csv", "--scale", "auto", "--seed", "1"))
    with open(os.path.join(folder, "images.idx"), "wb") as file:
        file.write(b"\0\0\x08\x03\0\0\0\x0a\0\0\0\x02\0\0\0\x01" + bytes(range(0, 200, 10)))
    with open(os.path.join(folder, "labels.idx"), "wb") as file:
        file.write(b"\0\0\x08\x01\0\0\0\x0a" + bytes(i % 2 for i in range(10)))
    check(scale("images.idx", "--labels", "labels.idx") == ([0, 0], [255, 255]))
    # Of the data sets with a split of their own, every fifth row is one to test with.
    with open(os.path.join(DATA, "iris.csv"), encoding="utf-8") as file:
        rows = [list(map(float, row[:4])) for row in list(csv.reader(file))[1:]]
    mean = [math.fsum(column) / 120 for column in zip(*(row for i, row in enumerate(rows) if i % 5 != 4))]
    check(all(math.isclose(x, y) for x, y in zip(mean, scale("iris", "--scale", "standardize")[0], strict=True)), mean)


def a_run_is_called_after_its_data(reel, folder):
    os.makedirs(os.path.join(folder, "sub.d"))
    for name, run_folder in ("sub.d/plants.2024.csv", "reel-plants"), (".hidden.csv", "reel-.hidden"), ("bare", "reel-bare"):
        os.rename(os.path.join(folder, "flowers.csv"), os.path.join(folder, name))
        out = fine(reel, "train", name, "--quiet", folder=folder)
        check(f"wrote {run_folder}/model.safetensors, {run_folder}/history.jsonl, {run_folder}/loss.svg\n" in out, out)
        for verb in "sweep", "compare":
            out = fine(reel, verb, name, "--seconds", "0.01", "--rates", "0.1", "--quiet", folder=folder)
            check(f"wrote {run_folder.replace('reel-', f'reel-{verb}-')}.svg\n" in out, out)
        os.rename(os.path.join(folder, name), os.path.join(folder, "flowers.csv"))


def pictures_have_a_line_for_everything(reel, folder):
    def drawn(name):
        picture = xml.dom.minidom.parse(os.path.join(folder, name))
        return [len(line.getAttribute("points").split()) for line in picture.getElementsByTagName("polyline")], \
            [text.firstChild.data for text in picture.getElementsByTagName("text")]
    fine(reel, "sweep", "flowers.csv", "--batches", "0,4,16", "--rates", "0.1,0.2", "--seconds", "0.05", "--target", "0.9", "--out", "s.svg", folder=folder)
    lines, words = drawn("s.svg")
    check(len(lines) == 2 + 3 and lines[:2] == [2, 2] and min(lines[2:]) > 3, "0, all samples, is on no logarithmic axis", lines)
    check({"rate 0.1", "rate 0.2", "seconds until the training loss is 0.9", "samples per step"} <= set(words), words)
    check(sum(word.startswith(("all a step, rate ", "4 a step, rate ", "16 a step, rate ")) for word in words) == 3, words)
    fine(reel, "compare", "flowers.csv", "--rates", "0.1", "--seconds", "0.05", "--out", "c.svg", folder=folder)
    lines, words = drawn("c.svg")
    check(len(lines) == 12 and min(lines) > 2 and words.count("the same, test loss") == 6, lines, words)
    check({"loss against seconds", "loss against epochs", "gradient descent", "SGD, single samples", "SGD, minibatches of 32"} <= set(words), words)
    fine(reel, "train", "flowers.csv", "--patience", "9", "--epochs", "5", "--quiet", folder=folder)
    lines, words = drawn(os.path.join("reel-flowers", "loss.svg"))
    check(lines == [5, 5] and {"loss on flowers", "training", "validation", "epoch", "loss"} <= set(words), lines, words)


def trials_that_all_diverge_are_told(reel, folder):
    for verb, text in ("sweep", "every trial diverged: try smaller rates"), ("compare", "a method diverged at every rate: try smaller ones"):
        status, out, err = run(reel, verb, "flowers.csv", "--rates", "1e30,1e35", "--seconds", "0.02", "--quiet", folder=folder)
        check(status == 1 and out == "" and text in err, status, out, err)
        check(not os.path.exists(os.path.join(folder, f"reel-{verb}-flowers.svg")), "a picture of nothing")
    said = json.loads(fine(reel, "compare", "flowers.csv", "--rates", "1e30,0.1", "--seconds", "0.02", "--json", "--quiet", folder=folder))
    check(all(m["rate"] == 0.1 for m in said["methods"]), said)


def a_stop_is_told_in_json(reel, folder):
    for step in "1", "7", "12":
        said = json.loads(fine(reel, "train", "flowers.csv", "--stop-after", step, "--json", "--quiet", "--out", "stopped", folder=folder))
        check(said == {"stopped": "interrupted", "why": f"interrupted after step {step}",
                       "checkpoint": os.path.join("stopped", "checkpoint.safetensors")}, said)


def gradient_descent_goes_on_where_it_stopped(reel, folder):
    settings = ["flowers.csv", "--batch", "0", "--epochs", "9", "--hidden", "3", "--optimizer", "adam", "--lr", "0.1", "--quiet"]
    fine(reel, "train", *settings, "--out", "whole", folder=folder)
    for step in range(1, 9):
        fine(reel, "train", *settings, "--stop-after", str(step), "--out", "parts", folder=folder)
        fine(reel, "train", "--resume", os.path.join("parts", "checkpoint.safetensors"), "--quiet", folder=folder)
        check(content(folder, "parts", "model.safetensors") == content(folder, "whole", "model.safetensors"), "stopped after", step)


def validation_rows_are_drawn_by_the_seed(reel, folder):
    """Of softmax regression on all rows, the seed moves nothing else."""
    def validated(seed):
        said = json.loads(fine(reel, "train", "flowers.csv", "--test", "more.csv", "--batch", "0", "--epochs", "4", "--patience", "9",
                               "--seed", seed, "--json", "--quiet", folder=folder))
        with open(os.path.join(folder, said["history"]), encoding="utf-8") as file:
            return [json.loads(line)["validation_loss"] for line in file]
    check(validated("1") == validated("1") != validated("2"))


def a_bar_is_for_terminals(reel, folder):
    arguments = [reel, "train", "flowers.csv", "--epochs", "2000000", "--seconds", "1"]
    _, _, err = run(reel, *arguments[1:], folder=folder)
    check("\r" not in err and "\x1b" not in err, "a bar where there is no terminal")
    check(err.count("\n") < 40, "more than a line now and then:", err)
    try:
        import pty
        master, terminal = pty.openpty()
    except (ImportError, OSError) as why:
        print(f"there is no pseudo-terminal here, so that none is tried: {why}")
        return
    with subprocess.Popen(arguments, cwd=folder, stdout=subprocess.DEVNULL, stderr=terminal) as training:
        os.close(terminal)
        seen = b""
        try:
            while piece := os.read(master, 4096):
                seen += piece
        except OSError:  # the other end is closed
            pass
    os.close(master)
    # How full it is depends on how many of the epochs the time was enough for.
    drawn = "█".encode() in seen or "░".encode() in seen
    check(training.returncode == 0 and drawn and b"\r" in seen, "no bar on a terminal")


TESTS = [training_writes_what_it_says, what_an_optimizer_keeps_stays_finite, classes_that_are_seldom_meant_are_named, the_same_settings_give_the_same_bytes, a_model_is_as_good_as_training_said,
         predictions_are_csv_whether_the_classes_are_there_or_not,
         a_model_knows_what_the_classes_are_called, a_graph_is_what_would_run, a_sweep_tries_everything,
         a_comparison_has_three_methods, patience_ends_training,
         ctrl_c_saves_and_a_run_goes_on_to_the_same_bytes, checkpoints_are_saved_every_so_many_epochs,
         what_does_not_change_the_model, a_run_is_not_resumed_with_other_data, settings_are_read_as_they_are_meant,
         features_are_scaled_as_their_data_ask_for, a_run_is_called_after_its_data, pictures_have_a_line_for_everything,
         trials_that_all_diverge_are_told, a_stop_is_told_in_json, gradient_descent_goes_on_where_it_stopped,
         validation_rows_are_drawn_by_the_seed, a_bar_is_for_terminals]


def main(program):
    reel = os.path.abspath(program)
    for test in TESTS:
        with tempfile.TemporaryDirectory() as folder:
            write(folder, "flowers.csv", flowers(120))
            write(folder, "more.csv", flowers(60))
            test(reel, folder)
    print(f"{len(TESTS)} promises kept")


main(*sys.argv[1:])
