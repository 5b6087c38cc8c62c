#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""refusals.py PROGRAM: every wrong argument, setting or file is refused with its exit status and a text that says what is
wrong; nothing is on stdout, and nothing is written.

Status 2 is for arguments and settings, 1 for what is wrong with files. A row: label, arguments, status, text on stderr.
"""
import os
import sys
import tempfile

from program import close, fine, run, write

FLOWERS = "length,width,species\n" + "".join(f"{1 + i % 3}.{i % 7},{i % 5}.5,{'rose tulip iris'.split()[i % 3]}\n" for i in range(30))

FILES = {
    "flowers.csv": FLOWERS,
    "first.csv": "species,length,width\n" + "rose,1,2\n" * 6,
    "swapped.csv": "width,length,species\n1,2,rose\n",
    "narrow.csv": "length,species\n1,rose\n",
    "unknown.csv": "length,width,species\n1,2,oak\n",
    "unlabelled.csv": "length,width\n1,2\n",
    "ragged.csv": "length,width,species\n1,2,rose\n1,rose\n",
    "gap.csv": FLOWERS + "1,,rose\n",
    "text.csv": FLOWERS + "1,tall,rose\n",
    "empty.csv": "",
    "tiny.csv": "length,species\n1,rose\n",
    "no model": "not a model",
    "epochs.conf": "data = flowers.csv\nepochs = many\n",
    "name.conf": "data = flowers.csv\n\nepoch = 3\n",
    "line.conf": "epochs 3\n",
    "value.conf": "epochs =\n",
    "twice.conf": "epochs = 3\nseed = 1\nepochs = 4\n",
    "quotes.conf": "data = \"flowers.csv\n",
    "nested.conf": "config = other.conf\n",
    "member.conf": "optimizer = newton\n",
    "flag.conf": "quiet = perhaps\n",
    "combination.conf": "optimizer = adam\nmomentum = 0.9\n",
}

TRAIN = [
    ("no verb", "", 2, "say what to do: train, eval"),
    ("a verb there is not", "fit", 2, "there is no verb 'fit': there are train, eval"),
    ("an option there is not", "train --epoch 3", 2, "reel train has no option '--epoch'; is it --epochs?"),
    ("an option misspelt", "train flowers.csv --optimiser=adam", 2, "no option '--optimiser'; is it --optimizer?"),
    ("an option like no other", "train flowers.csv --verbose", 2, "reel train has no option '--verbose'.\n"),
    ("one argument too many", "train flowers.csv more", 2, "not expected: more"),
    ("an option without its value", "train --epochs", 2, "--epochs: 1 required EPOCHS missing"),
    ("epochs below 0", "train --epochs -1", 2, "--epochs: -1 is out of range; give 0 or more"),
    ("epochs that are no number", "train --epochs ten", 2, "--epochs: 'ten' is not a number; give 0 or more"),
    ("half an epoch", "train --epochs 2.5", 2, "--epochs = 2.5"),
    ("more epochs than can be counted", "train --epochs 1e30", 2, "--epochs = 1e30"),
    ("infinitely many epochs", "train --epochs inf", 2, "'inf' is not a number"),
    ("a batch below 0", "train --batch -8", 2, "--batch: -8 is out of range"),
    ("a rate of 0", "train --lr 0", 2, "--lr: 0 is out of range; give more than 0"),
    ("a rate below 0", "train --lr -0.1", 2, "--lr: -0.1 is out of range"),
    ("a rate that is no number", "train --lr nan", 2, "--lr: 'nan' is not a number"),
    ("a rate with a comma", "train --lr 0,1", 2, "--lr: '0,1' is not a number"),
    ("momentum 1", "train --momentum 1", 2, "--momentum: 1 is out of range; give 0 or more, and less than 1"),
    ("momentum below 0", "train --momentum -0.5", 2, "--momentum: -0.5 is out of range"),
    ("momentum of adam", "train --optimizer adam --momentum 0.9", 2, "--momentum has no effect without --optimizer sgd"),
    ("Nesterov without momentum", "train --nesterov", 2, "--nesterov has no effect without --optimizer sgd and --momentum"),
    ("weight decay of adam", "train --optimizer adam --weight-decay 0.1", 2, "--weight-decay has no effect without"),
    ("weight decay below 0", "train --weight-decay -1", 2, "--weight-decay: -1 is out of range"),
    ("an optimizer there is not", "train --optimizer newton", 2, "--optimizer: newton not in {sgd,adam,adamw}"),
    ("a schedule there is not", "train --schedule linear", 2, "--schedule: linear not in {constant,step,cosine}"),
    ("a factor of no schedule", "train --factor 0.1", 2, "--factor has no effect without --schedule step"),
    ("steps of no schedule", "train --every 5", 2, "--every has no effect without --schedule step"),
    ("steps every 0 epochs", "train --schedule step --every 0", 2, "--every: 0 is out of range; give 1 or more"),
    ("warming up below 0", "train --warm-up -1", 2, "--warm-up: -1 is out of range"),
    ("a penalty below 0", "train --l2 -1", 2, "--l2: -1 is out of range"),
    ("clipping below 0", "train --clip -1", 2, "--clip: -1 is out of range"),
    ("a hidden layer of 0", "train --hidden 16,0", 2, "--hidden: 0 is out of range; give 1 or more"),
    ("a hidden layer of words", "train --hidden wide", 2, "--hidden: 'wide' is not a number"),
    ("a hidden layer beyond memory", "train flowers.csv --hidden 4611686018427387904", 1, "SizeOverflow"),
    ("class weights there are not", "train --class-weights 1,2", 2, "not in {none,balanced}"),
    ("patience below 0", "train --patience -1", 2, "--patience: -1 is out of range"),
    ("a threshold without patience", "train --min-delta 0.1", 2, "--min-delta has no effect without --patience"),
    ("validation without patience", "train --validation-share 0.2", 2, "--validation-share has no effect without --patience"),
    ("validation with everything", "train --patience 2 --validation-share 1", 2, "--validation-share: 1 is out of range"),
    ("a time below 0", "train --seconds -1", 2, "--seconds: -1 is out of range"),
    ("a seed that is no number", "train --seed lucky", 2, "--seed: 'lucky' is not a number"),
    ("a seed below 0", "train --seed -1", 2, "--seed: -1 is out of range"),
    ("a scale there is not", "train flowers.csv --scale big", 2, "'big' is no scale; give auto, none, standardize or a number"),
    ("dividing by 0", "train flowers.csv --scale 0", 2, "'0' is no scale"),
    ("a separator of two characters", "train flowers.csv --separator ::", 2, "'::' is no separator; give one character, or tab"),
    ("perhaps a header", "train flowers.csv --header maybe", 2, "--header: maybe not in {detect,yes,no}"),
    ("missing values of no kind", "train flowers.csv --missing zero", 2, "--missing: zero not in {refuse,drop,mean}"),
    ("means that nobody finds", "train gap.csv --missing mean --scale none", 2, "--missing mean needs --scale standardize"),
    ("a test share of 0", "train flowers.csv --test-share 0", 2, "--test-share: 0 is out of range; give more than 0 and less than 1"),
    ("a test share of 1", "train flowers.csv --test-share 1", 2, "--test-share: 1 is out of range"),
    ("two kinds of test", "train flowers.csv --test flowers.csv --test-share 0.5", 2, "--test-share has no effect beside --test"),
    ("a split of iris", "train iris --test-share 0.5", 2, "--test-share is for files"),
    ("a label column of iris", "train iris --label species", 2, "--label is for files"),
    ("saving every −1 epochs", "train --save-every -1", 2, "--save-every: -1 is out of range"),
    ("no threads", "train --threads 0", 2, "--threads: 0 is out of range"),
    ("too many threads", "train flowers.csv --threads 1000", 2, "--threads: 1000 is out of range; give 1 to 256"),
    ("stopping after −1 steps", "train --stop-after -1", 2, "--stop-after: -1 is out of range"),
    ("a file of settings that is not there", "train --config none.conf", 2, "none.conf: this file of settings cannot be read"),
    ("a setting that is no number", "train --config epochs.conf", 2, "epochs.conf:2: --epochs: 'many' is not a number"),
    ("a setting there is not", "train --config name.conf", 2, "name.conf:3: 'epoch' is no setting of reel train"),
    ("a line that is no setting", "train --config line.conf", 2, "line.conf:1: expected a line such as: epochs = 20"),
    ("a setting without a value", "train --config value.conf", 2, "value.conf:1: 'epochs' has no value"),
    ("a setting given twice", "train --config twice.conf", 2, "twice.conf:3: 'epochs' was set before, at twice.conf:1"),
    ("quotes that do not match", "train --config quotes.conf", 2, "quotes.conf:1: the quotes do not match"),
    ("settings in settings", "train --config nested.conf", 2, "nested.conf:1: 'config' is no setting"),
    ("a setting there is no such choice of", "train --config member.conf", 2, "member.conf:1: --optimizer: newton not in"),
    ("a switch set to perhaps", "train --config flag.conf", 2, "flag.conf:1:"),
    ("settings that do not go together", "train --config combination.conf", 2, "--momentum has no effect without --optimizer sgd"),
    ("data that are not there", "train roses.csv", 1, "roses.csv"),
    ("a folder for data", "train .", 1, "."),
    ("an empty file", "train empty.csv", 1, "empty.csv:1:1: the file is empty"),
    ("too few rows", "train tiny.csv", 1, "1 rows"),
    ("rows of different lengths", "train ragged.csv", 1, "ragged.csv:3:"),
    ("a missing value", "train gap.csv", 1, "gap.csv:32:3:"),
    ("a missing value, and what to do", "train gap.csv", 1, "what to do with missing values: --missing drop or --missing mean."),
    ("classes in another column than the last", "train first.csv", 1, "Is it that one? Then say so with --label."),
    ("a feature that is text", "train text.csv", 1, "text.csv:32:3:"),
    ("a label column there is not", "train flowers.csv --label colour", 1, "colour"),
    ("test samples of other classes", "train flowers.csv --test unknown.csv", 1, "unknown class 'oak'"),
    ("test samples of fewer features", "train flowers.csv --test narrow.csv", 1, "narrow.csv"),
    ("a checkpoint that is not there", "train --resume none.safetensors", 1, "none.safetensors"),
    ("a model for a checkpoint", "train --resume model.safetensors", 1, "model.safetensors: "),
    ("other settings for a checkpoint", "train --resume checkpoint.safetensors --lr 0.5", 2, "leave out --lr"),
    ("other data for a checkpoint", "train iris --resume checkpoint.safetensors", 2, "leave out data"),
    ("a folder that cannot be made", "train flowers.csv --out flowers.csv/run", 1, "'flowers.csv/run' is no folder"),
    ("a file for a folder", "train flowers.csv --out flowers.csv", 1, "'flowers.csv' is no folder"),
]

OTHERS = [
    ("eval of nothing", "eval", 2, "model is required"),
    ("eval without data", "eval model.safetensors", 2, "data is required"),
    ("a model that is not there", "eval none.safetensors flowers.csv", 1, "none.safetensors"),
    ("a model that is none", "eval flowers.csv flowers.csv", 1, "flowers.csv: byte"),
    ("a checkpoint for a model", "eval checkpoint.safetensors flowers.csv", 1, "checkpoint.safetensors: "),
    ("eval of samples without classes", "eval model.safetensors unlabelled.csv", 1, "unlabelled.csv"),
    ("eval of unknown classes", "eval model.safetensors unknown.csv", 1, "unknown.csv:2:5: unknown class 'oak'"),
    ("columns in another order", "eval model.safetensors swapped.csv", 1, "'swapped.csv' has 'width' as feature 1, where the model was trained with 'length'"),
    ("predicting from too few columns", "predict model.safetensors narrow.csv", 1, "narrow.csv"),
    ("predicting other flowers", "predict model.safetensors iris", 1, "'iris' has 4 features; the model was trained with 2"),
    ("predicting into a folder", "predict model.safetensors flowers.csv --out .", 1, "'.' cannot be written"),
    ("a graph of epochs", "graph flowers.csv --epochs 3", 2, "reel graph has no option '--epochs'."),
    ("a graph of momentum that adam has not", "graph --optimizer adam --momentum 0.5", 2, "--momentum has no effect"),
    ("a sweep over no number", "sweep flowers.csv --batches small", 2, "--batches: 'small' is not a number"),
    ("a sweep over batches below 0", "sweep flowers.csv --batches 8,-8", 2, "--batches: -8 is out of range"),
    ("a sweep over rates of 0", "sweep flowers.csv --rates 0.1,0", 2, "--rates: 0 is out of range; give more than 0"),
    ("a sweep in no time", "sweep flowers.csv --seconds 0", 2, "--seconds: 0 is out of range"),
    ("a sweep to a loss of 0", "sweep flowers.csv --target 0", 2, "--target: 0 is out of range"),
    ("a comparison of one sample with one", "compare flowers.csv --batch 1", 2, "--batch is the size of minibatches here: give 2 or more"),
    ("a comparison at no rate", "compare flowers.csv --rates -1", 2, "--rates: -1 is out of range"),
]


def findings(program, folder):
    for name, text in FILES.items():
        write(folder, name, text)
    fine(program, "train", "flowers.csv", "--out", ".", "--quiet", folder=folder)
    fine(program, "train", "flowers.csv", "--out", ".", "--quiet", "--stop-after", "3", folder=folder)
    before = {name: os.path.getmtime(os.path.join(folder, name)) for name in os.listdir(folder)}
    labels = [row[0] for row in TRAIN + OTHERS]
    if len(set(labels)) != len(labels):
        yield "two rows have the same label"
    for label, arguments, status, text in TRAIN + OTHERS:
        got, out, err = run(program, *arguments.split(), folder=folder)
        if got != status:
            yield f"{label}: reel {arguments}: exit status {got}, not {status}: {err}"
        elif text not in err:
            yield f"{label}: reel {arguments}: no '{text}' in: {err}"
        elif not err.startswith("reel: "):
            yield f"{label}: reel {arguments}: does not begin with 'reel: ': {err}"
        if out:
            yield f"{label}: reel {arguments}: on stdout: {out}"
    after = {name: os.path.getmtime(os.path.join(folder, name)) for name in os.listdir(folder)}
    if before != after:
        yield f"refusals have written: {sorted(set(after.items()) ^ set(before.items()))}"
    print(f"{len(labels)} refusals")


with tempfile.TemporaryDirectory() as temporary:
    close(list(findings(sys.argv[1], temporary)))
