#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""refusals.py PROGRAM: every wrong argument, setting or file is refused with its exit status and a text that says what is
wrong; nothing is on stdout, and nothing is written.

Status 2 is for arguments and settings, 1 for what is wrong with files. A row: label, arguments, status, text on stderr.
"""
import os
import struct
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
    "help.conf": "data = flowers.csv\nhelp = true\n",
    "unset.conf": "data = \"\"\n",
    "renamed.csv": "length,depth,species\n1,2,rose\n",
    "twins.csv": "length,width,width,species\n1,2,3,rose\n",
    "sparse.svm": "".join(f"{i % 2} 1:{i}.5 2:{i % 3}\n" for i in range(10)),
}


def npy(numbers, columns):
    """Doubles as NumPy stores them; a column of no width is an array of one axis."""
    shape = f"({len(numbers) // columns}, {columns})" if columns else f"({len(numbers)},)"
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(numbers)}d", *numbers)


BINARIES = {
    "features.npy": npy([i % 7 + 0.5 * (i % 2) for i in range(40)], 2),
    "labels.npy": npy([i % 2 for i in range(20)], 0),
    "from_one.npy": npy([1 + i % 2 for i in range(20)], 0),
    "bytes.idx": b"\0\0\x08\x02\0\0\0\x0a\0\0\0\x02" + bytes(range(20)),
    "bytes.labels": b"\0\0\x08\x01\0\0\0\x0a" + bytes(i % 2 for i in range(10)),
}
LONG = "long" * 75

TRAIN = [
    ("no verb", "", 2, "say what to do: train, eval"),
    ("a verb there is not", "fit", 2, "there is no verb 'fit': there are train, eval"),
    ("a verb misspelt", "trian", 2, "there is no verb 'trian'; is it train?"),
    ("the beginning of a verb", "pred flowers.csv", 2, "there is no verb 'pred'; is it predict?"),
    ("an option before the verb", "--epochs 3 train", 2, "reel itself has no option '--epochs': begin with what to do: train, eval"),
    ("an option there is not", "train --epoch 3", 2, "reel train has no option '--epoch'; is it --epochs?"),
    ("an option misspelt", "train flowers.csv --optimiser=adam", 2, "no option '--optimiser'; is it --optimizer?"),
    ("an option like no other", "train flowers.csv --verbose", 2, "reel train has no option '--verbose'.\n"),
    ("one argument too many", "train flowers.csv more", 2, "not expected: more"),
    ("an option without its value", "train --epochs", 2, "--epochs: 1 required EPOCHS missing"),
    ("epochs below 0", "train --epochs -1", 2, "--epochs: -1 is out of range; give 0 or more"),
    ("epochs that are no number", "train --epochs ten", 2, "--epochs: 'ten' is not a number; give 0 or more"),
    ("half an epoch", "train --epochs 2.5", 2, "--epochs: 2.5 is not a whole number in plain digits; give 0 or more"),
    ("epochs with an exponent", "train --epochs 1e30", 2, "--epochs: 1e30 is not a whole number in plain digits"),
    ("more epochs than can be counted", "train --epochs 9223372036854775808", 2, "--epochs: 9223372036854775808 is out of range"),
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
    ("a hidden layer beyond memory", "train flowers.csv --hidden 4611686018427387904", 1, "give --hidden smaller sizes"),
    ("no hidden layers and some", "train --hidden none,3", 2, "--hidden: none stands alone"),
    ("hidden layers that no machine holds", "train flowers.csv --hidden 1000000000000", 1, "SizeOverflow: a perceptron with 1000000000000 hidden units for 2 features and 3 classes has 6e+12 weights."),
    ("class weights there are not", "train --class-weights 1,2", 2, "not in {none,balanced}"),
    ("patience below 0", "train --patience -1", 2, "--patience: -1 is out of range"),
    ("a threshold without patience", "train --min-delta 0.1", 2, "--min-delta has no effect without --patience"),
    ("validation without patience", "train --validation-share 0.2", 2, "--validation-share has no effect without --patience"),
    ("validation with everything", "train --patience 2 --validation-share 1", 2, "--validation-share: 1 is out of range"),
    ("validation with nothing", "train flowers.csv --patience 2 --validation-share 0.001", 1, "--validation-share 0.001 of 24 training samples: "),
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
    ("labels of a table in a file", "train flowers.csv --labels labels.npy", 2, "--labels has no effect on 'flowers.csv', which is CSV: it is for IDX and NPY"),
    ("labels of a table in no file", "train flowers.csv --labels none.npy", 2, "--labels has no effect on 'flowers.csv'"),
    ("labels that are not there", "train features.npy --labels none.npy", 1, "'none.npy' cannot be opened"),
    ("labels of sparse text in a file", "train sparse.svm --labels labels.npy", 2, "--labels has no effect on 'sparse.svm', which is LIBSVM"),
    ("a label column of an array", "train features.npy --labels labels.npy --label kind", 2, "--label has no effect on 'features.npy', which is NPY: it names a column of CSV"),
    ("a label column of sparse text", "train sparse.svm --label kind", 2, "--label has no effect on 'sparse.svm', which is LIBSVM"),
    ("a header of an array", "train features.npy --labels labels.npy --header no", 2, "--header has no effect on 'features.npy'"),
    ("a header of sparse text", "train sparse.svm --header detect", 2, "--header has no effect on 'sparse.svm'"),
    ("a header of bytes", "train bytes.idx --labels bytes.labels --header yes", 2, "--header has no effect on 'bytes.idx', which is IDX"),
    ("a separator of an array", "train features.npy --labels labels.npy --separator ;", 2, "--separator has no effect on 'features.npy'"),
    ("a separator of sparse text", "train sparse.svm --separator tab", 2, "--separator has no effect on 'sparse.svm'"),
    ("missing values of sparse text", "train sparse.svm --missing drop", 2, "--missing has no effect on 'sparse.svm'"),
    ("missing values of bytes", "train bytes.idx --labels bytes.labels --missing mean", 2, "--missing has no effect on 'bytes.idx'"),
    ("an array without labels", "train features.npy", 1, "holds features alone: name the file with the labels: --labels FILE."),
    ("test samples without labels", "train features.npy --labels labels.npy --test features.npy", 1, "name the file with the labels: --test-labels FILE."),
    ("test labels without test samples", "train features.npy --labels labels.npy --test-labels labels.npy", 2, "--test-labels has no effect without --test"),
    ("test labels of a table", "train flowers.csv --test flowers.csv --test-labels labels.npy", 2, "--test-labels has no effect on 'flowers.csv', which is CSV"),
    ("test labels of iris", "train iris --test-labels labels.npy", 2, "--test-labels has no effect without --test"),
    ("test samples of another kind", "train flowers.csv --test bytes.idx --test-labels bytes.labels", 1, "'flowers.csv' and 'bytes.idx' hold numbers of different kinds"),
    ("test columns of other names", "train flowers.csv --test renamed.csv", 1, "'renamed.csv' has no column 'width'"),
    ("weights of a class that is not there", "train flowers.csv --test-share 0.94 --class-weights balanced", 1, "--class-weights balanced: no training sample is of class '"),
    ("a setting that asks for help", "train --config help.conf", 2, "help.conf:2: 'help' is no setting of reel train"),
    ("a setting that is empty", "train --config unset.conf", 2, "data: the value is empty"),
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
    ("data for a model", "predict flowers.csv model.safetensors", 1, "The model comes first, and then the data."),
    ("eval of samples without classes", "eval model.safetensors unlabelled.csv", 1, "unlabelled.csv"),
    ("eval of unknown classes", "eval model.safetensors unknown.csv", 1, "unknown.csv:2:5: unknown class 'oak'"),
    ("columns of other names", "eval model.safetensors renamed.csv", 1, "'renamed.csv' has no column 'width', which is a feature in training; it has 'depth', which is none"),
    ("predicting from columns of other names", "predict model.safetensors renamed.csv", 1, "'renamed.csv' has no column 'width'"),
    ("two columns of one name", "eval model.safetensors twins.csv", 1, "'twins.csv' has two columns that are called 'width'"),
    ("predicting from too few columns", "predict model.safetensors narrow.csv", 1, "narrow.csv"),
    ("predicting other flowers", "predict model.safetensors iris", 1, "'iris' has 4 features; in training there were 2"),
    ("predicting into a folder", "predict model.safetensors flowers.csv --out .", 1, "'.' cannot be written: Is a directory."),
    ("a graph of epochs", "graph flowers.csv --epochs 3", 2, "reel graph has no option '--epochs'."),
    ("a graph of momentum that adam has not", "graph --optimizer adam --momentum 0.5", 2, "--momentum has no effect"),
    ("labels that nobody looks at", "predict model.safetensors features.npy --labels labels.npy", 2, "--labels has no effect: reel predict does not look at classes"),
    ("a label column of iris to predict", "predict model.safetensors iris --label species", 2, "--label is for files"),
    ("a separator of iris to evaluate", "eval model.safetensors iris --separator ,", 2, "--separator is for files"),
    ("a label column of an array to evaluate", "eval model.safetensors features.npy --labels labels.npy --label kind", 2, "--label has no effect on 'features.npy'"),
    ("labels of a table to evaluate in a file", "eval model.safetensors flowers.csv --labels labels.npy", 2, "--labels has no effect on 'flowers.csv'"),
    ("a header of sparse text to predict", "predict model.safetensors sparse.svm --header yes", 2, "--header has no effect on 'sparse.svm'"),
    ("means that no model has", "eval plain.safetensors flowers.csv --missing mean", 2, "--missing mean needs a model that was trained with --scale standardize"),
    ("a graph of a rate", "graph flowers.csv --lr 0.5", 2, "--lr has no effect on the program of a step"),
    ("a graph of a seed", "graph flowers.csv --seed 3", 2, "--seed has no effect on the program of a step"),
    ("a graph of a scale", "graph flowers.csv --scale 255", 2, "--scale has no effect on the program of a step"),
    ("a graph of labels of a table", "graph flowers.csv --labels labels.npy", 2, "--labels has no effect on 'flowers.csv'"),
    ("a sweep over labels of a table", "sweep flowers.csv --labels labels.npy", 2, "--labels has no effect on 'flowers.csv'"),
    ("a sweep to test columns of other names", "sweep flowers.csv --test renamed.csv", 1, "'renamed.csv' has no column 'width'"),
    ("a comparison on test columns of other names", "compare flowers.csv --test renamed.csv", 1, "'renamed.csv' has no column 'width'"),
    ("a comparison with labels of a table", "compare flowers.csv --labels labels.npy", 2, "--labels has no effect on 'flowers.csv'"),
    ("seeds of mutants", "check --op exp --mutate --seeds 2", 2, "--seeds has no effect beside --mutate"),
    ("seeds of the table of everything", "check --op exp --matrix --seeds 2", 2, "--seeds has no effect beside --mutate, --matrix"),
    ("curves of everything", "check --op exp --matrix --vcurve v.svg", 2, "--matrix has no effect beside --vcurve"),
    ("mutants in the table of everything", "check --matrix --mutate", 2, "--mutate has no effect beside --matrix"),
    ("the table of everything as JSON", "check --matrix --json", 2, "--json has no effect beside --matrix"),
    ("a sweep over no number", "sweep flowers.csv --batches small", 2, "--batches: 'small' is not a number"),
    ("a sweep over batches below 0", "sweep flowers.csv --batches 8,-8", 2, "--batches: -8 is out of range"),
    ("a sweep over rates of 0", "sweep flowers.csv --rates 0.1,0", 2, "--rates: 0 is out of range; give more than 0"),
    ("a sweep in no time", "sweep flowers.csv --seconds 0", 2, "--seconds: 0 is out of range"),
    ("a sweep to a loss of 0", "sweep flowers.csv --target 0", 2, "--target: 0 is out of range"),
    ("a comparison of one sample with one", "compare flowers.csv --batch 1", 2, "--batch is the size of minibatches here: give 2 or more"),
    ("a comparison at no rate", "compare flowers.csv --rates -1", 2, "--rates: -1 is out of range"),
]


# Where nothing else is wrong: the same with every option of its kind.
def of_every_option():
    counts = {"train": "--epochs --batch --every --warm-up --patience --save-every --stop-after --hidden --threads".split(),
              "sweep": ["--batches"], "compare": ["--batch"], "check": ["--seeds"]}
    reals = {"train": "--lr --momentum --weight-decay --l2 --clip --factor --min-delta --validation-share --seconds --test-share --scale".split(),
             "sweep": "--target --rates --seconds --l2".split(), "compare": ["--rates", "--seconds"], "graph": ["--l2", "--clip"]}
    needs = {"--every": ["--schedule", "step"], "--factor": ["--schedule", "step"], "--min-delta": ["--patience", "3"],
             "--validation-share": ["--patience", "3"]}

    def rows(options, values):
        for verb, names in options.items():
            data = [] if verb == "check" else ["flowers.csv"]
            for name in names:
                for value in values:
                    yield f"reel {verb} {name} {value}", [verb, *data, *needs.get(name, []), name, value], 2, f"{name}: "
    yield from rows(counts, ["99999999999999999999", "9223372036854775808", "-1", "1.5", "1e3", "0x10", "007", "inf", "nan", "ten", "1,,2x", "٣"])
    yield from rows({"train": ["--seed"], "sweep": ["--seed"], "check": ["--seed"]},
                    ["18446744073709551616", "-1", "0.5", "1e3", "0x10", "lucky"])
    yield from rows(reals, ["1e-320", "1e-60", "1e39", "1e400", "-1e400", "inf", "-inf", "nan", "0x1p3", "1_000", "half", "1e"])
    for verb in "train graph sweep compare eval predict".split():
        before = ["model.safetensors"] if verb in ("eval", "predict") else []
        yield f"reel {verb} of no data", [verb, *before, ""], 2, "data: the value is empty: is a variable of the shell not set?"
        yield f"reel {verb} of no label", [verb, *before, "flowers.csv", "--label", ""], 2, "--label: the value is empty"
        yield f"reel {verb} of no separator", [verb, *before, "flowers.csv", "--separator", ""], 2, "--separator: "
    yield "reel eval of no model", ["eval", "", "flowers.csv"], 2, "model: the value is empty"
    for option in "--test --labels --test-labels --out --resume --config --optimizer --hidden --scale --lr".split():
        yield f"reel train with an empty {option}", ["train", "flowers.csv", option, ""], 2, f"{option}: "
    yield "reel predict into nothing", ["predict", "model.safetensors", "flowers.csv", "--out", ""], 2, "--out: the value is empty"
    yield "reel check of no op", ["check", "--op", ""], 2, "--op: the value is empty"


# Names that are longer than a file system takes.
TOO_LONG = [
    ("a long folder", ["train", "flowers.csv", "--out", LONG], 1, f"'{LONG}' is no folder and cannot be made: File name too long. Name another with --out."),
    ("a long folder in a folder", ["train", "flowers.csv", "--out", "plain/" + LONG], 1, "cannot be made: File name too long."),
    ("long data", ["train", LONG], 1, f"'{LONG}' cannot be opened: File name too long."),
    ("long test data", ["train", "flowers.csv", "--test", LONG], 1, "cannot be opened: File name too long."),
    ("long labels", ["train", "features.npy", "--labels", LONG], 1, "cannot be opened: File name too long."),
    ("a long checkpoint", ["train", "--resume", LONG], 1, "cannot be opened: File name too long."),
    ("long settings", ["train", "--config", LONG], 2, "this file of settings cannot be read"),
    ("a long model", ["eval", LONG, "flowers.csv"], 1, "cannot be opened: File name too long."),
    ("long predictions", ["predict", "model.safetensors", "flowers.csv", "--out", LONG], 1, "cannot be written: File name too long."),
    ("a long picture", ["sweep", "flowers.csv", "--seconds", "0.01", "--batches", "8", "--rates", "0.1", "--quiet", "--out", LONG], 1, "cannot be written: File name too long."),
    ("a long curve", ["check", "--op", "exp", "--vcurve", LONG + ".svg"], 1, "cannot be written: File name too long."),
]


def findings(program, folder):
    for name, text in FILES.items():
        write(folder, name, text)
    for name, data in BINARIES.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    fine(program, "train", "flowers.csv", "--out", ".", "--quiet", folder=folder)
    fine(program, "train", "flowers.csv", "--out", "plain", "--scale", "none", "--quiet", folder=folder)
    os.rename(os.path.join(folder, "plain", "model.safetensors"), os.path.join(folder, "plain.safetensors"))
    fine(program, "train", "flowers.csv", "--out", ".", "--quiet", "--stop-after", "3", folder=folder)
    before = {name: os.path.getmtime(os.path.join(folder, name)) for name in os.listdir(folder)}
    rows = [(label, line.split(), status, text) for label, line, status, text in TRAIN + OTHERS] + TOO_LONG + list(of_every_option())
    labels = [row[0] for row in rows]
    if len(set(labels)) != len(labels):
        yield "two rows have the same label"
    for label, words, status, text in rows:
        got, out, err = run(program, *words, folder=folder)
        arguments = " ".join(words)
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
