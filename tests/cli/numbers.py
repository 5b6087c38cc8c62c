#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""numbers.py PROGRAM: every number that a verb reports is what its name says, by formulas of this test's own."""
import csv
import json
import math
import os
import random
import re
import sys
import tempfile
import time

from program import content, fine, run, write
from reference import Model, Report, alike, largest

KINDS = ["elm", "oak", "yew"]
dice = random.Random(11)


def trees(counts):
    """Rows that overlap, so that no score is 0 or 1, of classes that are not equally many."""
    rows = [([kind + dice.gauss(0, 0.9), -kind * kind + dice.gauss(0, 1.5), dice.gauss(0, 1)], KINDS[kind])
            for kind, count in enumerate(counts) for _ in range(count)]
    dice.shuffle(rows)
    return rows


TRAIN, TEST = trees([40, 25, 35]), trees([9, 21, 15])


def text(rows):
    return "height,girth,age,kind\n" + "".join(",".join(map(repr, x)) + f",{kind}\n" for x, kind in rows)


def check(condition, *what):
    if not condition:
        sys.exit(f"{sys._getframe(1).f_code.co_name}: {' '.join(map(str, what))}")


def report(model, rows):
    return Report(model, *zip(*rows))


def trained(reel, folder, *arguments):
    """What training on train.csv with test.csv said, and its model."""
    said = json.loads(fine(reel, "train", "train.csv", "--test", "test.csv", "--json", "--quiet", *arguments, folder=folder))
    return said, Model(content(folder, said["model"]))


def history(folder, said):
    with open(os.path.join(folder, said["history"]), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def seconds_of(duration):
    number, unit = duration.split()
    return float(number) * {"s": 1, "ms": 1e-3, "µs": 1e-6}[unit]


def training_reports_its_model(reel, folder):
    for more in [], ["--hidden", "6,4", "--optimizer", "adam", "--lr", "0.02"]:
        said, model = trained(reel, folder, *more)
        train, test = report(model, TRAIN), report(model, TEST)
        wrong = train.differs(said, "train_") + test.differs(said, "test_")
        check(not wrong and 0.4 < test.accuracy < 1, wrong, test.accuracy)
        printed = fine(reel, "train", "train.csv", "--test", "test.csv", "--quiet", *more, folder=folder)
        check(printed.startswith(train.line("train") + test.line("test")), printed)
        rows = [line.split() for line in printed.splitlines()[3:7]]
        check(rows[0] == ["true", "\\", "predicted", *KINDS], rows)
        check([[int(x) for x in row[1:]] for row in rows[1:]] == test.confusion and [row[0] for row in rows[1:]] == KINDS, rows)


def evaluating_reports_its_samples(reel, folder):
    said, model = trained(reel, folder)
    for name, rows in ("train.csv", TRAIN), ("test.csv", TEST):
        own = report(model, rows)
        evaluated = json.loads(fine(reel, "eval", said["model"], name, "--json", folder=folder))
        check(not own.differs(evaluated) and evaluated["classes"] == KINDS, own.differs(evaluated))
        check(set(evaluated) == {"loss", "accuracy", "macro_f1", "calibration_error", "samples", "classes", "confusion"}, evaluated)
        printed = fine(reel, "eval", said["model"], name, folder=folder)
        check(printed.startswith(own.line("eval")), printed)
        check([[int(x) for x in line.split()[1:]] for line in printed.splitlines()[3:]] == own.confusion, printed)


def predictions_are_the_largest_probability(reel, folder):
    said, model = trained(reel, folder, "--hidden", "5")
    shares = [model.probabilities(x) for x, _ in TEST]
    classes = fine(reel, "predict", said["model"], "test.csv", folder=folder).splitlines()
    check(classes == ["class"] + [KINDS[largest(row)] for row in shares], classes)
    table = list(csv.reader(fine(reel, "predict", said["model"], "test.csv", "--proba", folder=folder).splitlines()))
    check(table[0] == KINDS, table[0])
    for row, own in zip(table[1:], shares, strict=True):
        check(all(math.isclose(float(p), q, rel_tol=2e-6) for p, q in zip(row, own, strict=True)), row, own)


def an_epoch_is_written_down_as_it_was(reel, folder):
    """Of gradient descent, the loss of an epoch is that at the parameters of the epoch before."""
    plain = ["--batch", "0", "--schedule", "constant", "--lr", "0.3"]
    said, _ = trained(reel, folder, *plain, "--epochs", "4", "--l2", "0")
    lines = history(folder, said)
    check([e["epoch"] for e in lines] == [1, 2, 3, 4] and all(e["steps"] == 1 for e in lines), lines)
    check(math.isclose(lines[0]["loss"], math.log(3), rel_tol=1e-6), lines[0])
    for line in lines[1:]:
        _, before = trained(reel, folder, *plain, "--epochs", str(line["epoch"] - 1), "--l2", "0", "--out", "before")
        check(math.isclose(line["loss"], report(before, TRAIN).loss, rel_tol=1e-5), line)
    penalised, _ = trained(reel, folder, *plain, "--epochs", "2", "--l2", "0.5")
    _, before = trained(reel, folder, *plain, "--epochs", "1", "--l2", "0.5", "--out", "before")
    penalty = 0.25 * math.fsum(w * w for weights, _ in before.layers for w in weights)
    check(math.isclose(history(folder, penalised)[1]["loss"], report(before, TRAIN).loss + penalty, rel_tol=1e-5), penalty)


def rates_follow_their_schedule(reel, folder):
    steps, epochs, rate = 4, 6, 0.2  # 100 rows in batches of 32

    def rates(*arguments):
        said, _ = trained(reel, folder, "--lr", str(rate), "--epochs", str(epochs), *arguments)
        lines = history(folder, said)
        check(all(line["steps"] == steps for line in lines), lines)
        return [line["rate"] for line in lines]

    def same(got, expected):
        check(all(math.isclose(x, y, rel_tol=1e-6) for x, y in zip(got, expected, strict=True)), got, expected)
    last = [steps * (k + 1) - 1 for k in range(epochs)]  # the number of the last step of each epoch, from 0
    same(rates("--schedule", "constant"), [rate] * epochs)
    same(rates(), [rate / 2 * (1 + math.cos(math.pi * t / (steps * epochs))) for t in last])
    same(rates("--schedule", "step", "--every", "2", "--factor", "0.1"), [rate * 0.1 ** (k // 2) for k in range(epochs)])
    same(rates("--schedule", "step"), [rate] * epochs)
    same(rates("--schedule", "step", "--every", "1"), [rate * 0.5 ** k for k in range(epochs)])
    same(rates("--schedule", "constant", "--warm-up", "10"), [rate * min(1, (t + 1) / 10) for t in last])


def time_adds_up(reel, folder):
    began = time.monotonic()
    said, _ = trained(reel, folder, "--epochs", "40")
    wall = time.monotonic() - began
    lines = history(folder, said)
    check(said["epochs"] == 40 and math.isclose(said["seconds"], sum(e["seconds"] for e in lines), rel_tol=1e-6), said)
    check(math.isclose(said["seconds_per_epoch"] * 40, said["seconds"], rel_tol=1e-6), said)
    check(0 < said["seconds_converting"] < said["seconds"] and said["seconds_reading"] > 0, said)
    check(said["seconds"] + said["seconds_reading"] < wall, said, wall)
    began = time.monotonic()
    printed = fine(reel, "train", "train.csv", "--test", "test.csv", "--quiet", "--epochs", "40", folder=folder)
    wall = time.monotonic() - began
    line = re.search(r"^(.*) per epoch, of which (.*) go into making batches; (.*) for reading the data$", printed, re.MULTILINE)
    check(line, printed)
    epoch, converting, reading = map(seconds_of, line.groups())
    check(0 < converting < epoch and 0 < reading and 40 * epoch + reading < wall, printed, wall)


def the_best_epoch_is_kept(reel, folder):
    """Validation rows are training rows: what is kept is the model that was best on them, which a run of as many epochs has."""
    settings = ["--patience", "4", "--validation-share", "0.3", "--lr", "2", "--schedule", "constant", "--momentum", "0.9"]
    said, model = trained(reel, folder, *settings, "--epochs", "300")
    lines = history(folder, said)
    losses = [line["validation_loss"] for line in lines]
    best = largest([-x for x in losses]) + 1
    check(said["stopped"] == "patience" and len(lines) == best + 4 == said["epochs"], said, best)
    check(said["why"] == f"the validation loss has not improved for 4 epochs; the best was {losses[best - 1]:.6g} after epoch {best}", said)
    _, same = trained(reel, folder, *settings, "--epochs", str(best), "--out", "best")
    check(same.layers == model.layers, "the model of another epoch was kept")
    check(all(line["steps"] == 3 for line in lines), "70 rows are 3 batches of 32")
    drawn = fine(reel, "train", "train.csv", "--test", "test.csv", *settings, "--epochs", "5", "--quiet", folder=folder)
    check("a training   b validation" in drawn, drawn)


def rows_are_parted_by_the_seed(reel, folder):
    """Features are standardised by the training rows alone: their mean tells which these are."""
    def shift(*arguments):
        said = json.loads(fine(reel, "train", "train.csv", "--epochs", "0", "--json", "--quiet", *arguments, folder=folder))
        return Model(content(folder, said["model"]))
    first, again, other = shift("--seed", "1"), shift("--seed", "1"), shift("--seed", "2")
    check(first.shift == again.shift, "one seed, two splits")
    check(first.shift != other.shift, "two seeds, one split")
    _, everything = trained(reel, folder, "--epochs", "0", "--seed", "1")
    n = len(TRAIN)
    for j in range(3):
        column = [x[j] for x, _ in TRAIN]
        mean = math.fsum(column) / n
        deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in column) / n)
        check(math.isclose(everything.shift[j], mean, rel_tol=1e-9), "the mean of test rows, too?", everything.shift, mean)
        check(math.isclose(everything.divisor[j], deviation, rel_tol=1e-9), everything.divisor, deviation)
    printed = run(reel, "train", "train.csv", "--epochs", "0", "--test-share", "0.3", folder=folder)[2]
    check("train: 70 training and 30 test samples, 3 features, 3 classes, read in " in printed, printed)


def trials(reel, folder, verb, *arguments):
    return json.loads(fine(reel, verb, "train.csv", "--test", "test.csv", "--seconds", "0.03", "--json", "--quiet", *arguments, folder=folder))


def descended(reel, folder, rate, epochs, *more):
    """Gradient descent for so many epochs at this rate, by the verb train."""
    return trained(reel, folder, "--batch", "0", "--schedule", "constant", "--lr", repr(rate), "--epochs", str(round(epochs)), *more)[1]


def a_sweep_reports_its_trials(reel, folder):
    said = trials(reel, folder, "sweep", "--batches", "0,16", "--rates", "0.05,0.4", "--hidden", "4")
    check([(t["batch"], t["rate"]) for t in said["trials"]] == [(0, 0.05), (0, 0.4), (16, 0.05), (16, 0.4)], said)
    check(math.isclose(said["target"], 1.05 * min(t["loss"] for t in said["trials"])), said)
    for t in said["trials"]:
        check((t["seconds_to_target"] is not None) or t["loss"] > said["target"], t)
        check(t["seconds_to_target"] is None or 0 < t["seconds_to_target"] < 3, t)
    for t in said["trials"][:2]:
        model = descended(reel, folder, t["rate"], t["epochs"], "--hidden", "4")
        check(alike(t["loss"], report(model, TRAIN).loss) and alike(t["test_loss"], report(model, TEST).loss), t)
    easy = trials(reel, folder, "sweep", "--batches", "8", "--rates", "0.1", "--target", "2")
    check(easy["target"] == 2 and easy["trials"][0]["seconds_to_target"] == 0, easy)
    hard = trials(reel, folder, "sweep", "--batches", "8", "--rates", "0.1,0.2", "--target", "1e-9")
    check(all(t["seconds_to_target"] is None for t in hard["trials"]), hard)
    printed = fine(reel, "sweep", "train.csv", "--seconds", "0.02", "--batches", "0,8", "--rates", "0.1,1e30", "--target", "2",
                   "--quiet", folder=folder).splitlines()
    check(printed[0] == "seconds until the training loss is 2, or (the loss after 0.02 s)", printed)
    check(printed[1].split() == ["batch", "rate", "0.1", "rate", "1e+30"], printed)
    check(re.fullmatch(r"all +0 s +0 s", printed[2]) and re.fullmatch(r"8 +0 s +0 s", printed[3]), printed[2:4])
    check(printed[4] == "quickest: all samples a step at rate 0.1", printed[4])
    printed = fine(reel, "sweep", "train.csv", "--seconds", "0.02", "--batches", "8", "--rates", "0.1,1e30", "--target", "1e-9",
                   "--quiet", folder=folder).splitlines()
    check(re.fullmatch(r"8 +\(0\.\d{4}\) +diverged", printed[2]), printed)


def a_comparison_reports_its_methods(reel, folder):
    said = trials(reel, folder, "compare", "--rates", "0.001,0.2", "--batch", "10")
    check([(m["method"], m["batch"]) for m in said["methods"]] ==
          [("gradient descent", 0), ("SGD, single samples", 1), ("SGD, minibatches of 10", 10)], said)
    check(said["methods"][0]["rate"] == 0.2, "the rate that serves gradient descent worse was taken")
    for m in said["methods"]:
        points = m["points"]
        check(all(a["seconds"] < b["seconds"] and a["epochs"] < b["epochs"] for a, b in zip(points, points[1:])), points)
        check(points[0]["seconds"] == points[0]["epochs"] == 0 and points[-1]["seconds"] < 3, points)
    descent = said["methods"][0]
    for point in descent["points"][:: max(1, len(descent["points"]) // 3)] + descent["points"][-1:]:
        model = descended(reel, folder, descent["rate"], point["epochs"])
        check(alike(point["train_loss"], report(model, TRAIN).loss) and alike(point["test_loss"], report(model, TEST).loss), point)
    check(descent["train_accuracy"] == report(model, TRAIN).accuracy and descent["test_accuracy"] == report(model, TEST).accuracy, descent)
    printed = fine(reel, "compare", "train.csv", "--test", "test.csv", "--seconds", "0.03", "--rates", "0.2", "--quiet", folder=folder)
    lines = printed.splitlines()
    check(lines[0] == "after 0.03 s each", lines[0])
    for line, method in zip(lines[2:5], ["gradient descent", "SGD, single samples", "SGD, minibatches of 32"], strict=True):
        check(line.startswith(method), line)
        rate, _, train, test, gap, *accuracies = map(float, line[len(method):].split())
        check(rate == 0.2 and abs(test - train - gap) < 2e-4 and all(0.3 < x <= 1 for x in accuracies) and len(accuracies) == 2, line)
        check(0.2 < train < 1.0 and 0.2 < test < 1.5, line)


def progress_shows_what_is_written_down(reel, folder):
    _, out, err = run(reel, "train", "train.csv", "--test", "test.csv", "--epochs", "3", folder=folder)
    check("3 epochs" in err and "wrote" in out, err)
    with open(os.path.join(folder, "reel-train", "history.jsonl"), encoding="utf-8") as file:
        for line in map(json.loads, file):
            shown = f"epoch {line['epoch']:>4} of 3   loss {line['loss']:.4f}   rate {line['rate']:.4g}   "
            check(shown in err, shown, err)
    check("softmax regression, sgd at rate 0.1 (cosine), 3 epochs, 32 samples a step, l2 0.0001, seed 0\n" in err, err)
    _, _, err = run(reel, "train", "train.csv", "--test", "test.csv", "--epochs", "2", "--hidden", "7,5", "--batch", "0", "--seed", "4",
                    "--optimizer", "adamw", "--schedule", "step", "--l2", "0.5", folder=folder)
    check("perceptron with 7, 5 hidden units, adamw at rate 0.001 (step), 2 epochs, all samples a step, l2 0.5, seed 4\n" in err, err)


def about_twenty_epochs_are_shown(reel, folder):
    for epochs, shown in (3, [1, 2, 3]), (19, range(1, 20)), (100, [1, *range(5, 101, 5)]), (119, [1, *range(5, 116, 5), 119]):
        _, _, err = run(reel, "train", "train.csv", "--test", "test.csv", "--epochs", str(epochs), folder=folder)
        lines = [int(n) for n in re.findall(rf"^epoch +(\d+) of {epochs} ", err, re.MULTILINE)]
        check(lines == list(shown), epochs, lines)


def losses_of_many_rows_are_of_ten_thousand(reel, folder):
    rows = [([i % 5 + i * 7 % 11 / 9, i * 3 % 13 / 4, 0.5], KINDS[i % 5 // 2]) for i in range(12345)]
    write(folder, "many.csv", text(rows))
    said = json.loads(fine(reel, "compare", "many.csv", "--test", "many.csv", "--rates", "0.5", "--seconds", "0.05", "--json", "--quiet", folder=folder))
    for method in said["methods"]:
        for share in method["train_accuracy"], method["test_accuracy"]:
            check(abs(share * 10000 - round(share * 10000)) < 1e-6, method)


def checks_are_counted(reel, folder):
    for op in "exp", "sigmoid", "matmul":
        reports = json.loads(fine(reel, "check", "--op", op, "--seeds", "2", "--json", folder=folder))
        printed = fine(reel, "check", "--op", op, "--seeds", "2", folder=folder).splitlines()
        check(printed[-1] == f"{len(reports)} checks: {len(reports)} passed, 0 failed, 0 undecided", printed)
        lines = [re.fullmatch(r"PASS  .* (\d+) checks, detection limit (\S+)", line) for line in printed[:-1]]
        check(all(lines) and sum(int(line[1]) for line in lines) == len(reports), printed)
        limit = max(report["detection_limit"] for report in reports)
        check(f"{limit:.0e}" in [line[2] for line in lines], limit, printed)
        mutants = json.loads(fine(reel, "check", "--op", op, "--mutate", "--json", folder=folder))
        counts = [sum(m[what] for m in mutants) for what in ("made", "killed", "equivalent")]
        printed = fine(reel, "check", "--op", op, "--mutate", folder=folder).splitlines()[-1]
        check(printed == "{} mutants of {} ops: {} killed, {} equivalent, 0 survived".format(counts[0], len(mutants), *counts[1:]), printed)


TESTS = [training_reports_its_model, evaluating_reports_its_samples, predictions_are_the_largest_probability,
         an_epoch_is_written_down_as_it_was, rates_follow_their_schedule, time_adds_up, the_best_epoch_is_kept,
         rows_are_parted_by_the_seed, a_sweep_reports_its_trials, a_comparison_reports_its_methods,
         progress_shows_what_is_written_down, about_twenty_epochs_are_shown,
         losses_of_many_rows_are_of_ten_thousand, checks_are_counted]


def main(program):
    for test in TESTS:
        with tempfile.TemporaryDirectory() as folder:
            write(folder, "train.csv", text(TRAIN))
            write(folder, "test.csv", text(TEST))
            test(os.path.abspath(program), folder)
    print(f"{len(TESTS)} kinds of numbers")


main(*sys.argv[1:])
